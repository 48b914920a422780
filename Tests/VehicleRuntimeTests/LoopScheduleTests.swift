import HardwareInterfaces
import Testing

@testable import VehicleRuntime

@Suite("Loop schedule")
struct LoopScheduleTests {
  private let period: Int64 = 4_000_000

  private func time(_ microseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: microseconds * 1000)
  }

  @Test("Punctual ticks are numbered in order and one period apart")
  func punctual() {
    var schedule = LoopSchedule(period: period, start: .zero)
    for number in 0..<1000 {
      let start = schedule.begin(now: schedule.due)
      #expect(start.tick == UInt64(number))
      #expect(start.elapsed == period)
      #expect(start.missed == 0)
    }
    #expect(schedule.due.nanoseconds == 1000 * period)
  }

  @Test("A late tick keeps the phase of those after it")
  func keepsPhase() {
    var schedule = LoopSchedule(period: period, start: .zero)
    _ = schedule.begin(now: time(0))
    let late = schedule.begin(now: time(4000 + 1500))
    #expect(late.elapsed == 5_500_000)
    #expect(late.missed == 0)
    #expect(schedule.due == time(8000))
    #expect(schedule.begin(now: time(8000)).elapsed == 2_500_000)
  }

  @Test("Lateness of whole periods skips and counts them")
  func skips() {
    var schedule = LoopSchedule(period: period, start: .zero)
    _ = schedule.begin(now: time(0))
    let late = schedule.begin(now: time(4000 * 4 + 100))
    #expect(late.missed == 3)
    #expect(late.tick == 4)
    #expect(schedule.due == time(4000 * 5))
    #expect(schedule.begin(now: time(4000 * 5)).tick == 5)
  }

  @Test("A clock that jumps back gives no negative elapsed time")
  func clockJumpsBack() {
    var schedule = LoopSchedule(period: period, start: time(100_000))
    _ = schedule.begin(now: time(100_000))
    let start = schedule.begin(now: time(50_000))
    #expect(start.elapsed == 0)
    #expect(start.missed == 0)
  }
}
