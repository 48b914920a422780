import ControlLoop
import SimulatedHardware

/// What a kind of vehicle has of its own in simulation: its physics, what its motors do to them, and how well a run went.
protocol SimulatedMotion {
  /// Time since the start in ns: a whole number of steps.
  var nanoseconds: Int64 { get }
  /// Moves on by one step.
  mutating func step()
  /// What the chips measure.
  var physics: PhysicalState { get }
  /// Lets the motors have what reaches them now: in every tick, and in every step when it `followsOutputs`.
  mutating func drive(by motors: SimulatedMotors)
  /// Whether what the chips put out between two ticks matters.
  var followsOutputs: Bool { get }
  /// Why the run ended; `nil` while it goes on.
  var crash: String? { get }

  /// Takes note of a tick for the score.
  mutating func note(_ record: TickRecord)
  /// How well the run went so far.
  var score: RunScore { get }
}

/// How well a run went, judged on what is true, not on what is estimated.
struct RunScore: Sendable {
  /// One thing that was measured.
  struct Measure: Sendable {
    /// Its name in JSON, with its unit, for example "altitude_rms_m".
    var key: String
    /// What it is the error of, and its unit, for people.
    var subject, unit: String
    /// How it was summed up: "RMS" or "largest".
    var summary: String
    /// Decimals that are worth showing.
    var digits: Int
    var value: Double
    /// The largest that counts as held.
    var limit: Double
  }

  /// Ticks that were judged.
  var samples = 0
  /// Why the vehicle crashed, if it did.
  var crash: String?
  /// Whether the vehicle was armed in every tick that was judged.
  var stayedArmed = true
  var measures: [Measure] = []

  /// Whether the run counts as held.
  var isHeld: Bool {
    crash == nil && stayedArmed && samples > 0 && measures.allSatisfy { $0.value <= $0.limit }
  }

  /// The value of a measure; not a number for one that is not there.
  func value(_ key: String) -> Double { measures.first { $0.key == key }?.value ?? .nan }
}

extension Configuration {
  /// The vehicle's physics as `seed` draws them.
  func simulatedMotion(seed: UInt64) -> any SimulatedMotion {
    switch vehicle {
    case .quadrotor(let parts): SimulatedQuadrotor(parts, seed: seed)
    case .balancingRobot(let parts): SimulatedBalancingRobot(parts, seed: seed)
    }
  }
}
