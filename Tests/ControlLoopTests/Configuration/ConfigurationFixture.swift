import Foundation

@testable import ControlLoop

/// The repository's folder.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// The text of a valid configuration that does not change; the tests know its lines.
func quadrotorText() throws -> String {
  try String(
    contentsOf: repository.appending(path: "Tests/Fixtures/configuration/quadrotor.json5"), encoding: .utf8)
}

/// The texts of the configurations that Ganglion ships.
func shippedTexts() throws -> [String] {
  try FileManager.default.contentsOfDirectory(
    at: repository.appending(path: "firmware-configs"), includingPropertiesForKeys: nil
  )
  .filter { $0.pathExtension == "json5" }.map { try String(contentsOf: $0, encoding: .utf8) }
}

/// What is wrong with that configuration after the first `old` in it became `new`; as one text, one
/// error a line. Empty when nothing is.
func complaints(replacing old: String, by new: String) throws -> String {
  var text = try quadrotorText()
  guard let range = text.range(of: old) else { return "the test's text is not in the configuration: \(old)" }
  text.replaceSubrange(range, with: new)
  return complaints(about: text)
}

/// What is wrong with a configuration's text.
func complaints(about text: String) -> String {
  do throws(ConfigurationErrors) {
    _ = try Configuration.load(text: text, directory: nil)
    return ""
  } catch {
    return error.errors.map(\.description).joined(separator: "\n")
  }
}
