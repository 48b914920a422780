import ControlLoop
import HardwareInterfaces

/// In how many ticks a sensor stood at the end of its range while the vehicle was not disarmed: what it measures was
/// beyond what it can say.
struct RangeTally: BitwiseCopyable, Sendable {
  /// By place: inertial sensors, magnetometers, and the battery monitor.
  private var ticks = InlineArray<7, UInt64>(repeating: 0)

  /// Takes note of a tick.
  mutating func note(_ input: borrowing TickInput, _ output: borrowing TickOutput) {
    guard output.mode != .disarmed else { return }
    add(0, input.inertial.fault)
    add(3, input.magnetic.fault)
    for spare in 0..<Spares<Int>.count {
      add(1 + spare, input.spares.inertial[spare].fault)
      add(4 + spare, input.spares.magnetic[spare].fault)
    }
    add(6, input.power.fault)
  }

  private mutating func add(_ place: Int, _ fault: DeviceFault) {
    if fault == .endOfRange { ticks[place] &+= 1 }
  }

  /// By the sensor's key in a configuration, what is beyond its range, and in how many ticks; only what happened.
  private var entries: [(key: String, what: String, ticks: UInt64)] {
    let places: [(String, String)] =
      (0..<3).map { (SensorKind.imu.key($0), "turn or acceleration") }
      + (0..<3).map { (SensorKind.magnetometer.key($0), "the field") } + [("power", "the current")]
    return places.indices.filter { ticks[$0] > 0 }.map { (places[$0].0, places[$0].1, ticks[$0]) }
  }

  /// A line for people each.
  var lines: [String] {
    entries.map {
      "sensors         sensors.\($0.key) stood at the end of its range in \($0.ticks) ticks: \($0.what) was beyond it"
    }
  }

  /// For machines.
  var json: [String: UInt64] { Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.ticks) }) }

  /// For the run's record in the log.
  var record: (key: String, value: String) {
    ("sensors_beyond_range_ticks", entries.map { "\($0.key) \($0.ticks)" }.joined(separator: ", "))
  }
}
