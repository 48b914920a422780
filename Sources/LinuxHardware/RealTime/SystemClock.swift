import CLinuxHardware
import HardwareInterfaces

/// The clock that a loop runs by.
public protocol LoopClock: Sendable {
  /// The time now.
  func now() -> MonotonicTime
  /// Waits until `time`; returns at once when it has passed.
  func sleep(until time: MonotonicTime)
}

/// CLOCK_MONOTONIC, slept on at absolute times.
public struct SystemClock: LoopClock {
  /// The clock of this machine.
  public init() {}

  /// See `LoopClock`.
  public func now() -> MonotonicTime { MonotonicTime(nanoseconds: ganglion_now()) }

  /// See `LoopClock`.
  public func sleep(until time: MonotonicTime) { ganglion_sleep_until(time.nanoseconds) }
}

/// What one thread waits on and others ring. Ringing never blocks; a ring that nobody waits for is not lost.
public final class Bell: @unchecked Sendable {
  // Sendable: all access to the word is atomic.
  private let word: OpaquePointer
  private let clock = SystemClock()

  /// A bell; `nil` without memory.
  public init?() {
    guard let word = ganglion_word_create() else { return nil }
    self.word = word
  }

  deinit { ganglion_word_destroy(word) }

  /// How often it was rung, modulo 2³².
  public var count: UInt32 { ganglion_word_read(word) }

  /// Rings.
  public func ring() { ganglion_word_post(word) }

  /// Waits until it was rung more often than `seen`, or until `time`.
  public func wait(after seen: UInt32, until time: MonotonicTime) {
    ganglion_word_wait(word, seen, time.nanoseconds)
  }
}

/// Page faults of the calling thread: those that waited for a disk, and the others.
public func pageFaults() -> (major: Int64, minor: Int64) {
  var (major, minor): (Int64, Int64) = (0, 0)
  ganglion_page_faults(&major, &minor)
  return (major, minor)
}
