import Control
import Files

/// Which way a rotor turns, seen from above.
enum RotorSpin: String, CaseIterable, Sendable {
  case clockwise
  case counterClockwise = "counter_clockwise"
}

/// Reads `airframe.rotors`: where each rotor stands, and which way it turns.
enum RotorReader {
  /// How many rotors there may be.
  static let count = 4...8

  static let description = KeyDescription.section(
    "rotors", as: "list of \(count.lowerBound) to \(count.upperBound) objects",
    absent: "the four of an X: front right, rear left, front left, rear right",
    "Where each rotor stands, in the order of `actuators.motors`.")

  private static let name = Key<String>.text(
    "name", "The motor's name, with which its signals begin: small letters, digits and _.")
  private static let forward = Key<Double>.number(
    "forward_m", -5...5, unit: "m", "How far it stands ahead of the centre, negative behind it.")
  private static let right = Key<Double>.number(
    "right_m", -5...5, unit: "m", "How far it stands to the right of the centre, negative to its left.")
  private static let spin = Key<RotorSpin>.choice(
    "spin", "Which way it turns, seen from above; a `counter_clockwise` one turns the nose to the right.")

  static let schema = SectionSchema(
    path: "airframe.rotors[]", about: "One rotor.",
    keys: [name.description, forward.description, right.description, spin.description])

  private struct Part: ConfigurationSection {
    static let schema = RotorReader.schema
    let rotor: RotorGeometry.Rotor

    init?(_ section: Section) {
      let (name, spin) = (section.read(RotorReader.name), section.read(RotorReader.spin))
      let (forward, right) = (section.read(RotorReader.forward), section.read(RotorReader.right))
      if let name, !RotorReader.isName(name) {
        section.complain(
          "name",
          "found \(JSON5Value.quoted(name)), expected small letters, digits and _, with a letter in front")
        return nil
      }
      guard let name, let spin, let forward, let right else { return nil }
      rotor = RotorGeometry.Rotor(name, forward: forward, right: right, isClockwise: spin == .clockwise)
    }
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else { return false }
    return name.utf8.count <= 32
      && name.utf8.allSatisfy {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
          || $0 == UInt8(ascii: "_")
      }
  }

  /// The rotors of an airframe; `nil` after an error was noted.
  static func read(_ section: Section) -> RotorGeometry? {
    guard let parts = section.readList(Part.self, description.name, count: count) else { return nil }
    let rotors = parts.map(\.rotor)
    var isWhole = true
    for (index, rotor) in rotors.enumerated() {
      func refuse(_ key: String, _ words: String) {
        section.complain("\(description.name)[\(index)].\(key)", words)
        isWhole = false
      }
      if let first = rotors[..<index].firstIndex(where: { $0.name == rotor.name }) {
        refuse("name", "\"\(rotor.name)\" is \(description.name)[\(first)] already")
      }
      if let first = rotors[..<index].firstIndex(where: {
        $0.forward == rotor.forward && $0.right == rotor.right && $0.isClockwise == rotor.isClockwise
      }) {
        refuse("spin", "\(description.name)[\(first)] stands in the same place and turns the same way")
      }
    }
    return isWhole ? RotorGeometry(rotors) : nil
  }
}

extension RotorGeometry.Problem {
  /// What is wrong, and what would be right.
  var words: String {
    switch self {
    case .tooFew: "fewer than four rotors cannot hold height, roll, pitch and yaw"
    case .inOneLine:
      "the motors stand in one line, or nearly: nothing can turn the vehicle about that line; expected places on both sides of it"
    case .noYaw:
      "no thrusts of these rotors turn the vehicle without tilting it: give the rotors spins that differ from one to the next"
    case .centreOutside:
      "the centre is not among the rotors, so that no thrusts carry the vehicle level; count forward_m and right_m from the centre of mass"
    }
  }
}

extension ReadingContext {
  /// How many motors the file's `airframe.rotors` asks for; four without them.
  var rotorCount: Int {
    guard let count = elementCount("airframe", RotorReader.description.name),
      RotorReader.count.contains(count)
    else { return Configuration.quadrotorMotors.count }
    return count
  }
}
