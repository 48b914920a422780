/// A fault of the bus as the bridge sees it.
enum BridgeFault: Equatable, Sendable {
  /// The transfer fails.
  case failure(CP2112Failure)
  /// The device stops in the middle of a read.
  case shortRead
  /// The transfer never ends, as with SCL held low; the host must give it up.
  case hang
  /// The bridge itself no longer says how its transfers stand.
  case mute
}

/// The faults in force on a bridge.
struct BridgeFaults: Sendable {
  private var faults: [(address: UInt8?, fault: BridgeFault, left: Int)] = []

  init() {}

  /// Lets the next `count` transfers to `address` fail; to any address for `nil`.
  mutating func add(_ fault: BridgeFault, for address: UInt8?, count: Int = .max) {
    guard count > 0 else { return }
    faults.append((address, fault, count))
  }

  /// Ends all of them.
  mutating func clear() { faults = [] }

  /// The fault of the transfer to `address` that begins now.
  mutating func take(_ address: UInt8) -> BridgeFault? {
    guard let index = faults.firstIndex(where: { $0.address ?? address == address }) else { return nil }
    let fault = faults[index].fault
    if faults[index].left != .max { faults[index].left -= 1 }
    if faults[index].left == 0 { faults.remove(at: index) }
    return fault
  }
}
