import CAllocationCounter
import HardwareInterfaces
import Testing

@testable import ControlLoop

@Suite("No heap in the tick")
struct AllocationTests {
  @Test("The counter sees an array's block, so a count of zero means something")
  func counterCounts() {
    let before = allocation_count()
    let array = [Int](repeating: 1, count: Int(before % 7) + 100)
    #expect(allocation_count() > before)
    #expect(array.count >= 100)
  }

  @Test("The safety logic, the schedule and the histogram take no heap block")
  func smallParts() {
    var monitor = SafetyMonitor { $0.standardRule }
    var schedule = LoopSchedule(period: 4_000_000, start: .zero)
    var histogram = LatencyHistogram()
    func tick(_ number: Int) {
      let start = schedule.begin(now: schedule.due)
      var facts = SafetyFacts()
      facts.time = start.time
      facts.armRequested = number > 10
      facts.conditions = number % 300 > 250 ? FailsafeCondition.rangeStale.bit : 0
      _ = monitor.step(facts)
      histogram.record(start.elapsed)
    }
    // The first calls make the runtime set up its type metadata, once for the process.
    for number in 0..<400 { tick(number) }
    let before = allocation_count()
    for number in 400..<2000 { tick(number) }
    #expect(allocation_count() == before)
  }
}
