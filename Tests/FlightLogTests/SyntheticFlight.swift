import ControlLoop
@testable import FlightLog
import HardwareInterfaces
import PortableMath

/// Ticks of no real flight, with every field in use and everything from a seed.
enum SyntheticFlight {
  static let configuration = Array("{ name: \"synthetic\" }".utf8)
  static let model: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }

  static let metadata = FlightLogMetadata(
    version: "0.1.0", backend: "simulated", seed: 7, tickRate: 250, extra: ["note": "synthetic"])

  /// `count` ticks, `period` ns apart.
  static func ticks(
    _ count: Int, seed: UInt64 = 1, inputs: Int = 10, period: Int64 = 4_000_000
  ) -> [TickRecord] {
    var random = RandomGenerator(seed: seed)
    return (0..<count).map { tick($0, &random, inputs, period) }
  }

  private static func tick(
    _ number: Int, _ random: inout RandomGenerator, _ inputs: Int, _ period: Int64
  ) -> TickRecord {
    func float() -> Float { Float(random.nextUniform(-4, 4)) }
    var input = TickInput()
    input.tick = UInt64(number)
    input.time = MonotonicTime(nanoseconds: 1_000_000_000 + Int64(number) * period)
    input.elapsed = period + Int64(random.nextBits() % 1000)
    input.inertial.sample = InertialSample(
      acceleration: (float(), float(), float()), rate: (float(), float(), float()), temperature: 25)
    input.inertial.time = input.time
    input.inertial.sequence = UInt32(number * 2 + 1)
    input.inertial.isPresent = true
    input.pressure.sample = PressureSample(pressure: 101_325 + float(), temperature: 20)
    input.pressure.time = input.time
    input.pressure.sequence = UInt32(number / 10 + 1)
    input.pressure.isPresent = true
    input.range.sample = RangeSample(distance: abs(float()), isValid: number % 7 != 0)
    input.range.time = input.time
    input.range.sequence = UInt32(number / 10 + 1)
    input.range.isPresent = true
    input.power.sample = PowerSample(voltage: 11.1, current: float())
    input.power.time = input.time
    input.power.sequence = UInt32(number / 25 + 1)
    input.setpoint = Setpoint(roll: float(), pitch: float(), yawRate: float(), altitude: 1, arm: number > 3)
    input.killSwitch = number % 100 == 99
    var output = TickOutput()
    output.estimate.quaternion = (float(), float(), float(), float())
    (output.estimate.roll, output.estimate.pitch, output.estimate.yaw) = (float(), float(), float())
    (output.estimate.rateX, output.estimate.rateY, output.estimate.rateZ) = (float(), float(), float())
    output.estimate.altitude = float()
    output.estimate.climbRate = float()
    output.mode = number < 5 ? .disarmed : .active
    output.controller = number < 5 ? .none : .network
    output.inhibits = number < 3 ? ArmingInhibit.moving.bit : 0
    output.faults = number % 50 == 49 ? FailsafeCondition.rangeStale.bit : 0
    output.ts = 1.02
    for _ in 0..<inputs { output.networkInputs.append(float()) }
    output.stateDigest = random.nextBits()
    for _ in 0..<4 { output.networkOutputs.append(float()) }
    output.classicalCommand = BodyCommand(thrust: 0.5, roll: float(), pitch: float(), yaw: float())
    output.command = BodyCommand(thrust: 0.4, roll: float(), pitch: float(), yaw: float())
    for _ in 0..<4 { output.motors.append(float()) }
    for _ in 0..<4 { output.pulses.append(1500 + float()) }
    output.enable = number >= 5
    return TickRecord(input: input, output: output)
  }

  /// The same ticks of a vehicle whose sensors have spares, with every field of those in use.
  static func withSpares(_ ticks: [TickRecord], seed: UInt64 = 2) -> [TickRecord] {
    var random = RandomGenerator(seed: seed)
    func float() -> Float { Float(random.nextUniform(-4, 4)) }
    return ticks.map { tick in
      var tick = tick
      tick.input.magnetic.sample = MagneticSample(field: (float(), float(), float()))
      tick.input.magnetic.sequence = UInt32(random.nextBits() >> 40)
      for spare in 0..<2 {
        tick.input.spares.inertial[spare] = tick.input.inertial
        tick.input.spares.inertial[spare].sample.rateX = float()
        tick.input.spares.inertial[spare].sequence = UInt32(random.nextBits() >> 40)
        tick.input.spares.pressure[spare].sample.pressure = float()
        tick.input.spares.range[spare].sample = RangeSample(distance: float(), isValid: float() > 0)
        tick.input.spares.magnetic[spare].time.nanoseconds = Int64(random.nextBits() >> 20)
        tick.input.spares.magnetic[spare].fault = float() > 0 ? .transfer : .none
      }
      tick.output.votes.imu.chosen = float() > 0 ? .secondSpare : .first
      tick.output.votes.imu.second = float() > 0 ? .outvoted : .recovering
      tick.output.votes.barometer.first = .flat
      tick.output.votes.range.isUndecided = float() > 0
      return tick
    }
  }

  /// The log of `ticks`, as bytes.
  static func log(_ ticks: [TickRecord], layout: TickLayout = TickLayout(.quadrotor)) throws -> [UInt8] {
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, layout: layout, configuration: configuration, model: model, metadata: metadata)
    for tick in ticks { try writer.append(tick) }
    try writer.finish()
    return sink.bytes
  }

  /// Everything that a cursor gives, with ticks as records.
  static func read(_ bytes: [UInt8]) throws -> (ticks: [TickRecord], dropouts: [UInt32], damages: [LogDamage])
  {
    var cursor = try FlightLogReader(LogBytes(bytes)).ticks()
    var record = TickRecord(input: TickInput(), output: TickOutput())
    var (ticks, dropouts, damages): ([TickRecord], [UInt32], [LogDamage]) = ([], [], [])
    while true {
      switch try cursor.next(into: &record) {
      case .tick: ticks.append(record)
      case .dropout(let count): dropouts.append(count)
      case .damage(let damage): damages.append(damage)
      case .end: return (ticks, dropouts, damages)
      }
    }
  }
}

/// The first of two lists of ticks that differs, as text; `nil` when all are the same bit for bit.
func difference(
  _ a: [TickRecord], _ b: [TickRecord], layout: TickLayout = TickLayout(.quadrotor)
) -> String? {
  guard a.count == b.count else { return "\(a.count) ticks instead of \(b.count)" }
  var comparison = TickComparison(of: layout)
  for (x, y) in zip(a, b) {
    if let found = comparison.firstDifference(recorded: x, replayed: y) {
      return "tick \(x.input.tick): \(found.field) \(found.recorded) \(found.replayed)"
    }
  }
  return nil
}
