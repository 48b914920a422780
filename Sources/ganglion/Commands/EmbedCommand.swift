import Files
import Foundation
import LiquidModel
import VehicleRuntime

private let help = """
  ganglion embed MODEL [options]

  Writes a model as source for a microcontroller: the image that LiquidCore runs as a constant array, the sizes of
  image and workspace, the inputs and outputs in order, where the model came from, and how to call it. The model is
  checked and proven first, as for a flight.

    --language c|swift    the language (default: c)
    -o, --output FILE     where it goes: C as FILE.c and FILE.h (default: standard output, as one file)
    --name NAME           what its names begin with (default: the model file's name)
    --json                what was written as one JSON object, with --output
    --replace             replace the files if they exist; the model never is

  Swift compilers take more than proportional time for big arrays: beyond 200 KB of parameters choose C.

  Example: ganglion embed firmware-configs/models/quadrotor-ncp19-int8.safetensors --language c -o model.c
  """

/// `ganglion embed`.
func embedCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "embed", help: help, arguments, options: ["language", "output", "o", "name"], flags: ["json", "replace"]
  ) {
    arguments in
    let path = try arguments.exactly("MODEL")[0]
    let spelled = arguments.value("language") ?? "c"
    guard let language = EmbeddedSource.Language(rawValue: spelled) else {
      throw UsageError("--language takes c or swift, not '\(spelled)'")
    }
    guard arguments.value("output") == nil || arguments.value("o") == nil else {
      throw UsageError("-o and --output say the same thing; give one of them")
    }
    let output = arguments.value("output") ?? arguments.value("o")
    if let output, !output.hasSuffix(".\(language.rawValue)") || output.hasSuffix("/.\(language.rawValue)") {
      throw UsageError("--output names a file that ends in .\(language.rawValue), not '\(output)'")
    }
    // The name goes into an #include.
    if let output,
      let odd = output.unicodeScalars.first(where: { "\"\\<>".unicodeScalars.contains($0) || $0.value < 0x20 }
      )
    {
      throw UsageError(
        "--output names a file without \(String(reflecting: String(odd))), which C cannot include")
    }
    guard output != nil || !arguments.has("json") else { throw UsageError("--json needs --output FILE") }

    let file = try ModelFile.read(path: path)
    if let note = file.sealNote { Terminal.printNote("\(path): \(note)") }
    let title = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let source: EmbeddedSource
    do throws(ModelError) {
      source = try EmbeddedSource(file, title: title, name: arguments.value("name"))
    } catch {
      throw VehicleError(error, in: path)
    }
    guard let output else {
      Terminal.printResult(language == .c ? source.cHeader + "\n" + source.cImage : source.swift)
      return .success
    }
    let written = try write(source, language, output, replacing: arguments.has("replace"), model: path)
    if arguments.has("json") {
      Terminal.printResult(Terminal.json(source.json.merging(["output": written]) { $1 }))
    } else {
      Terminal.printResult(
        "wrote \(written.joined(separator: " and ")): \(source.imageByteCount) bytes of parameters, "
          + "\(source.workspaceByteCount) bytes of workspace")
    }
    return .success
  }
}

/// Writes the source and returns the files' names.
private func write(
  _ source: EmbeddedSource, _ language: EmbeddedSource.Language, _ output: String, replacing: Bool,
  model: String
) throws -> [String] {
  guard language == .c else {
    try OutputFile.write(Array(source.swift.utf8), path: output, replacing: replacing, inputs: [model])
    return [output]
  }
  let header = output.dropLast(2) + ".h"
  let include = "#include \"\(URL(fileURLWithPath: String(header)).lastPathComponent)\"\n\n"
  // Both are on the disk before one takes its place.
  let code = try OutputFile(path: output, replacing: replacing, inputs: [model])
  let declarations = try OutputFile(path: String(header), replacing: replacing, inputs: [model])
  try code.write(Array((include + source.cImage).utf8))
  try declarations.write(Array(source.cHeader.utf8))
  try OutputFile.commit([declarations, code])
  return [output, String(header)]
}
