import HardwareInterfaces
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A machine that grants or refuses everything.
private struct FakeRealTime: RealTimeSystem {
  var result: Int32
  func lockMemory() -> Int32 { result }
  func setFIFO(priority: Int32) -> Int32 { result }
  func setProcessor(_ processor: Int32) -> Int32 { result }
  func holdLatency(_ path: String, microseconds: Int32) -> Int32 {
    result < 0 ? result : KernelI2C().open("/dev/null")
  }
}

@Suite("Real time: asked for, and obtained or not")
struct RealTimeTests {
  @Test("What is obtained is said in a word")
  func obtained() {
    let process = ProcessRealTime(locksMemory: true, latency: 0, system: FakeRealTime(result: 0))
    #expect(process.grants.map(\.isObtained) == [true, true])
    let thread = ThreadScheduling(priority: 60, processor: 1).apply(
      to: "the loop thread", FakeRealTime(result: 0))
    #expect(
      thread.map(\.text) == [
        "SCHED_FIFO 60 for the loop thread: yes", "processor 1 for the loop thread: yes",
      ])
  }

  @Test("What is not obtained is said with the reason and the command that grants it")
  func refused() {
    let refusing = FakeRealTime(result: -EPERM)
    let process = ProcessRealTime(locksMemory: true, latency: 0, system: refusing)
    let thread = ThreadScheduling(priority: 60, processor: 1).apply(to: "the loop thread", refusing)
    let grants = process.grants + thread
    #expect(grants.count == 4)
    for (grant, word) in zip(grants, ["LimitMEMLOCK", "udev", "LimitRTPRIO=60", "nproc"]) {
      #expect(!grant.isObtained)
      #expect(grant.reason == "Operation not permitted")
      #expect(grant.remedy.contains(word), "\(grant)")
      #expect(grant.text.contains(": no ("))
    }
  }

  @Test("What is not asked for is not reported")
  func notAsked() {
    #expect(
      ProcessRealTime(locksMemory: false, latency: nil, system: FakeRealTime(result: -1)).grants.isEmpty)
    #expect(ThreadScheduling().apply(to: "x", FakeRealTime(result: -1)).isEmpty)
  }

  @Test("A thread runs its body with the grants it got, blocks signals, and is joined")
  func thread() throws {
    let (ran, blocked) = (Tally(), Tally())
    let thread = try RealTimeThread(
      "test", scheduling: ThreadScheduling(priority: 5), system: FakeRealTime(result: -EPERM)
    ) {
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      if sigismember(&mask, SIGTERM) == 1 { blocked.add() }
      ran.add()
    }
    thread.join()
    #expect(ran.value == 1)
    #expect(blocked.value == 1)
    #expect(thread.grants.map(\.isObtained) == [false])
  }

  @Test("A thread that hangs is not waited for for ever, and is left behind")
  func hangingThread() throws {
    let bell = try #require(Bell())
    let ended = Tally()
    let thread = try RealTimeThread("hangs") {
      bell.wait(after: 0, until: .distantFuture)
      ended.add()
    }
    #expect(thread.join(within: 5_000_000) == false)
    bell.ring()
    #expect(comes { ended.value == 1 && thread.join(within: 0) })
    let quick = try RealTimeThread("ends") {}
    #expect(quick.join(within: 20_000_000_000))
    #expect(quick.join(within: 0), "again it is as it was")
  }

  @Test("The clock sleeps until a time and never less")
  func clock() {
    let clock = SystemClock()
    let until = clock.now().advanced(milliseconds: 3)
    clock.sleep(until: until)
    #expect(clock.now() >= until)
    // A time that has passed returns at once; so does one before the clock's start.
    clock.sleep(until: .zero)
    clock.sleep(until: MonotonicTime(nanoseconds: -5))
  }

  @Test("A ring that came before the wait is not lost, and a wait without one ends at its time")
  func bell() throws {
    let bell = try #require(Bell())
    let clock = SystemClock()
    let seen = bell.count
    bell.ring()
    bell.wait(after: seen, until: clock.now().advanced(milliseconds: 60_000))
    #expect(bell.count == seen &+ 1)
    let until = clock.now().advanced(milliseconds: 2)
    while clock.now() < until { bell.wait(after: bell.count, until: until) }
    let thread = try RealTimeThread("ringer") { bell.ring() }
    bell.wait(after: seen &+ 1, until: clock.now().advanced(milliseconds: 60_000))
    #expect(bell.count == seen &+ 2)
    thread.join()
  }

  @Test("The newest value is whole, and never older than one seen before")
  func latestValue() throws {
    struct Pair: BitwiseCopyable, Sendable {
      var numbers = InlineArray<32, UInt64>(repeating: 0)
    }
    let slot = LatestValue(Pair())
    let last: UInt64 = 20_000
    let writer = try RealTimeThread("writer") {
      for number in 1...last { slot.publish(Pair(numbers: InlineArray(repeating: number))) }
    }
    var seen: UInt64 = 0
    while seen < last {
      let pair = slot.latest
      let first = pair.numbers[0]
      #expect(first >= seen)
      for index in 1..<32 where pair.numbers[index] != first {
        Issue.record("half of \(first) and half of \(pair.numbers[index])")
        return
      }
      seen = first
    }
    writer.join()
    #expect(!slot.isNew)
    #expect(slot.latest.numbers[5] == last)
  }
}
