import ControlLoop
import Foundation
import Testing

@testable import ganglion

/// The shipped quadrotor's configuration.
let shippedConfiguration = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "firmware-configs/quadrotor-hold.json5").path

/// The shipped configuration flown by the classical controller for eight seconds, with some text replaced.
func shippedMission(_ changes: [(String, String)] = []) throws -> Mission {
  var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
  for (old, new) in [("duration_s: 20", "duration_s: 8"), ("until_s: 20.0", "until_s: 8.0")] + changes {
    try #require(text.contains(old), "the shipped configuration no longer has '\(old)'")
    text = text.replacing(old, with: new)
  }
  return try Mission(configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
}

/// A folder of its own that goes with the test.
func withFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = NSTemporaryDirectory() + "ganglion-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
