/// What the program under test says of the machine.
enum ProbeScenarios {
  static var all: [Scenario] {
    [Scenario("ganglion probe names the bridge, its lines and every chip that it can know", probe)]
  }

  private static func probe(_ bench: Bench) throws(HILError) {
    let child = try Child(
      [bench.places.ganglion, "probe", "--json"], output: "\(bench.places.results)/\(bench.title).txt")
    try Bench.wait(for: "the end of ganglion probe", seconds: 60) { child.poll() != nil }
    let text = child.text
    try Bench.expect(child.poll() == .exit(0), "ganglion probe: \(text)")
    for word in ["CP2112 SMBus Bridge", "cp2112_gpio", "mpu6050", "bmp280", "vl53l1x", "pca9685"] {
      try Bench.expect(text.contains(word), "it does not name \(word): \(text)")
    }
  }
}
