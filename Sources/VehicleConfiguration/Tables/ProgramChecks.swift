import Control
import HardwareInterfaces
import Signals

extension VehicleTables {
  /// Checks the program, and says what is wrong with it where the file has it.
  ///
  /// - Parameters:
  ///   - places: The path of each block by its name; the rest is a device's, or the template's.
  ///   - units: What the file says of the units of signals.
  func check(_ file: Section, _ places: [String: String], _ units: [BlockList.StatedUnit]) {
    do throws(ProgramErrors) {
      let table = try table()
      for stated in units {
        let name = stated.signal.hasPrefix("previous.") ? String(stated.signal.dropFirst(9)) : stated.signal
        guard let unit = table[name]?.unit, unit != stated.unit else { continue }
        file.context.complain(
          "\(stated.path).unit",
          "found \"\(stated.unit)\", but \(name) is " + (unit == .none ? "without a unit" : "in \"\(unit)\""))
      }
    } catch {
      let broken = Set(error.errors.filter(\.leavesBlockOut).compactMap(\.block))
      for error in error.errors {
        // A block that is left out is said to be wrong; that its signals are missed follows from it.
        if let signal = error.unknownSignal, broken.contains(String(signal.prefix { $0 != "." })) { continue }
        let path = path(of: error, places)
        let isPlaced = error.block.map { places[$0] != nil } ?? true
        file.context.complain(path, isPlaced ? Self.text(of: error) : error.description)
      }
    }
  }

  /// What is wrong, without the input's name, with which the path ends.
  private static func text(of error: ProgramError) -> String {
    let name = error.part.map { "input \($0): " } ?? ""
    return !name.isEmpty && error.text.hasPrefix(name) ? String(error.text.dropFirst(name.count)) : error.text
  }

  private func path(of error: ProgramError, _ places: [String: String]) -> String {
    guard let block = error.block else {
      switch error.origin {
      case .block(let name)?: return places[name] ?? ""
      case .device(let name, _)?:
        return devices.first { $0.name == name }?.path ?? ""
      case .loop?, nil: return ""
      }
    }
    let place = places[block] ?? ""
    guard let part = error.part else { return place }
    let rule = rules.part(reading: part) ?? part
    if block == "safety", let path = places[rule] ?? Self.pathOfRule(rule) { return path }
    return place.isEmpty ? place : "\(place).\(part)"
  }

  /// The section of a part of the rules of safety, such as "condition NAME", of which the file has no entry.
  private static func pathOfRule(_ part: String) -> String? {
    let words = part.split(separator: " ", maxSplits: 1).map(String.init)
    return switch words.first {
    case "condition": "safety"
    case "reason": "arming"
    case "reaction": "reactions"
    case "mode": "modes"
    case "rest": "at_rest"
    default: nil
    }
  }
}

extension SafetyRules {
  /// The part of the rules that has the test of a port of the row of safety, `test_3`; `nil` for another name.
  fileprivate func part(reading port: String) -> String? {
    guard port.hasPrefix("test_"), let index = Int(port.dropFirst("test_".count)) else { return nil }
    // Ports are in the order of the rules, as `SafetyTests` has them.
    var parts = conditions.flatMap {
      Array(repeating: "condition \($0.name)", count: $0.any.count + $0.all.count)
    }
    parts += arming.flatMap { Array(repeating: "reason \($0.name)", count: $0.any.count + $0.all.count) }
    return parts.indices.contains(index) ? parts[index] : "rest"
  }
}
