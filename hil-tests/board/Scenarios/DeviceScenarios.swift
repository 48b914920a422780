import Devices
import HardwareInterfaces
import LinuxHardware
import SimulatedHardware

/// The chips through libi2c, with the drivers that fly, and what the kernel makes of each fault of the bus.
enum DeviceScenarios {
  static var all: [Scenario] {
    [
      Scenario("each chip answers with its identity, and an empty address is no device", identities),
      Scenario("each driver configures its chip and reads what the plant says", data),
      Scenario(
        "a VL53L0X measures, and in the place of a VL53L1X it is told from it", .balancer, rangeFinders),
      Scenario("the motor driver's pulses arrive", pulses),
      Scenario("each fault of the bus comes out as its own error", faults),
      Scenario("a bus that has gone is reported, and is there again after it came back", gone),
    ]
  }

  private static func identities(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    for (name, address, register, wanted) in [
      ("MPU-6050", EmulatedBoard.Address.imu, 0x75, 0x68),
      ("BMP280", EmulatedBoard.Address.barometer, 0xD0, 0x58),
      ("INA219", EmulatedBoard.Address.power, 0x00, 0x39),
      ("PCA9685", EmulatedBoard.Address.motors, 0x02, 0xE2),
    ] as [(String, UInt8, UInt8, UInt8)] {
      let found = devices.read(register, of: address)
      try Bench.expect(found == .success(wanted), "\(name): \(found)")
    }
    let nothing = devices.read(0, of: 0x50)
    try Bench.expect(nothing == .failure(.noDevice(address: 0x50)), "an empty address: \(nothing)")
    try Bench.expect(
      try bench.server.withBridge { $0.malformedReports } == 0, "the kernel's driver sent a malformed report")
  }

  private static func data(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    var imu = MPU6050(options: MPU6050.Options())
    let inertial = try sample(&imu, &devices)
    try expect(inertial.accelerationZ, -9.80665, within: 1, "acceleration along z in m/s2")
    try expect(inertial.rateX, 0, within: 0.2, "rate about x in rad/s")
    var barometer = BMP280(options: BMP280.Options())
    let truth = try bench.board { board throws(HILError) in try board.expectQuadrotor() }
    let pressure = Float(truth.pressure)
    try expect(try sample(&barometer, &devices).pressure, pressure, within: 200, "pressure in Pa")
    var range = VL53L1X(options: VL53L1X.Options())
    let distance = Float(truth.range ?? 0)
    try expect(try sample(&range, &devices).distance, distance, within: 0.06, "distance in m")
    var options = INA219.Options()
    (options.address, options.shuntResistance) = (EmulatedBoard.Address.power, 0.002)
    var power = INA219(options: options)
    let voltage = Float(truth.voltage)
    try expect(try sample(&power, &devices).voltage, voltage, within: 0.1, "voltage in V")
  }

  private static func rangeFinders(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    var other = VL53L1X()
    var next = MonotonicTime.zero
    try Bench.wait(for: "the VL53L1X's driver to refuse a VL53L0X") {
      guard Guest.time >= next else { return false }
      let poll = other.poll(&devices.bus, now: Guest.time)
      next = poll.next
      return poll.fault == .wrongIdentity
    }
    try Bench.expect(
      other.identity == 0xEE, "it was taken for \(other.identity.map(hexadecimal) ?? "nothing")")
    var range = VL53L0X()
    let distance = try bench.board { Float($0.board.physics.rangeToGround ?? 0) }
    try expect(try sample(&range, &devices).distance, distance, within: 0.05, "distance in m")
  }

  private static func pulses(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    var motors = PCA9685()
    try Bench.wait(for: "the motor driver to run") {
      let now = Guest.time
      if now >= motors.nextPoll { _ = motors.poll(&devices.bus, now: now) }
      return motors.isReady
    }
    let widths: InlineArray<4, Float> = [1100, 1200, 1300, 1400]
    do throws(BusError) {
      try motors.write(microseconds: widths.span, to: &devices.bus, now: Guest.time)
    } catch {
      throw HILError("pulses: \(error)")
    }
    try Bench.wait(for: "the pulses at the motors") { () throws(HILError) in
      try bench.board { board in
        zip(board.pulses, [1100, 1200, 1300, 1400]).allSatisfy { abs(($0 ?? 0) - $1) < 3 }
      }
    }
  }

  private static func faults(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    let address = EmulatedBoard.Address.imu
    for (fault, wanted) in [
      (.failure(.addressNotAcknowledged), .noDevice(address: address)),
      (.mute, .timeout(address: address)),
      (.failure(.arbitrationLost), .arbitrationLost(address: address)),
    ] as [(BridgeFault, BusError)] {
      try bench.fail(fault, address)
      let found = devices.read(0x75, of: address)
      try Bench.expect(found == .failure(wanted), "\(fault): \(found)")
      try bench.server.withBridge { $0.faults.clear() }
      let after = devices.read(0x75, of: address)
      try Bench.expect(after == .success(0x68), "after \(fault): \(after)")
    }
    // A device that stops in the middle of a read still answers to its address. The bus repeats twice, then asks.
    try bench.fail(.shortRead, address, count: 3)
    let short = devices.read(0x75, of: address)
    try Bench.expect(
      short == .failure(.shortRead(address: address, expected: 1, received: 0)), "short read: \(short)")
    // Faults that last no longer than the repetitions are not seen.
    try bench.fail(.failure(.arbitrationLost), address, count: 2)
    let repeated = devices.read(0x75, of: address)
    try Bench.expect(repeated == .success(0x68), "two lost arbitrations: \(repeated)")
  }

  private static func gone(_ bench: Bench) throws(HILError) {
    var devices = try KernelDevices()
    bench.server.unplug()
    try Bench.wait(for: "the bus to be reported gone") {
      devices.read(0x75, of: EmulatedBoard.Address.imu) == .failure(.busGone)
    }
    try bench.server.plugIn()
    try Bench.wait(for: "the bus to be there again") {
      devices.read(0x75, of: EmulatedBoard.Address.imu) == .success(0x68)
    }
  }

  /// Polls a driver until it has a sample.
  private static func sample<Driver: SensorDriver>(
    _ driver: inout Driver, _ devices: inout KernelDevices
  ) throws(HILError) -> Driver.Sample {
    var found: Driver.Sample?
    var next = MonotonicTime.zero
    try Bench.wait(for: "a sample of \(Driver.self)") {
      guard Guest.time >= next else { return false }
      let poll = driver.poll(&devices.bus, now: Guest.time)
      (found, next) = (poll.sample ?? found, poll.next)
      return found != nil && poll.fault == .none
    }
    guard let found else { throw HILError("no sample of \(Driver.self)") }
    return found
  }

  private static func expect(_ found: Float, _ wanted: Float, within: Float, _ what: String) throws(HILError)
  {
    try Bench.expect(abs(found - wanted) <= within, "\(what): \(found), expected \(wanted)")
  }
}
