import Glibc
import HardwareInterfaces
import LinuxHardware
import SimulatedHardware
import Synchronization

// Of <stdlib.h>; Swift does not see them, because it asks for no more than C.
@_silgen_name("posix_openpt") private func posix_openpt(_ flags: Int32) -> Int32
@_silgen_name("grantpt") private func grantpt(_ master: Int32) -> Int32
@_silgen_name("unlockpt") private func unlockpt(_ master: Int32) -> Int32
@_silgen_name("ptsname") private func ptsname(_ master: Int32) -> UnsafePointer<CChar>?

/// A radio's receiver at a pseudo terminal of the kernel's: CRSF, a frame every 10 ms, from a thread of its own.
final class Radio: @unchecked Sendable {
  // Sendable: what the thread and its owner share is atomic.
  /// The device file of the port.
  let path: String
  private let master: Int32
  private let widths: [Atomic16]
  private let silent = Atomic<Bool>(false)
  private let ending = Atomic<Bool>(false)
  private var thread: RealTimeThread?

  private final class Atomic16: Sendable {
    let value = Atomic<Int>(1500)
  }

  /// A radio whose throttle and first switch are low, and all else in the middle.
  init() throws(HILError) {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)
    guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
      throw HILError("there is no pseudo terminal: errno \(errno)")
    }
    path = String(cString: name)
    widths = (0..<16).map { _ in Atomic16() }
    set(3, 988)
    set(5, 988)
    do throws(LinuxError) {
      thread = try RealTimeThread(
        "radio", scheduling: ThreadScheduling(priority: 0), system: KernelRealTime()
      ) {
        [unowned self] in self.run()
      }
    } catch {
      throw HILError("the radio's thread cannot be started: \(error)")
    }
  }

  /// Puts a stick or a switch somewhere, in µs.
  func set(_ channel: Int, _ width: Int) { widths[channel - 1].value.store(width, ordering: .relaxed) }

  /// Whether it sends nothing.
  var isSilent: Bool {
    get { silent.load(ordering: .relaxed) }
    set { silent.store(newValue, ordering: .relaxed) }
  }

  /// Ends it; the port has gone then.
  func end() {
    ending.store(true, ordering: .relaxed)
    thread = nil
    close(master)
  }

  private func run() {
    let line = SimulatedSerialLine(settings: SerialSettings(baud: 420_000), seed: 1)
    line.transmitter = SimulatedTransmitter(.crsf)
    var port = line.port()
    var time: Int64 = 0
    while !ending.load(ordering: .relaxed) {
      for (place, width) in widths.enumerated() {
        line.transmitter?.sticks[place] = Float(width.value.load(ordering: .relaxed))
      }
      time += 10_000_000
      line.advance(to: MonotonicTime(nanoseconds: time))
      var bytes = InlineArray<512, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let count = (try? port.read(into: &span)) ?? 0
      if !isSilent {
        bytes.span.extracting(0..<count).withUnsafeBufferPointer { _ = write(master, $0.baseAddress, count) }
      }
      usleep(10_000)
    }
  }
}
