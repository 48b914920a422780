import Glibc
import LinuxHardware
import Synchronization

/// Plays a CP2112 with a board behind it: a thread that answers the kernel, and the scenario's view of the same board.
final class BoardServer: @unchecked Sendable {
  // Sendable: what changes is behind `lock`, but for `thread`, which only the scenario's thread uses.
  private let lock = Lock()
  private var bridge: CP2112Bridge<EmulatedBoard>
  private let isEnding = Atomic<Bool>(false)
  private let isAnswering = Atomic<Bool>(false)
  private var thread: RealTimeThread?

  static let vendor: UInt32 = 0x10C4
  static let product: UInt32 = 0xEA90
  /// What the bridge stands for is always there: no thread of the program under test comes before it.
  private static let scheduling = ThreadScheduling(priority: 90)

  /// Plugs the bridge in, with a fresh board.
  init(_ kind: VehicleKind, seed: UInt64) throws(HILError) {
    bridge = CP2112Bridge(try EmulatedBoard(kind, seed: seed, start: Guest.now()))
    try plugIn()
  }

  /// The bridge and the board behind it at the guest's time, while nothing else happens on them.
  func withBridge<Result>(
    _ body: (inout CP2112Bridge<EmulatedBoard>) throws(HILError) -> Result
  ) throws(HILError) -> Result {
    lock.lock()
    defer { lock.unlock() }
    bridge.surroundings.advance(to: Guest.now())
    return try body(&bridge)
  }

  /// Whether the kernel still has the device. It keeps it after the plug is pulled for as long as a program has the adapter
  /// open.
  var isServing: Bool { isAnswering.load(ordering: .acquiring) }

  /// Whether the plug is in.
  private(set) var isPlugged = false

  deinit {
    isEnding.store(true, ordering: .releasing)
    thread?.join()
  }

  /// Puts the plug in.
  func plugIn() throws(HILError) {
    guard !isPlugged else { return }
    thread?.join()
    isEnding.store(false, ordering: .releasing)
    isAnswering.store(true, ordering: .releasing)
    do throws(LinuxError) {
      thread = try RealTimeThread("board", scheduling: Self.scheduling, system: KernelRealTime()) {
        [unowned self] in serve()
      }
    } catch {
      throw HILError("\(error)")
    }
    isPlugged = true
  }

  /// Pulls the plug: the bridge loses its supply, and its pins float. The thread is not waited for: the kernel holds it
  /// until the last program has closed the adapter.
  func unplug() {
    guard isPlugged else { return }
    isPlugged = false
    isEnding.store(true, ordering: .releasing)
    lock.lock()
    bridge.loseSupply()
    lock.unlock()
  }

  // MARK: - The thread

  private func serve() {
    // After the device is destroyed, with which the kernel waits.
    defer { isAnswering.store(false, ordering: .releasing) }
    serveDevice()
  }

  private func serveDevice() {
    do throws(HILError) {
      let device = try UHIDDevice(
        name: "Silicon Labs CP2112 HID USB-to-SMBus Bridge", vendor: Self.vendor, product: Self.product,
        reportDescriptor: ReportDescriptor.bytes)
      while !isEnding.load(ordering: .acquiring) {
        let event = device.next(within: 20)
        lock.lock()
        guard !isEnding.load(ordering: .acquiring) else {
          lock.unlock()
          break
        }
        bridge.surroundings.advance(to: Guest.now())
        let reply = event.flatMap { answer($0) }
        lock.unlock()
        if let reply { device.send(reply) }
      }
    } catch {
      Console.print("board: \(error)")
    }
  }

  private func answer(_ event: UHIDEvent) -> [UInt8]? {
    switch event {
    case .start, .stop, .open, .close: nil
    case .output(let report): bridge.output(report).map { UHIDEvent.input($0) }
    case .getReport(let request, let number, let isFeature):
      UHIDEvent.reply(request, report: isFeature ? bridge.feature(number) : nil)
    case .setReport(let request, let isFeature, let report):
      UHIDEvent.reply(request, isAccepted: isFeature && bridge.setFeature(report))
    }
  }
}
