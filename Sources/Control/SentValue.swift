import Signals

/// One of the values that a conversion sends.
public struct SentValue: Sendable, Equatable {
  /// The output's name.
  public var port: String
  /// What is sent while the vehicle is disarmed, the command invalid, or the flying process dead. A flag is 0 or 1.
  public var safe: Double
  /// The least and the greatest value that is ever sent.
  public var range: ClosedRange<Double>

  /// A value from its parts; bounds in any order.
  public init(_ port: String, safe: Double, _ bounds: Double...) {
    (self.port, self.safe) = (port, safe)
    range = bounds.reduce(safe...safe) { min($0.lowerBound, $1)...max($0.upperBound, $1) }
  }
}

/// Something that a block of a vehicle sends to an actuator: the signal `BLOCK.OUTPUT`.
public struct SentSignal: Sendable, Equatable {
  /// The signal's name.
  public var name: String
  /// What its value is: a number, or a flag for a level.
  public var kind: SignalKind
  /// Its unit.
  public var unit: Unit
  /// See `SentValue`.
  public var safe: Double
  /// See `SentValue`.
  public var range: ClosedRange<Double>
}

extension BlockDeclaration {
  /// What actuators take of the block: nothing of one that is no conversion. Throws what is wrong with its kind or its settings.
  public func sentSignals() throws(ProgramErrors) -> [SentSignal] {
    guard isKnown else {
      let all = BlockTable.all.map { $0.description.name }
      let nearest = nearestName(to: kindName, among: all)
      throw ProgramErrors([
        ProgramError(block: name, problem: .unknownKind(kindName, nearest: nearest, all: all))
      ])
    }
    do throws(SettingErrors) {
      let settings = try BlockSettings(self.settings, kind.description.settings)
      let outputs = kind.ports(settings).outputs
      return kind.sent(settings).compactMap { value in
        guard let port = outputs.first(where: { $0.name == value.port }), case .fixed(let unit) = port.unit
        else { return nil }
        return SentSignal(
          name: "\(name).\(port.name)", kind: port.kind, unit: unit, safe: value.safe, range: value.range)
      }
    } catch {
      throw ProgramErrors(error.errors.map { ProgramError(block: name, problem: .setting($0)) })
    }
  }
}

extension BlockTable {
  /// The conversions that send numbers of a unit, or flags: for messages.
  public static func conversions(sending kind: SignalKind, _ unit: Unit) -> [String] {
    all.map { $0.description.name }.filter { name in
      guard let block = Self.kind(name) else { return false }
      let sample = BlockDeclaration(block, "sample", settings: block.description.sampleSettings)
      do throws(ProgramErrors) {
        return try sample.sentSignals().contains { $0.kind == kind && $0.unit == unit }
      } catch {
        return false
      }
    }
  }
}
