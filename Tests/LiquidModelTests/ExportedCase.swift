import Foundation
import LiquidModel
import Testing

/// A model file made by the exporter, with what the network's origin answers to seeded inputs.
///
/// Tests/Fixtures/exported holds networks of ncps.torch (scripts/fixtures/make_fixtures.py --torch). The folder
/// named by the environment variable GANGLION_EXPORTED holds more, for instance the published drone networks
/// (scripts/fixtures/make_fixtures.py --drone), which may not be copied into the project.
struct ExportedCase: CustomTestStringConvertible, Sendable {
  private struct Entry: Decodable {
    var name, model, expected: String
    var seed: UInt64
    var inputs, steps, expected_outputs: Int
  }

  private let entry: Entry
  private let folder: URL

  var testDescription: String { entry.name }
  /// The model file.
  var path: String { folder.appending(path: entry.model).path }

  /// The committed cases and those of GANGLION_EXPORTED.
  static let all: [ExportedCase] = {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let others = ProcessInfo.processInfo.environment["GANGLION_EXPORTED"].map { URL(filePath: $0) }
    return cases(in: fixtures.appending(path: "Fixtures/exported")) + (others.map(cases(in:)) ?? [])
  }()

  private static func cases(in folder: URL) -> [ExportedCase] {
    struct Manifest: Decodable { var cases: [Entry] }
    guard let data = try? Data(contentsOf: folder.appending(path: "manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.cases.map { ExportedCase(entry: $0, folder: folder) }
  }

  /// The origin's outputs, all of each step.
  func expectedOutputs() throws -> [[Float]] {
    try readFloats(folder.appending(path: entry.expected), perRow: entry.expected_outputs)
  }

  /// The inputs and the elapsed time of each step.
  func inputSteps() -> [(inputs: [Float], ts: Float)] {
    FixtureStream.inputSteps(seed: entry.seed, inputs: entry.inputs, steps: entry.steps)
  }
}

/// The little-endian float32 values of a file in rows.
func readFloats(_ file: URL, perRow count: Int) throws -> [[Float]] {
  let data = [UInt8](try Data(contentsOf: file))
  let values = stride(from: 0, to: data.count - data.count % 4, by: 4).map { offset in
    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[offset + $1]) << (8 * UInt32($1)) })
  }
  return stride(from: 0, to: values.count, by: count).map {
    Array(values[$0..<min($0 + count, values.count)])
  }
}
