import Files
import Signals
import SimulatedHardware
import VehicleConfiguration

/// What a kind of vehicle has of its own in simulation: its physics, what its motors do to them, and how well a run went.
public protocol SimulatedMotion {
  /// Time since the start in ns: a whole number of steps.
  var nanoseconds: Int64 { get }
  /// Moves on by one step.
  mutating func step()
  /// What the chips measure.
  var physics: PhysicalState { get }
  /// Takes note of the actuators' numbers, before all else; it asks for those that it has by their names.
  mutating func connect(_ actuators: SimulatedActuators)
  /// Lets the actuators have what reaches them now: in every tick, and in every step when it `followsOutputs`.
  mutating func drive(by actuators: SimulatedActuators)
  /// Whether what the chips put out between two ticks matters.
  var followsOutputs: Bool { get }
  /// Takes note of the signals that a tick has, before all else.
  mutating func watch(_ signals: SignalTable)
  /// A line that it has opened or closed since the last call; `nil` for none.
  mutating func takeContact() -> (line: String, isClosed: Bool)?
  /// Why the run ended; `nil` while it goes on.
  var crash: String? { get }

  /// Takes note of a tick for the score.
  mutating func note(_ tick: RunTick)
  /// How well the run went so far.
  var score: RunScore { get }
  /// Current in A that the nominal vehicle draws from its battery at most.
  var largestCurrent: Double { get }
}

/// What has no motors, and is not judged, needs to say no more than how it moves.
extension SimulatedMotion {
  /// Nothing.
  public mutating func connect(_ actuators: SimulatedActuators) {}
  /// Nothing.
  public mutating func drive(by actuators: SimulatedActuators) {}
  /// Nothing.
  public mutating func watch(_ signals: SignalTable) {}
  /// None.
  public mutating func takeContact() -> (line: String, isClosed: Bool)? { nil }
  /// No.
  public var followsOutputs: Bool { false }
  /// None.
  public var crash: String? { nil }
  /// Nothing.
  public mutating func note(_ tick: RunTick) {}
  /// None that is known.
  public var largestCurrent: Double { 0 }
  /// Nothing was measured.
  public var score: RunScore { RunScore() }
}

/// What of a tick a run is judged by, beside what is true.
public struct RunTick {
  /// When the tick began, and how long after the one before, in ns.
  public var time, elapsed: Int64
  /// What the vehicle was asked for.
  public var setpoint: Setpoint
  /// Whether it was doing that: armed, and neither landing nor stopped.
  public var isActive: Bool
  /// What else it saw and decided.
  public var frame: Frame
}

/// How well a run went, judged on what is true, not on what is estimated.
public struct RunScore: Sendable {
  /// One thing that was measured.
  public struct Measure: Sendable {
    /// Its name in JSON, with its unit, for example "altitude_rms_m".
    public var key: String
    /// What it is the error of, and its unit, for people.
    public var subject, unit: String
    /// How it was summed up: "RMS" or "largest".
    public var summary: String
    /// Decimals that are worth showing.
    public var digits: Int
    /// What was measured, in `unit`; not finite where nothing was.
    public var value: Double
    /// The largest that counts as held.
    public var limit: Double

    /// A measure from its parts.
    public init(
      key: String, subject: String, unit: String, summary: String, digits: Int, value: Double, limit: Double
    ) {
      (self.key, self.subject, self.unit, self.summary) = (key, subject, unit, summary)
      (self.digits, self.value, self.limit) = (digits, value, limit)
    }

    /// The value with its unit, for people.
    public var text: String { formatted("%.\(digits)f", value) + unit }
    /// The limit without its unit, for people.
    public var limitNumber: String { formatted("%.\(max(digits - 1, 0))f", limit) }
  }

  /// Whether the configuration says when a run counts as held.
  public var isJudged = false
  /// Ticks in the time that is judged.
  public var samples = 0
  /// Why the vehicle crashed, if it did.
  public var crash: String?
  /// Whether the vehicle was armed in every tick that was judged.
  public var stayedArmed = true
  /// What was measured.
  public var measures: [Measure] = []

  /// A score from its parts.
  public init(
    isJudged: Bool = false, samples: Int = 0, crash: String? = nil, stayedArmed: Bool = true,
    measures: [Measure] = []
  ) {
    (self.isJudged, self.samples, self.crash) = (isJudged, samples, crash)
    (self.stayedArmed, self.measures) = (stayedArmed, measures)
  }

  /// Whether the run counts as held; `nil` when the configuration does not say what that is.
  public var held: Bool? { isJudged ? shortcomings.isEmpty : nil }

  /// Why a run that is judged does not count as held; empty when it does.
  public var shortcomings: [String] {
    var reasons: [String] = []
    if let crash { reasons.append("crashed: \(crash)") }
    if samples == 0 { return reasons + ["ended before evaluation.from_s"] }
    if !stayedArmed { reasons.append("not armed in all of the time that is judged") }
    // Written so that a number that is none is a shortcoming, too.
    for measure in measures where !(measure.value <= measure.limit) {
      reasons.append("\(measure.subject) error \(measure.text), limit \(measure.limitNumber)")
    }
    return reasons
  }

  /// The value of a measure; not a number for one that is not there.
  public func value(_ key: String) -> Double { measures.first { $0.key == key }?.value ?? .nan }
}

/// A plant that knows how it moves.
public protocol MovingPlant: Plant {
  /// Its physics as `seed` draws them.
  func motion(seed: UInt64) -> any SimulatedMotion
  /// The same of a certain vehicle, where it matters what its devices are.
  func motion(seed: UInt64, of tables: VehicleTables) -> any SimulatedMotion
}

extension MovingPlant {
  /// It does not matter.
  public func motion(seed: UInt64, of tables: VehicleTables) -> any SimulatedMotion { motion(seed: seed) }
}

extension VehicleTables {
  /// The vehicle's physics as `seed` draws them; a plant that does not know how it moves stands.
  func simulatedMotion(seed: UInt64) -> any SimulatedMotion {
    (plant as? any MovingPlant)?.motion(seed: seed, of: self) ?? StandingVehicle(simulation)
  }
}
