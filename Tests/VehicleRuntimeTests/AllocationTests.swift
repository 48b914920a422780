import CAllocationCounter
import Testing

@testable import VehicleRuntime

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
  func smallParts() throws {
    var safety = try SafetyBench()
    var schedule = LoopSchedule(period: 4_000_000, start: .zero)
    var histogram = LatencyHistogram()
    func tick(_ number: Int, _ safety: inout SafetyBench) {
      let start = schedule.begin(now: schedule.due)
      safety.armRequested = number > 10
      safety.set(.rangeStale, number % 300 > 250)
      safety.run()
      histogram.record(start.elapsed)
    }
    // The first calls make the runtime set up its type metadata, once for the process.
    for number in 0..<400 { tick(number, &safety) }
    let before = allocation_count()
    for number in 400..<2000 { tick(number, &safety) }
    #expect(allocation_count() == before)
    #expect(safety.mode == .active)
  }
}
