import HardwareInterfaces
import Testing

@testable import Devices

@Suite struct SampleScheduleTests {
  @Test func `keeps its phase when late, and skips whole periods`() {
    var schedule = SampleSchedule(rate: 100)
    schedule.start(at: MonotonicTime(nanoseconds: 3_000_000))
    schedule.advance(past: MonotonicTime(nanoseconds: 3_000_000))
    #expect(schedule.next.nanoseconds == 13_000_000)
    schedule.advance(past: MonotonicTime(nanoseconds: 13_900_000))
    #expect(schedule.next.nanoseconds == 23_000_000)
    schedule.advance(past: MonotonicTime(nanoseconds: 47_000_000))
    #expect(schedule.next.nanoseconds == 53_000_000)
  }

  @Test(arguments: [0, -3, Double.nan, -.infinity, .infinity, 1e300])
  func `bears any rate`(_ rate: Double) {
    let period = SampleSchedule(rate: rate).period
    #expect(period >= 100_000 && period <= 100_000_000_000)
  }
}

@Suite struct FrameRepetitionTests {
  private let a = FrameDigest(high: 1, low: 2)
  private let b = FrameDigest(high: 1, low: 3)

  @Test func `different frames are fresh`() {
    var repetition = FrameRepetition()
    for frame in [a, b, a, b] {
      #expect(repetition.judge(frame, isNew: false, limit: 3) == .fresh)
    }
  }

  @Test func `an equal frame that the chip calls new is fresh until the limit`() {
    var repetition = FrameRepetition()
    let verdicts = (0..<4).map { _ in repetition.judge(a, isNew: true, limit: 3) }
    #expect(verdicts == [.fresh, .fresh, .fresh, .frozen])
  }

  @Test func `an equal frame that the chip does not call new is old, then frozen`() {
    var repetition = FrameRepetition()
    let verdicts = (0..<7).map { _ in repetition.judge(a, isNew: false, limit: nil) }
    #expect(verdicts == [.fresh, .old, .old, .old, .old, .old, .frozen])
  }
}
