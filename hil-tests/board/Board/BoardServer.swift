import Glibc
import Synchronization

/// Plays a CP2112 with a board behind it: a thread that answers the kernel, and the scenario's view of the same board.
final class BoardServer: @unchecked Sendable {
  // Sendable: everything that changes is behind `lock`.
  private let lock = Lock()
  private var bridge: CP2112Bridge<FlyingBoard>
  private let isEnding = Atomic<Bool>(false)
  private let isPlugged = Atomic<Bool>(false)
  private var thread = pthread_t()

  static let vendor: UInt32 = 0x10C4
  static let product: UInt32 = 0xEA90

  /// Plugs the bridge in, with a fresh board.
  init(seed: UInt64) throws(HILError) {
    bridge = CP2112Bridge(try FlyingBoard(seed: seed, start: Guest.now()))
    try plugIn()
  }

  deinit { unplug() }

  /// The board at the guest's time, while nothing else happens on it.
  func withBoard<Result>(_ body: (inout FlyingBoard) throws(HILError) -> Result) throws(HILError) -> Result {
    try withBridge { bridge throws(HILError) in try body(&bridge.surroundings) }
  }

  /// The bridge at the guest's time, while nothing else happens on it.
  func withBridge<Result>(
    _ body: (inout CP2112Bridge<FlyingBoard>) throws(HILError) -> Result
  ) throws(HILError) -> Result {
    lock.lock()
    defer { lock.unlock() }
    bridge.surroundings.advance(to: Guest.now())
    return try body(&bridge)
  }

  /// Pulls the plug: the bridge loses its supply, and its pins float.
  func unplug() {
    guard isPlugged.load(ordering: .acquiring) else { return }
    isEnding.store(true, ordering: .releasing)
    pthread_join(thread, nil)
    isPlugged.store(false, ordering: .releasing)
    lock.lock()
    bridge.loseSupply()
    lock.unlock()
  }

  /// Puts the plug in again.
  func plugIn() throws(HILError) {
    guard !isPlugged.load(ordering: .acquiring) else { return }
    isEnding.store(false, ordering: .releasing)
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<BoardServer>.fromOpaque(argument).takeUnretainedValue().serve() }
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    guard result == 0 else { throw HILError("cannot start the board's thread", result) }
    isPlugged.store(true, ordering: .releasing)
  }

  // MARK: - The thread

  private func serve() {
    do throws(HILError) {
      let device = try UHIDDevice(
        name: "Silicon Labs CP2112 HID USB-to-SMBus Bridge", vendor: Self.vendor, product: Self.product,
        reportDescriptor: ReportDescriptor.bytes)
      while !isEnding.load(ordering: .acquiring) {
        let event = device.next(within: 20)
        lock.lock()
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
