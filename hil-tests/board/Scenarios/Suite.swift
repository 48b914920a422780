/// All scenarios, in order.
enum Suite {
  static var all: [Scenario] {
    DeviceScenarios.all + LineScenarios.all + ProbeScenarios.all + FlightScenarios.all + GuardScenarios.all
      + FaultScenarios.all + BalancerScenarios.all + StartScenarios.all + DiskScenarios.all
      + PilotScenarios.all + LoopBackScenarios.all
  }

  /// Runs those whose name contains `word` and prints a line for each and the sum. Returns whether all passed.
  static func run(_ places: Bench.Places, only word: String) -> Bool {
    var (passed, failed) = (0, 0)
    for scenario in all where word.isEmpty || scenario.name.contains(word) {
      do throws(HILError) {
        try scenario.run(try Bench(places, scenario.vehicle, title: scenario.title))
        passed += 1
        Console.print("pass  \(scenario.name)")
      } catch {
        failed += 1
        Console.print("FAIL  \(scenario.name)\n      \(error)")
      }
    }
    Console.print("\(passed) passed, \(failed) failed")
    return failed == 0 && passed > 0
  }
}
