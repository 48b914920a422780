import Foundation
import Signals
import VehicleFixtures

@testable import Control
@testable import VehicleConfiguration

/// What is wrong with the rover after the first `old` in it became `new`; empty when nothing is.
func roverComplaints(replacing old: String, by new: String) throws -> String {
  var text = try roverText()
  guard let range = text.range(of: old) else { return "the test's text is not in the configuration: \(old)" }
  text.replaceSubrange(range, with: new)
  return tableComplaints(about: text)
}

/// What is wrong with a text, read as tables.
func tableComplaints(about text: String) -> String {
  do throws(ConfigurationErrors) {
    _ = try VehicleTables.load(text: text, directory: nil)
    return ""
  } catch {
    return error.errors.map(\.description).joined(separator: "\n")
  }
}

/// A block with all of its settings, for comparisons.
struct WholeBlock: Equatable {
  var kind, name: String
  var settings: BlockSettings?
  var inputs: [String: [String]]
  var divisor, phase: Int

  init(_ block: BlockDeclaration) throws {
    (kind, name, inputs) = (block.kindName, block.name, block.inputs)
    (divisor, phase) = (block.divisor, block.phase)
    settings = try BlockTable.kind(kind).map { try BlockSettings(block.settings, $0.description.settings) }
  }
}
