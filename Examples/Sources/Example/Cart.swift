import Control
import Signals
import SimulatedHardware
import VehicleConfiguration
import VehicleRuntime

/// A cart on a track that ends at a wall: what moves in simulation, and what a run is judged by.
struct Cart: OwnPlant, MovingPlant {
  static let name = "cart"
  static let actuators = ["motor"]
  static let settings = [
    SettingDescription(
      "wall_m", .number(0.1...100, unit: .metre), about: "distance of the wall at the start"),
    SettingDescription(
      "full_speed_m_s", .number(0.01...20, unit: .metrePerSecond), about: "speed at a full command"),
    SettingDescription(
      "lag_s", .number(0.001...10, unit: .second), standard: .number(0.2), about: "time constant of the motor"
    ),
    SettingDescription(
      "stop_m", .number(0...100, unit: .metre), about: "distance at which it is to have stopped"),
  ]

  let settings: BlockSettings
  let run: Configuration.SimulatedRun
  let window: Configuration.EvaluationWindow

  init(_ settings: BlockSettings, run: Configuration.SimulatedRun, window: Configuration.EvaluationWindow) {
    (self.settings, self.run, self.window) = (settings, run, window)
  }

  /// Each seed has another motor.
  func motion(seed: UInt64) -> any SimulatedMotion { CartMotion(self, seed: seed) }
}

/// The cart on its way: a first-order lag between the motor's voltage and the speed.
private struct CartMotion: SimulatedMotion {
  private let cart: Cart
  private let period: Int64
  private let fullSpeed, lag: Double
  private var distance: Double
  private var speed = 0.0
  private var wanted = 0.0
  private var motor: Int?
  private(set) var nanoseconds: Int64 = 0
  private var samples = 0
  private var largestError = 0.0

  init(_ cart: Cart, seed: UInt64) {
    self.cart = cart
    period = 1_000_000_000 / Int64(max(cart.run.plantRateHz, 1))
    fullSpeed = cart.settings.number("full_speed_m_s") * (0.9 + 0.2 * Double(seed % 11) / 10)
    lag = cart.settings.number("lag_s")
    distance = cart.settings.number("wall_m")
  }

  mutating func step() {
    nanoseconds += period
    let seconds = Double(period) * 1e-9
    speed += (wanted - speed) * min(seconds / lag, 1)
    distance -= speed * seconds
  }

  /// What the chips measure: the range finder looks ahead.
  var physics: PhysicalState { PhysicalState(rangeToGround: max(distance, 0)) }

  mutating func connect(_ actuators: SimulatedActuators) { motor = actuators["motor"] }

  /// The motor's controller turns 0 to 5 V into speed.
  mutating func drive(by actuators: SimulatedActuators) {
    wanted = motor.map { actuators.output($0) / 5 * fullSpeed } ?? 0
  }

  var crash: String? { distance <= 0 ? "it ran into the wall" : nil }

  mutating func note(_ tick: RunTick) {
    guard cart.window.contains(tick.time) else { return }
    samples += 1
    largestError = max(largestError, (distance - cart.settings.number("stop_m")).magnitude)
  }

  var score: RunScore {
    RunScore(
      isJudged: cart.window.isJudged, samples: samples, crash: crash,
      measures: [
        RunScore.Measure(
          key: "stop_error_m", subject: "stop", unit: " m", summary: "largest", digits: 3,
          value: samples == 0 ? .infinity : largestError, limit: 0.05)
      ])
  }
}
