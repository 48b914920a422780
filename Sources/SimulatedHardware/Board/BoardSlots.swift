/// Where a chip sits on a board.
public struct BusPlace: Equatable, Sendable {
  /// Number of the bus, 0 to 15.
  public var bus: Int
  /// 7-bit address, 0x08 to 0x77.
  public var address: UInt8
  /// The multiplexer on that bus, by its name on the board, and its channel, when the chip sits behind one.
  public var channel: (multiplexer: String, number: Int)?

  /// A place from its parts.
  public init(bus: Int = 0, address: UInt8, behind channel: (multiplexer: String, number: Int)? = nil) {
    (self.bus, self.address, self.channel) = (bus, address, channel)
  }

  /// Whether every part is equal.
  public static func == (a: BusPlace, b: BusPlace) -> Bool {
    a.bus == b.bus && a.address == b.address && a.channel?.multiplexer == b.channel?.multiplexer
      && a.channel?.number == b.channel?.number
  }
}

/// Which chip answers at which address of which bus, and behind which channel of a multiplexer.
struct BoardSlots {
  /// Index of a chip by segment · 128 + address; `noChip` where nothing answers. The first sixteen segments are the
  /// buses themselves.
  private var slots: [UInt8] = []
  /// The segments behind multiplexers, from number 16 on.
  private var channels: [(bus: Int, multiplexer: SimulatedTCA9548A, number: Int)] = []

  static let buses = 16
  private static let noChip: UInt8 = 255

  /// The number of the segment behind a channel; a new one when there is none yet.
  mutating func segment(bus: Int, behind multiplexer: SimulatedTCA9548A, channel: Int) -> Int {
    let known = channels.firstIndex {
      $0.bus == bus && $0.multiplexer === multiplexer && $0.number == channel
    }
    if let known { return Self.buses + known }
    channels.append((bus, multiplexer, channel))
    return Self.buses + channels.count - 1
  }

  /// The chip at an address of a segment.
  subscript(segment: Int, address: UInt8) -> Int? {
    get {
      let slot = segment * 128 + Int(address)
      guard slot >= 0, slot < slots.count, slots[slot] != Self.noChip else { return nil }
      return Int(slots[slot])
    }
    set {
      while slots.count < (segment + 1) * 128 { slots.append(Self.noChip) }
      slots[segment * 128 + Int(address)] = newValue.map { UInt8(truncatingIfNeeded: $0) } ?? Self.noChip
    }
  }

  /// The chip that answers on a bus: one on the bus itself, or else behind a channel that is open now.
  func chip(bus: Int, address: UInt8) -> Int? {
    if let index = self[bus, address] { return index }
    for (offset, channel) in channels.enumerated()
    where channel.bus == bus && channel.multiplexer.isOpen(channel.number) {
      if let index = self[Self.buses + offset, address] { return index }
    }
    return nil
  }
}
