import Foundation
import Testing
import VehicleFixtures

@testable import ganglion

/// The built program, as a shell runs it: what only a process of its own shows.
struct Program {
  /// How it ended, and what it printed. A signal that killed it counts as 128 and its number.
  struct Outcome {
    var status: Int32
    var output, errors: String
    /// The output as a JSON object.
    var json: [String: Any] {
      get throws {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
      }
    }
  }

  /// The program beside these tests.
  static var path: String {
    ProcessInfo.processInfo.environment["GANGLION"]
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "ganglion"
      ).path
  }

  /// Runs a script of bash, in which `$ganglion` is the program and `$quad` the shipped quadrotor flown by its classical
  /// controller without a log.
  static func bash(_ script: String, in folder: String) throws -> Outcome {
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is not built")
    let (output, errors) = ("\(folder)/stdout", "\(folder)/stderr")
    for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.environment = [
      "PATH": "/usr/bin:/bin", "ganglion": path, "folder": folder, "configuration": shippedConfiguration,
      "quad": "\(path) run \(shippedConfiguration) --controller classical --no-log",
      "SWIFT_BACKTRACE": "enable=no",
      "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
    return Outcome(
      status: process.terminationReason == .uncaughtSignal ? 128 + status : status, output: try text(output),
      errors: try text(errors))
  }
}
