import Devices
import Files
import HardwareInterfaces
import Signals
import VehicleRuntime

/// What can be asked for at a vehicle's socket, as the file beside it says.
struct CommandAccess {
  /// A number that can be asked for.
  struct Number {
    var name, unit: String
    var minimum, maximum, standard: Double
  }

  /// The file.
  static let fileName = "commands.json"

  /// The vehicle's socket.
  var socket = ""
  /// The digest of what can be asked for.
  var digest: UInt32 = 0
  /// What can be asked for.
  var numbers: [Number] = []
  /// Flags that can be set.
  var flags: [String] = []

  /// Reads it of a vehicle's folder.
  ///
  /// - Parameter source: The source to command as; `nil` for the only one.
  init(folder: String, source: String?) throws {
    let path = "\(folder)/\(Self.fileName)"
    let bytes = try InputFile.bytes(path: path, limit: 1 << 20)
    let file: JSON5Value
    do throws(JSON5Error) {
      file = try JSON5Parser.parse(String(decoding: bytes, as: UTF8.self), as: .json)
    } catch {
      throw CommandFailure(place: path, "\(error)", remedy: "start the vehicle anew, which writes it")
    }
    let sources = file["sources"]?.elements ?? []
    let names = sources.compactMap { $0["source"]?.text }
    guard let wanted = source ?? (names.count == 1 ? names.first : nil),
      let found = sources.first(where: { $0["source"]?.text == wanted }), read(found)
    else {
      throw CommandFailure(
        place: path, "the vehicle has the sources \(names.joined(separator: ", "))",
        remedy: "say which with --source NAME")
    }
  }

  private mutating func read(_ source: JSON5Value) -> Bool {
    guard let path = source["socket"]?.text, let number = source["digest"]?.number,
      let digest = UInt32(exactly: number)
    else { return false }
    (socket, self.digest) = (path, digest)
    for entry in source["numbers"]?.elements ?? [] {
      guard let number = Number(entry) else { return false }
      numbers.append(number)
    }
    for entry in source["flags"]?.elements ?? [] {
      guard let name = entry.text else { return false }
      flags.append(name)
    }
    return true
  }

  /// What can be asked for, for people.
  var text: String {
    let lines = numbers.map { number in
      "\(number.name)  \(number.minimum) to \(number.maximum)\(number.unit.isEmpty ? "" : " \(number.unit)")"
    }
    return ([socket] + lines + flags.map { "\($0)  a flag" }).joined(separator: "\n")
  }
}

extension CommandAccess.Number {
  /// What an entry of the file says; `nil` when it is not whole.
  fileprivate init?(_ entry: JSON5Value) {
    guard let name = entry["name"]?.text, let unit = entry["unit"]?.text else { return nil }
    guard let minimum = entry["minimum"]?.number, let maximum = entry["maximum"]?.number else { return nil }
    guard let standard = entry["standard"]?.number, minimum < maximum else { return nil }
    self.init(name: name, unit: unit, minimum: minimum, maximum: maximum, standard: standard)
  }
}

/// What is asked for at the moment.
struct CommandWish {
  private let access: CommandAccess
  private var numbers: [Float]
  private var flags: [Bool]
  private var arm = false
  private var takes = true
  private var sequence: UInt32 = 0
  /// Whether the wish to arm is sent already.
  var mayArm = true

  /// Nothing yet.
  init(_ access: CommandAccess) {
    self.access = access
    numbers = access.numbers.map { Float($0.standard) }
    flags = access.flags.map { _ in false }
  }

  /// Takes words; all of them or none.
  mutating func take(_ words: [String]) throws(UsageError) {
    var (next, rest) = (self, words[...])
    while let word = rest.popFirst() {
      switch word {
      case "arm": next.arm = true
      case "disarm": next.arm = false
      case "take": next.takes = true
      case "release": next.takes = false
      default:
        if let place = access.flags.firstIndex(of: word) {
          next.flags[place] = true
        } else if word.hasPrefix("no-"), let place = access.flags.firstIndex(of: String(word.dropFirst(3))) {
          next.flags[place] = false
        } else if let place = access.numbers.firstIndex(where: { $0.name == word }) {
          next.numbers[place] = try Self.number(rest.popFirst(), access.numbers[place])
        } else {
          let known = ["arm", "disarm", "take", "release"] + access.flags + access.numbers.map(\.name)
          let nearest = nearestName(to: word, among: known).map { "; did you mean \"\($0)\"?" }
          throw UsageError(
            "\"\(word)\" cannot be asked for\(nearest ?? "; there are \(known.joined(separator: ", "))")")
        }
      }
    }
    self = next
  }

  private static func number(_ word: String?, _ number: CommandAccess.Number) throws(UsageError) -> Float {
    guard let word, let value = Double(word), (number.minimum...number.maximum).contains(value) else {
      throw UsageError(
        "\(number.name) is \(word.map { "\"\($0)\"" } ?? "missing"), expected a number from \(number.minimum) to \(number.maximum)"
          + (number.unit.isEmpty ? "" : " \(number.unit)"))
    }
    return Float(value)
  }

  /// The next record of it.
  mutating func record(at time: MonotonicTime) -> [UInt8] {
    sequence &+= 1
    return CommandRecord.bytes(
      sequence: sequence, digest: access.digest, arm: arm && mayArm, takes: takes, numbers: numbers,
      flags: flags,
      time: UInt64(max(time.nanoseconds, 0)))
  }
}

extension JSON5Value {
  fileprivate subscript(key: String) -> JSON5Value? {
    if case .object(let members) = content { return members.first { $0.key == key }?.value }
    return nil
  }

  fileprivate var elements: [JSON5Value]? {
    if case .array(let elements) = content { return elements }
    return nil
  }

  fileprivate var text: String? {
    if case .string(let text) = content { return text }
    return nil
  }

  fileprivate var number: Double? {
    if case .number(let number, _) = content { return number }
    return nil
  }
}
