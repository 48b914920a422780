import Glibc

do {
  let server = try BoardServer(seed: 1)
  let bench = Bench(server: server, ganglion: "/bin/ganglion", configurations: "/host", results: "/tmp")
  try bench.wait(for: "devices") { access("/dev/i2c-0", F_OK) == 0 && access("/dev/gpiochip0", F_OK) == 0 }
  for scenario in DeviceScenarios.all {
    do throws(HILError) {
      try scenario.run(bench)
      Console.print("pass  \(scenario.name)")
    } catch {
      Console.print("FAIL  \(scenario.name): \(error)")
    }
  }
} catch {
  Console.print("error: \(error)")
}
