import Control
import HardwareInterfaces
import Signals

extension VehicleTables {
  /// Checks the program, and says what is wrong with it where the file has it.
  ///
  /// - Parameters:
  ///   - places: The path of each block by its name; the rest is a device's, or the template's.
  ///   - list: The blocks of the file.
  func check(_ file: Section, _ places: BlockPlaces, _ list: BlockList) {
    let (errors, units) = ProgramBuilder(outside: outside, blocks: blocks).findings()
    for stated in list.entries.flatMap(\.units) {
      guard let unit = units[ProgramBuilder.signal(ofInput: stated.signal)], unit != stated.unit else {
        continue
      }
      file.context.complain(
        "\(stated.path).unit",
        "found \"\(stated.unit)\", but \(stated.signal) is "
          + (unit == .none ? "without a unit" : "in \"\(unit)\""))
    }
    // Of a block that is left out, and of what could not be read, it is said; that their signals are missed follows from it.
    let leftOut = Set(errors.filter(\.leavesBlockOut).compactMap(\.block))
    let partial = Set((list.entries + list.changes).filter(\.isPartial).map(\.declaration.name))
    for error in errors {
      if let signal = error.unknownSignal {
        if leftOut.contains(String(signal.prefix { $0 != "." })) || file.context.broken.mayWrite(signal) {
          continue
        }
      }
      if let block = error.block, error.isMissing, partial.contains(block) { continue }
      let path = path(of: error, places)
      let isPlaced = error.block.map { places[$0] != nil } ?? true
      file.context.complain(path, isPlaced ? Self.text(of: error) : error.description)
    }
    checkCommands(file, places, leftOut: leftOut)
  }

  /// Complains about commands of blocks that no actuator takes.
  private func checkCommands(_ file: Section, _ places: BlockPlaces, leftOut: Set<String>) {
    let readers = SignalReaders(blocks)
    let takers = readers.blocks(before: ActuatorReader.conversions)
    for block in blocks where !leftOut.contains(block.name) {
      guard let path = places[block.name] else { continue }
      for command in SignalReaders.commands(of: block) {
        let isTaken = readers.readers(of: command).contains(where: takers.contains)
        guard !isTaken, !file.context.broken.mayRead(command) else { continue }
        file.context.complain(
          path,
          "no actuator takes \(command): put one among the `devices`, with `chip` and `command: \"\(command)\"`"
            + ", or take the block out")
      }
    }
  }

  /// What is wrong, without the input's name, with which the path ends.
  private static func text(of error: ProgramError) -> String {
    let name = error.part.map { "input \($0): " } ?? ""
    return !name.isEmpty && error.text.hasPrefix(name) ? String(error.text.dropFirst(name.count)) : error.text
  }

  private func path(of error: ProgramError, _ places: BlockPlaces) -> String {
    guard let block = error.block else {
      switch error.origin {
      case .block(let name)?: return places[name] ?? ""
      case .device(let name, _)?:
        return devices.first { $0.name == name }?.path ?? ""
      case .loop?, nil: return ""
      }
    }
    let place = (error.isNameTwice ? places.second(block) : nil) ?? places[block] ?? ""
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
