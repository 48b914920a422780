import Foundation
import VehicleRuntime

/// A text that a fixture wanted to replace, and that is no longer there.
package struct MissingText: Error {
  package let text: String
}

/// The shipped configuration flown by the classical controller for eight seconds, with some text replaced.
package func shippedVehicle(_ changes: [(String, String)] = []) throws -> LoadedVehicle {
  var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
  for (old, new) in [("duration_s: 20", "duration_s: 8"), ("until_s: 20.0", "until_s: 8.0")] + changes {
    guard text.contains(old) else { throw MissingText(text: old) }
    text = text.replacing(old, with: new)
  }
  return try LoadedVehicle(
    configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
}

/// A folder of its own that goes with the test.
package func withFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = NSTemporaryDirectory() + "ganglion-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
