import Signals

/// What is wrong with a vehicle's program.
public struct ProgramError: Error, Equatable, Sendable, CustomStringConvertible {
  enum Problem: Equatable, Sendable {
    case signal(SignalError)
    case nameTwice
    case reservedName
    case unknownKind(String, nearest: String?, all: [String])
    case divisor
    case setting(SettingError)
    case noPort(String, nearest: String?, all: [String])
    case count(InputPort, Int)
    case unknown(port: String, signal: String, nearest: String?)
    case notPrevious(port: String, Signal, isOutside: Bool)
    case later(port: String, signal: String, writer: String, circle: [String]?)
    case vector(port: String, Signal)
    case noUnit(String)
    case noRoot(String, Unit)
    case kind(port: InputPort, Signal)
    case unit(port: InputPort, Signal, expected: Unit)
    case mistake(String)
  }

  /// The block that it is about; `nil` when it is about signals of several.
  public var block: String?
  let problem: Problem

  /// Place, cause and remedy.
  public var description: String { (block.map { "block \($0): " } ?? "") + text }

  /// The setting or input of the block that it is about; of rules of safety "condition NAME" and the like. `nil` when it is about the
  /// block itself.
  public var part: String? {
    switch problem {
    case .setting(let error):
      if case .rules(let mistake) = error.problem { return mistake.place }
      return error.name
    case .noPort(let name, _, _): return name
    case .count(let port, _), .kind(let port, _), .unit(let port, _, _): return port.name
    case .unknown(let port, _, _), .notPrevious(let port, _, _), .later(let port, _, _, _),
      .vector(let port, _), .noRoot(let port, _):
      return port
    case .signal, .nameTwice, .reservedName, .unknownKind, .divisor, .noUnit, .mistake: return nil
    }
  }

  /// The signal that is asked for and that nobody writes, if it is about one.
  public var unknownSignal: String? {
    if case .unknown(_, let signal, _) = problem { return signal }
    return nil
  }

  /// Whether the block's kind or settings are wrong, so that nothing is known of what it writes.
  public var leavesBlockOut: Bool {
    switch problem {
    case .unknownKind, .setting: true
    default: false
    }
  }

  /// Whether it is that two blocks have one name.
  public var isNameTwice: Bool { problem == .nameTwice }

  /// Whether it is that a setting or an input is not given.
  public var isMissing: Bool {
    switch problem {
    case .setting(let error):
      if case .missing = error.problem { return true }
      return false
    case .count(_, let count): return count == 0
    default: return false
    }
  }

  /// Who gives the signal its value that it is about, if it is about one and no block.
  public var origin: SignalOrigin? {
    if case .signal(let error) = problem { return error.origin }
    return nil
  }

  /// Cause and remedy, without the place.
  public var text: String {
    switch problem {
    case .signal(let error): return "\(error)"
    case .reservedName:
      return "an output called block.valid would be taken for the flag of its outputs: give it another name"
    case .nameTwice: return "another block has this name, too: give one of them another"
    case .unknownKind(let name, let nearest?, _):
      return "there is no kind of block \"\(name.prefix(60))\"; did you mean \"\(nearest)\"?"
    case .unknownKind(let name, nil, let all):
      return "there is no kind of block \"\(name.prefix(60))\"; there are " + all.joined(separator: ", ")
    case .divisor: return "every must be 1 to 1000000, and phase from 0 and below every"
    case .setting(let error): return "\(error)"
    case .noPort(let name, let nearest?, _): return "unknown input \"\(name)\"; did you mean \"\(nearest)\"?"
    case .noPort(let name, nil, let all):
      return "unknown input \"\(name)\"; "
        + (all.isEmpty ? "it has none" : "it has " + all.joined(separator: ", "))
    case .count(let port, let count):
      let (least, most) = (port.count.lowerBound, port.count.upperBound)
      let wanted = least == most ? "\(least)" : "\(least) to \(most)"
      if count == 0, most == 1 { return "input \(port.name) is missing: name the signal that it reads" }
      return "input \(port.name) is bound to \(count) signals, expected \(wanted)"
    case .unknown(let port, let signal, let nearest?):
      return "input \(port): no signal is called \"\(signal.prefix(130))\"; did you mean \"\(nearest)\"?"
    case .unknown(let port, let signal, nil):
      return "input \(port): no signal is called \"\(signal.prefix(130))\"; see ganglion check --signals"
    case .notPrevious(let port, let signal, let isOutside):
      return "input \(port): previous.\(signal.name) is not kept: "
        + (isOutside ? "it is new in every tick" : "it has been written in this tick") + "; add a block delay"
    case .later(let port, let signal, let writer, let circle?):
      return circle.count <= 2
        ? "input \(port): \(signal) is written by this block itself: read previous.\(signal)"
        : "input \(port): \(signal) is written by block \(writer), and the blocks read each other in a circle ("
          + circle.prefix(8).joined(separator: " reads ") + (circle.count > 8 ? " …" : "")
          + "): one of them must read the tick before, here previous.\(signal)"
    case .later(let port, let signal, let writer, nil):
      return
        "input \(port): \(signal) is written by block \(writer), which comes later: move it up, or read previous.\(signal)"
    case .vector(let port, let signal):
      return "input \(port): \(signal.name) has \(signal.width) values, expected one"
    case .noUnit(let port):
      return
        "output \(port) has a unit that follows from itself: put a block scale with a unit into the circle"
    case .noRoot(let port, let unit):
      return
        "input \(port): the root of \(unit.words) is no unit: put a block scale with a unit whose powers are even in front"
    case .kind(let port, let signal):
      return "input \(port.name): \(signal.name) is a \(signal.kind.words), expected a \(port.kind.words)"
    case .unit(let port, let signal, let expected):
      return "input \(port.name): \(signal.name) is in \(signal.unit.words), expected \(expected.words)"
    case .mistake(let name):
      return "asks for a port \"\(name)\" that it does not declare: a mistake in the block's code"
    }
  }
}

/// All that is wrong with a vehicle's program; at least one error.
public struct ProgramErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors, block by block.
  public let errors: [ProgramError]

  init(_ errors: [ProgramError]) { self.errors = errors }

  /// An error a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension Unit {
  /// The unit, or what is said for none.
  fileprivate var words: String { self == .none ? "no unit" : "\(self)" }
}
