import HardwareInterfaces
import Signals

/// Where a tick's input lies in the frame of a vehicle's program.
struct TickInputs: BitwiseCopyable, Sendable {
  private let number: SignalIndex<UInt64>?
  private let time, elapsed: SignalIndex<Int64>?
  private let missed: SignalIndex<UInt32>?
  private let inertial, pressure, magnetic, range: InlineArray<3, DevicePlaces>
  private let power, leftEncoder, rightEncoder: DevicePlaces
  private let leftMagnet, rightMagnet: SignalIndex<UInt8>?
  private let roll, pitch, yawRate, altitude, speed: SignalIndex<Float>?
  private let arm, killSwitch, flown: SignalIndex<Bool>?
  private let fault: SignalIndex<UInt8>?

  init(_ table: SignalTable) {
    func instances(_ name: String, _ sample: SampleSignals) -> InlineArray<3, DevicePlaces> {
      // Without a voter the device has the name itself.
      [
        DevicePlaces(table["\(name)_0.time"] == nil ? name : "\(name)_0", sample, table),
        DevicePlaces("\(name)_1", sample, table), DevicePlaces("\(name)_2", sample, table),
      ]
    }
    (number, missed) = (table.index(of: "tick.number"), table.index(of: "tick.missed"))
    (time, elapsed) = (table.index(of: "tick.time"), table.index(of: "tick.elapsed"))
    (inertial, pressure) = (instances("imu", .inertial), instances("barometer", .pressure))
    (magnetic, range) = (instances("magnetometer", .magnetic), instances("range", .range))
    power = DevicePlaces("power", .power, table)
    leftEncoder = DevicePlaces("left_encoder", .angle, table)
    rightEncoder = DevicePlaces("right_encoder", .angle, table)
    leftMagnet = table.index(of: "left_encoder.magnet")
    rightMagnet = table.index(of: "right_encoder.magnet")
    (roll, pitch) = (table.index(of: "setpoint.roll"), table.index(of: "setpoint.pitch"))
    (yawRate, altitude) = (table.index(of: "setpoint.yaw_rate"), table.index(of: "setpoint.altitude"))
    (speed, arm) = (table.index(of: "setpoint.speed"), table.index(of: "setpoint.arm"))
    (killSwitch, flown) = (table.index(of: "lines.kill_switch"), table.index(of: "recording.flown"))
    fault = table.index(of: "actuators.fault")
  }

  /// Puts a tick's input into the frame.
  func put(_ input: TickInput, othersFly: Bool, _ frame: Frame) {
    frame.put(input.tick, number)
    frame.put(input.time.nanoseconds, time)
    frame.put(input.elapsed, elapsed)
    frame.put(input.missed, missed)
    put(input.inertial, inertial[0], frame)
    put(input.pressure, pressure[0], frame)
    put(input.magnetic, magnetic[0], frame)
    put(input.range, range[0], frame)
    for spare in 0..<2 where inertial[spare + 1].isThere {
      put(input.spares.inertial[spare], inertial[spare + 1], frame)
    }
    for spare in 0..<2 where pressure[spare + 1].isThere {
      put(input.spares.pressure[spare], pressure[spare + 1], frame)
    }
    for spare in 0..<2 where magnetic[spare + 1].isThere {
      put(input.spares.magnetic[spare], magnetic[spare + 1], frame)
    }
    for spare in 0..<2 where range[spare + 1].isThere {
      put(input.spares.range[spare], range[spare + 1], frame)
    }
    if power.put(input.power, frame) {
      frame.put(input.power.sample.voltage, power.channels[0])
      frame.put(input.power.sample.current, power.channels[1])
    }
    if leftEncoder.put(input.leftEncoder, frame) {
      frame.put(input.leftEncoder.sample.angle, leftEncoder.channels[0])
      frame.put(input.leftEncoder.sample.magnet.rawValue, leftMagnet)
    }
    if rightEncoder.put(input.rightEncoder, frame) {
      frame.put(input.rightEncoder.sample.angle, rightEncoder.channels[0])
      frame.put(input.rightEncoder.sample.magnet.rawValue, rightMagnet)
    }
    put(input.setpoint, frame)
    frame.put(input.killSwitch, killSwitch)
    frame.put(input.actuatorFault.rawValue, fault)
    frame.put(othersFly, flown)
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

  private func take(_ reading: inout Reading<InertialSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    func channel(_ place: Int) -> Float { places.channel(place, frame) }
    reading.sample = InertialSample(
      acceleration: (channel(0), channel(1), channel(2)), rate: (channel(3), channel(4), channel(5)),
      temperature: frame.value(places.other) ?? 0)
  }

  private func take(_ reading: inout Reading<PressureSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = PressureSample(
      pressure: places.channel(0, frame), temperature: frame.value(places.other) ?? 0)
  }

  private func take(_ reading: inout Reading<MagneticSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = MagneticSample(
      field: (places.channel(0, frame), places.channel(1, frame), places.channel(2, frame)))
  }

  private func take(_ reading: inout Reading<RangeSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.take(&reading, frame) else { return }
    reading.sample = RangeSample(
      distance: places.channel(0, frame), isValid: frame.value(places.seen) ?? false)
  }

  private func take(
    _ reading: inout Reading<AngleSample>, _ places: DevicePlaces, _ magnet: SignalIndex<UInt8>?,
    _ frame: Frame
  ) {
    guard places.take(&reading, frame) else { return }
    reading.sample = AngleSample(
      angle: places.channel(0, frame), magnet: MagnetState(rawValue: frame.value(magnet) ?? 0) ?? .good)
  }

  private func put(_ setpoint: Setpoint, _ frame: Frame) {
    frame.put(setpoint.roll, roll)
    frame.put(setpoint.pitch, pitch)
    frame.put(setpoint.yawRate, yawRate)
    frame.put(setpoint.altitude, altitude)
    frame.put(setpoint.speed, speed)
    frame.put(setpoint.arm, arm)
  }

  private func put(_ reading: Reading<InertialSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.put(reading, frame) else { return }
    let sample = reading.sample
    frame.put(sample.accelerationX, places.channels[0])
    frame.put(sample.accelerationY, places.channels[1])
    frame.put(sample.accelerationZ, places.channels[2])
    frame.put(sample.rateX, places.channels[3])
    frame.put(sample.rateY, places.channels[4])
    frame.put(sample.rateZ, places.channels[5])
    frame.put(sample.temperature, places.other)
  }

  private func put(_ reading: Reading<PressureSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.put(reading, frame) else { return }
    frame.put(reading.sample.pressure, places.channels[0])
    frame.put(reading.sample.temperature, places.other)
  }

  private func put(_ reading: Reading<MagneticSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.put(reading, frame) else { return }
    frame.put(reading.sample.fieldX, places.channels[0])
    frame.put(reading.sample.fieldY, places.channels[1])
    frame.put(reading.sample.fieldZ, places.channels[2])
  }

  private func put(_ reading: Reading<RangeSample>, _ places: DevicePlaces, _ frame: Frame) {
    guard places.put(reading, frame) else { return }
    frame.put(reading.sample.distance, places.channels[0])
    frame.put(reading.sample.isValid, places.seen)
  }
}

/// Where a device's signals lie.
private struct DevicePlaces: BitwiseCopyable, Sendable {
  let isThere: Bool
  private let time: SignalIndex<Int64>?
  private let count: SignalIndex<UInt32>?
  private let fault: SignalIndex<UInt8>?
  private let present: SignalIndex<Bool>?
  let channels: InlineArray<6, SignalIndex<Float>?>
  let other: SignalIndex<Float>?
  let seen: SignalIndex<Bool>?

  init(_ name: String, _ sample: SampleSignals, _ table: SignalTable) {
    time = table.index(of: "\(name).time")
    count = table.index(of: "\(name).count")
    fault = table.index(of: "\(name).fault")
    present = table.index(of: "\(name).present")
    isThere = time != nil
    var channels = InlineArray<6, SignalIndex<Float>?>(repeating: nil)
    for (index, channel) in sample.channels.prefix(6).enumerated() {
      channels[index] = table.index(of: "\(name).\(channel.name)")
    }
    self.channels = channels
    other = sample.other.flatMap { table.index(of: "\(name).\($0.name)") }
    seen = sample.seen.flatMap { table.index(of: "\(name).\($0)") }
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

  /// Puts what every reading has; says `false` when the vehicle has no such device.
  func put<Sample>(_ reading: Reading<Sample>, _ frame: Frame) -> Bool {
    guard isThere else { return false }
    frame.put(reading.time.nanoseconds, time)
    frame.put(reading.sequence, count)
    frame.put(reading.fault.rawValue, fault)
    frame.put(reading.isPresent, present)
    return true
  }
}

extension Frame {
  /// The value where the vehicle has a signal for it.
  func value<Value: SignalValue>(_ place: SignalIndex<Value>?) -> Value? {
    place.map { self[$0] }
  }

  /// Puts a value where the vehicle has a signal for it.
  func put<Value: SignalValue>(_ value: Value, _ place: SignalIndex<Value>?) {
    if let place { self[place] = value }
  }
}
