import Devices
import LinuxHardware
import Signals

/// Those who have subscribed, and what each is sent. One thread alone uses it.
struct TelemetrySender {
  /// Somebody who watches.
  private struct Subscriber {
    var peer: DatagramPeer
    var every: UInt64
    var until: Int64
    var count: UInt32 = 0
  }

  /// Subscribers at most: what is more is not heard until one of them has gone.
  static let mostSubscribers = 4
  /// Subscriptions that are looked at in one go at most.
  private static let mostRequests = 16

  private let socket: SubscriberSocket
  private let layout: TelemetryLayout
  private let tickPlace, timePlace: Int?
  private var subscribers: [Subscriber] = []
  private var bytes: [UInt8]
  private var begin: Int64 = 0
  private var lastTick: UInt64 = 0
  private var lastTime: Int64 = 0

  init(_ socket: SubscriberSocket, _ layout: TelemetryLayout) {
    (self.socket, self.layout) = (socket, layout)
    (tickPlace, timePlace) = (layout.offset(of: "tick.number"), layout.offset(of: "tick.time"))
    bytes = [UInt8](repeating: 0, count: TelemetryRecord.headerLength + layout.length)
  }

  /// Whether somebody watches.
  var isWanted: Bool { !subscribers.isEmpty }

  /// Takes subscriptions that have come, and lets go of those whose lease has passed, at `now` in ns.
  mutating func listen(now: Int64) {
    subscribers.removeAll { $0.until < now }
    var room = [UInt8](repeating: 0, count: TelemetryRecord.subscriptionLength + 1)
    for _ in 0..<Self.mostRequests {
      let heard = room.withUnsafeMutableBytes { bytes -> (TelemetryRecord.Subscription?, DatagramPeer)? in
        guard let (length, peer) = socket.receive(into: bytes) else { return nil }
        let record = UnsafeRawBufferPointer(rebasing: bytes.prefix(min(length, bytes.count)))
        return (TelemetryRecord.Subscription(record), peer)
      }
      guard let (subscription, peer) = heard else { return }
      guard let subscription, peer.isAnswerable else { continue }
      let until = now &+ Int64(subscription.lease) * 1_000_000
      if let place = subscribers.firstIndex(where: { $0.peer == peer }) {
        (subscribers[place].every, subscribers[place].until) = (UInt64(subscription.every), until)
      } else if subscribers.count < Self.mostSubscribers {
        subscribers.append(Subscriber(peer: peer, every: UInt64(subscription.every), until: until))
      }
    }
  }

  /// Sends a tick's record to those who want it.
  ///
  /// - Parameter begin: When the run began, in ns.
  mutating func send(_ record: UnsafeRawBufferPointer, since begin: Int64 = 0) {
    self.begin = begin
    guard record.count >= layout.length else { return }
    lastTick = tickPlace.map { record.loadUnaligned(fromByteOffset: $0, as: UInt64.self) } ?? lastTick &+ 1
    lastTime = timePlace.map { record.loadUnaligned(fromByteOffset: $0, as: Int64.self) } ?? 0
    bytes.withUnsafeMutableBytes { target in
      let body = UnsafeMutableRawBufferPointer(rebasing: target.dropFirst(TelemetryRecord.headerLength))
      body.copyMemory(from: UnsafeRawBufferPointer(rebasing: record.prefix(body.count)))
    }
    let tick = lastTick
    deliver(isLast: false) { $0.every <= 1 || tick % $0.every == 0 }
  }

  /// Tells everybody that the run has ended, with the last tick once more.
  mutating func end() { deliver(isLast: true) { _ in true } }

  private mutating func deliver(isLast: Bool, to wants: (Subscriber) -> Bool) {
    var gone: [Int] = []
    for place in subscribers.indices where wants(subscribers[place]) {
      let (count, peer, digest) = (subscribers[place].count, subscribers[place].peer, layout.digest)
      let (tick, time, socket) = (lastTick, lastTime &- begin, socket)
      let sent = bytes.withUnsafeMutableBytes { target -> SubscriberSocket.Sent in
        TelemetryRecord.putHeader(
          target, isLast: isLast, digest: digest, count: count, tick: tick, time: time)
        return socket.send(UnsafeRawBufferPointer(target), to: peer)
      }
      // One that was lost is counted, so that the gap is seen.
      subscribers[place].count &+= 1
      if case .gone = sent { gone.append(place) }
    }
    for place in gone.reversed() { subscribers.remove(at: place) }
  }
}
