import Synchronization

/// The blocks that there are: a new one is a file in `Blocks` and a row here. A program that uses Ganglion as a library adds blocks of its
/// own before it reads a configuration.
public enum BlockTable {
  /// A kind of block.
  public typealias Kind = any (Block & ~Copyable).Type

  private struct Rows {
    var kinds: [Kind] = []
    var byName: [String: Kind] = [:]

    /// `false` when there is a kind of that name.
    mutating func add(_ kind: Kind) -> Bool {
      guard byName.updateValue(kind, forKey: kind.description.name) == nil else { return false }
      kinds.append(kind)
      return true
    }
  }

  private static let rows = Mutex(
    own.reduce(into: Rows()) { rows, kind in
      let isNew = rows.add(kind)
      precondition(isNew, "two blocks of one name")
    })

  /// All kinds, in the order of the reference.
  public static var all: [Kind] { rows.withLock(\.kinds) }

  /// Adds a kind of block behind the others.
  ///
  /// - Throws: `BlockNameTaken` when there is one of that name.
  public static func add(_ kind: Kind) throws(BlockNameTaken) {
    let name = kind.description.name
    let isNew = rows.withLock { rows in rows.byName[name] == nil && rows.add(kind) }
    if !isNew { throw BlockNameTaken(name: name) }
  }

  private static let own: [Kind] = [
    Constant.self, Scale.self, Clamp.self, DeadBand.self, Slew.self, Sum.self, Product.self, Difference.self,
    SquareRoot.self, Delay.self,
    Not.self, And.self, Or.self, IsOneOf.self,
    LowPass.self, Derivative.self, Integral.self, Notch.self, ComplementaryFilter.self, PID.self,
    Select.self, Switch.self, CommandSources.self,
    TickClock.self, StepTime.self, Freshness.self, Health.self, Voter.self,
    Attitude.self, Altitude.self, Heading.self, WheelOdometry.self, LastVoltage.self, Compass.self,
    Airspeed.self,
    Safety.self,
    FlightSetpoint.self, FlightPhase.self, QuadrotorControl.self, BlindDescent.self,
    DriveSetpoint.self, BalanceControl.self,
    NetworkBlock.self, CommandChoice.self,
    QuadMixer.self, RotorMixer.self, WheelMixer.self, Mixer.self, DifferentialDrive.self, ServoLinkage.self,
    SpeedController.self, BridgePulse.self, Servo.self, Duty.self, MotorVoltage.self, Relay.self,
  ]

  /// The kind of this name in a configuration; `nil` when there is none.
  public static func kind(_ name: String) -> Kind? { rows.withLock { $0.byName[name] } }
}

/// Why a block cannot be added: there is one of its name.
public struct BlockNameTaken: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name.
  public var name: String

  /// All of it in one line.
  public var description: String { "there is a block \"\(name)\" already; give yours another name" }
}
