import Foundation
import VehicleFixtures

@testable import VehicleConfiguration

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
