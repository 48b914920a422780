import HardwareInterfaces
import Signals

/// Where a tick's input lies in the frame of a vehicle's program.
struct TickInputs: BitwiseCopyable, Sendable {
  private let number: SignalIndex<UInt64>?
  private let time, elapsed: SignalIndex<Int64>?
  private let missed: SignalIndex<UInt32>?
  private let inertial, pressure, magnetic, range: InlineArray<3, ReadingPlaces>
  private let power, leftEncoder, rightEncoder: ReadingPlaces
  private let leftMagnet, rightMagnet: SignalIndex<UInt8>?
  private let roll, pitch, yawRate, altitude, speed: SignalIndex<Float>?
  private let arm, killSwitch, flown: SignalIndex<Bool>?
  private let fault: SignalIndex<UInt8>?

  init(_ table: SignalTable) {
    func instances(_ name: String, _ sample: [SampleChannel]) -> InlineArray<3, ReadingPlaces> {
      // Without a voter the device has the name itself.
      [
        ReadingPlaces(table["\(name)_0.time"] == nil ? name : "\(name)_0", sample, table),
        ReadingPlaces("\(name)_1", sample, table), ReadingPlaces("\(name)_2", sample, table),
      ]
    }
    (number, missed) = (table.index(of: "tick.number"), table.index(of: "tick.missed"))
    (time, elapsed) = (table.index(of: "tick.time"), table.index(of: "tick.elapsed"))
    (inertial, pressure) = (instances("imu", InertialSample.channels), instances("barometer", PressureSample.channels))
    (magnetic, range) = (instances("magnetometer", MagneticSample.channels), instances("range", RangeSample.channels))
    power = ReadingPlaces("power", PowerSample.channels, table)
    leftEncoder = ReadingPlaces("left_encoder", AngleSample.channels, table)
    rightEncoder = ReadingPlaces("right_encoder", AngleSample.channels, table)
    leftMagnet = table.index(of: "left_encoder.magnet")
    rightMagnet = table.index(of: "right_encoder.magnet")
    (roll, pitch) = (table.index(of: "setpoint.roll"), table.index(of: "setpoint.pitch"))
    (yawRate, altitude) = (table.index(of: "setpoint.yaw_rate"), table.index(of: "setpoint.altitude"))
    (speed, arm) = (table.index(of: "setpoint.speed"), table.index(of: "setpoint.arm"))
    (killSwitch, flown) = (table.index(of: "lines.kill_switch"), table.index(of: "recording.flown"))
    fault = table.index(of: "actuators.fault")
  }

  /// Takes a tick's input out of the frame. What the vehicle does not have is as in an empty one.
  func take(_ frame: Frame) -> TickInput {
    var input = TickInput()
    (input.tick, input.missed) = (frame.value(number) ?? 0, frame.value(missed) ?? 0)
    input.time = MonotonicTime(nanoseconds: frame.value(time) ?? 0)
    input.elapsed = frame.value(elapsed) ?? 0
    take(&input.inertial, inertial[0], frame)
    take(&input.pressure, pressure[0], frame)
    take(&input.magnetic, magnetic[0], frame)
    take(&input.range, range[0], frame)
    for spare in 0..<2 {
      take(&input.spares.inertial[spare], inertial[spare + 1], frame)
      take(&input.spares.pressure[spare], pressure[spare + 1], frame)
      take(&input.spares.magnetic[spare], magnetic[spare + 1], frame)
      take(&input.spares.range[spare], range[spare + 1], frame)
    }
    if power.take(&input.power, frame) {
      input.power.sample = PowerSample(voltage: power.channel(0, frame), current: power.channel(1, frame))
    }
    take(&input.leftEncoder, leftEncoder, leftMagnet, frame)
    take(&input.rightEncoder, rightEncoder, rightMagnet, frame)
    input.setpoint = Setpoint(
      roll: frame.value(roll) ?? 0, pitch: frame.value(pitch) ?? 0, yawRate: frame.value(yawRate) ?? 0,
      altitude: frame.value(altitude) ?? 0, speed: frame.value(speed) ?? 0, arm: frame.value(arm) ?? false)
    input.killSwitch = frame.value(killSwitch) ?? false
    input.actuatorFault = DeviceFault(rawValue: frame.value(fault) ?? 0) ?? .none
    return input
  }

  private func take(_ reading: inout Reading<InertialSample>, _ places: ReadingPlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    func channel(_ place: Int) -> Float { places.channel(place, frame) }
    reading.sample = InertialSample(
      acceleration: (channel(0), channel(1), channel(2)), rate: (channel(3), channel(4), channel(5)),
      temperature: frame.value(places.other) ?? 0)
  }

  private func take(_ reading: inout Reading<PressureSample>, _ places: ReadingPlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = PressureSample(
      pressure: places.channel(0, frame), temperature: frame.value(places.other) ?? 0)
  }

  private func take(_ reading: inout Reading<MagneticSample>, _ places: ReadingPlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = MagneticSample(
      field: (places.channel(0, frame), places.channel(1, frame), places.channel(2, frame)))
  }

  private func take(_ reading: inout Reading<RangeSample>, _ places: ReadingPlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = RangeSample(
      distance: places.channel(0, frame), isValid: frame.value(places.seen) ?? false)
  }

  private func take(
    _ reading: inout Reading<AngleSample>, _ places: ReadingPlaces, _ magnet: SignalIndex<UInt8>?,
    _ frame: Frame
  ) {
    guard places.take(&reading, frame) else { return }
    reading.sample = AngleSample(
      angle: places.channel(0, frame), magnet: MagnetState(rawValue: frame.value(magnet) ?? 0) ?? .good)
  }
}

/// Where a device's signals lie.
private struct ReadingPlaces: BitwiseCopyable, Sendable {
  let isThere: Bool
  private let time: SignalIndex<Int64>?
  private let count: SignalIndex<UInt32>?
  private let fault: SignalIndex<UInt8>?
  private let present: SignalIndex<Bool>?
  let channels: InlineArray<6, SignalIndex<Float>?>
  let other: SignalIndex<Float>?
  let seen: SignalIndex<Bool>?

  init(_ name: String, _ sample: [SampleChannel], _ table: SignalTable) {
    time = table.index(of: "\(name).time")
    count = table.index(of: "\(name).count")
    fault = table.index(of: "\(name).fault")
    present = table.index(of: "\(name).present")
    isThere = time != nil
    var channels = InlineArray<6, SignalIndex<Float>?>(repeating: nil)
    for (index, channel) in sample.filter({ $0.use == .compared }).prefix(6).enumerated() {
      channels[index] = table.index(of: "\(name).\(channel.name)")
    }
    self.channels = channels
    other = sample.first { $0.use == .handedOn }.flatMap { table.index(of: "\(name).\($0.name)") }
    seen = sample.first { $0.use == .comparable }.flatMap { table.index(of: "\(name).\($0.name)") }
  }

  /// A channel's value.
  func channel(_ place: Int, _ frame: Frame) -> Float { frame.value(channels[place]) ?? 0 }

  /// Takes what every reading has; says `false` when the vehicle has no such device.
  func take<Sample>(_ reading: inout Reading<Sample>, _ frame: Frame) -> Bool {
    guard isThere else { return false }
    reading.time = MonotonicTime(nanoseconds: frame.value(time) ?? 0)
    reading.sequence = frame.value(count) ?? 0
    reading.fault = DeviceFault(rawValue: frame.value(fault) ?? 0) ?? .none
    reading.isPresent = frame.value(present) ?? false
    return true
  }
}
