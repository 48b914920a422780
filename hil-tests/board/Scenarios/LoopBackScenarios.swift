/// The scenarios of a real board, run on the bridge with the same wires: so the suite itself is tested.
enum LoopBackScenarios {
  static var all: [Scenario] {
    [Scenario("the suite of a real board passes on the bridge, with its loop-back wires", suite)]
  }

  private static func suite(_ bench: Bench) throws(HILError) {
    let places = bench.places
    let suite = LoopBackSuite(
      places: LoopBackSuite.Places(
        ganglion: places.ganglion, configuration: "\(places.configurations)/quadrotor-standing.json5",
        results: "/tmp"),
      wires: try LoopBack(
        enableSense: "\(KernelDevices.chipLabel):\(EmulatedBoard.Pin.enableSense)",
        killDrive: "\(KernelDevices.chipLabel):\(EmulatedBoard.Pin.killDrive)"))
    try Bench.expect(suite.run(), "see above")
  }
}
