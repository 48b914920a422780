import Glibc

/// A pilot commands the unmodified program, through devices of the kernel.
enum PilotScenarios {
  static var all: [Scenario] {
    [
      Scenario("a radio at a serial port arms, flies, and lands the vehicle by falling silent", radio),
      Scenario("a gamepad arms and flies, and unplugged it lands the vehicle", gamepad),
    ]
  }

  private static func radio(_ bench: Bench) throws(HILError) {
    let radio = try Radio()
    defer { radio.end() }
    try Guest.link("/dev/radio", to: radio.path)
    let flight = try Flight(bench, "quadrotor-piloted", flysProfile: false)
    // A switch that is on from the start arms nobody.
    radio.set(5, 2012)
    Guest.sleep(milliseconds: 3_000)
    try Bench.expect(try bench.board { !$0.isEnabled }, "a switch that was on armed the vehicle")
    radio.set(5, 988)
    Guest.sleep(milliseconds: 500)
    radio.set(5, 2012)
    try flight.arm()
    radio.set(3, 1500)
    try flight.getUnderWay()
    radio.isSilent = true
    try Bench.wait(for: "the vehicle to land and disarm") { () throws(HILError) in
      try bench.board { !$0.isEnabled && !$0.vehicle.isUnderWay }
    }
    try flight.stop()
    try bench.expectSafe()
  }

  private static func gamepad(_ bench: Bench) throws(HILError) {
    let pad = try Gamepad()
    try Guest.link("/dev/pad", to: try pad.path())
    let flight = try Flight(bench, "quadrotor-piloted", flysProfile: false)
    // Nothing arms while more than the ground is asked for.
    Guest.sleep(milliseconds: 2_000)
    pad.press(Gamepad.start)
    Guest.sleep(milliseconds: 1_000)
    try Bench.expect(try bench.board { !$0.isEnabled }, "it armed with the stick in the middle")
    pad.press(Gamepad.start)
    pad.move(1, to: 32_767)
    Guest.sleep(milliseconds: 4_000)
    pad.press(Gamepad.start)
    try flight.arm()
    // The stick springs back to the middle: 1.5 m.
    pad.move(1, to: 0)
    try flight.getUnderWay()
    pad.unplug()
    try Bench.wait(for: "the vehicle to land and disarm") { () throws(HILError) in
      try bench.board { !$0.isEnabled && !$0.vehicle.isUnderWay }
    }
    try flight.stop()
    try bench.expectSafe()
  }
}
