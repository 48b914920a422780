import LinuxHardware
import Signals
import Synchronization

/// Where a thread that reads something and the loop meet: each writes what the other reads, and neither waits.
final class ReadingSlots: Sendable {
  /// What was read: the bytes of a patch of the loop's frames. Written by the thread, read by the loop.
  let readings: LatestBytes
  private let isEnding = Atomic<Bool>(false)

  /// Slots for a patch, which begin with what a frame of the thread's holds.
  init(_ patch: FramePatch, _ frame: Frame) {
    readings = LatestBytes(count: patch.size) { patch.read(frame, into: $0) }
  }

  /// Whether the thread is to end.
  var isStopping: Bool { isEnding.load(ordering: .acquiring) }

  /// Tells the thread to end.
  func stop() { isEnding.store(true, ordering: .releasing) }
}

/// The loop's end of such a thread: where they meet, and which part of a frame it is.
struct ReadingEnds: Sendable {
  let slots: ReadingSlots
  let readings: FramePatch
}
