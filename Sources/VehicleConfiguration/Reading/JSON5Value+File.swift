import Files

extension JSON5Value {
  /// Reads the text of a whole file, with its syntax error as that of a configuration.
  init(readingFile text: String) throws(ConfigurationErrors) {
    do {
      self = try JSON5Parser.parse(text)
    } catch {
      throw ConfigurationErrors(
        file: nil,
        errors: [
          ConfigurationError(
            path: "", line: error.position.line,
            message: "not JSON5: \(error.message) (column \(error.position.column))")
        ])
    }
  }
}
