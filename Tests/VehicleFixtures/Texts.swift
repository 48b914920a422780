import Foundation

/// The repository's folder.
package let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The text of a valid configuration that does not change; the tests know its lines.
package func quadrotorText() throws -> String {
  try String(
    contentsOf: repository.appending(path: "Tests/Fixtures/configuration/quadrotor.json5"), encoding: .utf8)
}

/// A rover with line sensors, as a file without a template; the tests know its lines.
package func roverText() throws -> String {
  try String(
    contentsOf: repository.appending(path: "Tests/Fixtures/configuration/rover.json5"), encoding: .utf8)
}

/// The texts of the configurations that Ganglion ships of vehicles with a template, and with nothing beside it.
package func shippedTexts() throws -> [String] {
  try allShippedTexts().filter { $0.contains("\n  vehicle: ") && !$0.contains("\n  format: 2") }
}

/// Those of all.
package func allShippedTexts() throws -> [String] {
  try FileManager.default.contentsOfDirectory(
    at: repository.appending(path: "firmware-configs"), includingPropertiesForKeys: nil
  )
  .filter { $0.pathExtension == "json5" }.map { try String(contentsOf: $0, encoding: .utf8) }
}

/// The shipped quadrotor's configuration.
package let shippedConfiguration = repository.appending(path: "firmware-configs/quadrotor-hold.json5").path
