import Glibc
import LinuxHardware
import SimulatedHardware

/// What is wrong before the vehicle has armed.
enum StartScenarios {
  static var all: [Scenario] {
    [
      Scenario("a sensor that is missing at the start is named, and keeps the vehicle disarmed", missing),
      Scenario("a sensor that appears later lets the vehicle arm", late),
      Scenario("a sensor of another identity is named, and keeps the vehicle disarmed", clone),
      Scenario("without the bridge the start is refused, with what is missing", noBridge),
      Scenario("without permission the start is refused, with what grants it", noPermission),
      Scenario("a line that another program holds is refused, with its name", busyLine),
      Scenario("a clock of day that jumps changes nothing", clockJump),
    ]
  }

  /// Lets some seconds pass, in which the vehicle would have armed.
  private static func expectDisarmed(_ bench: Bench) throws(HILError) {
    for _ in 0..<30 {
      Guest.sleep(milliseconds: 100)
      try Bench.expect(try bench.board { $0.enables } == 0, "the vehicle armed")
    }
  }

  private static func missing(_ bench: Bench) throws(HILError) {
    try bench.board { board throws(HILError) in try board.inject(.off, "imu") }
    let flight = try Flight(bench)
    try expectDisarmed(bench)
    let text = try flight.stop()
    try Bench.expect(
      text.contains("sensors.imu") || text.contains("mpu6050"), "the sensor is not named: \(text)")
  }

  private static func late(_ bench: Bench) throws(HILError) {
    try bench.board { board throws(HILError) in try board.inject(.off, "imu", seconds: 4) }
    // Its profile asks for no altitude: a vehicle that was asked to climb before it could arm does not arm.
    let flight = try Flight(bench, "quadrotor-standing")
    try flight.arm()
    let text = try flight.stop()
    try bench.expectSafe()
    for word in ["nothing answers at 0x68", "no longer: sensors.imu"] {
      try Bench.expect(text.contains(word), "'\(word)' is not said: \(text)")
    }
  }

  private static func clone(_ bench: Bench) throws(HILError) {
    try bench.board { board throws(HILError) in try board.inject(.wrongIdentity, "imu") }
    let flight = try Flight(bench)
    try expectDisarmed(bench)
    let text = try flight.stop()
    try Bench.expect(text.contains("accept_identities"), "the way to accept it is not named: \(text)")
  }

  private static func noBridge(_ bench: Bench) throws(HILError) {
    bench.server.unplug()
    try Bench.wait(for: "the devices to go") { KernelDevices.isGone }
    let flight = try Flight(bench)
    let text = try flight.end(.exit(2))
    for word in ["there is no I2C adapter", "there is no GPIO chip"] {
      try Bench.expect(text.contains(word), "the refusal does not say '\(word)': \(text)")
    }
  }

  private static func noPermission(_ bench: Bench) throws(HILError) {
    let flight = try Flight(
      bench,
      startedBy: ["/bin/start-stop-daemon", "-S", "-c", "nobody:nogroup", "-x", bench.places.ganglion, "--"])
    let text = try flight.end(.exit(2))
    for word in ["no permission to use /dev/i2c-", "usermod -aG i2c", "usermod -aG gpio"] {
      try Bench.expect(text.contains(word), "the refusal does not say '\(word)': \(text)")
    }
    try Bench.expect(try bench.board { $0.enables } == 0, "the enable line was touched")
  }

  private static func busyLine(_ bench: Bench) throws(HILError) {
    let devices = try KernelDevices()
    let line = try OutputLine(devices.place(EmulatedBoard.Pin.enable), chips: devices.chips)
    let flight = try Flight(bench)
    let text = try flight.end(.exit(2))
    let refusal = "\(line.place.text) is in use by '\(KernelGPIO.consumer)'"
    try Bench.expect(text.contains(refusal), "the refusal does not say \"\(refusal)\": \(text)")
  }

  private static func clockJump(_ bench: Bench) throws(HILError) {
    let flight = try Flight(bench)
    try flight.getUnderWay()
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    for seconds in [3600, -86400] {
      time.tv_sec += seconds
      guard clock_settime(CLOCK_REALTIME, &time) == 0 else { throw HILError("cannot set the clock", errno) }
      for _ in 0..<20 {
        Guest.sleep(milliseconds: 25)
        try flight.expectFlying()
      }
    }
    let text = try flight.stop()
    try bench.expectSafe()
    try Bench.expect(
      text.contains("\"longest_gap_ticks\":0"),
      "ticks were missed: \(text)")
  }
}
