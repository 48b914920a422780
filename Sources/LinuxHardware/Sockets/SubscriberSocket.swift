import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Somebody who sent a datagram, and to whom others can be sent.
public struct DatagramPeer: Equatable, @unchecked Sendable {
  // Sendable: plain bytes.
  fileprivate var raw: ganglion_peer

  /// Whether it has an address: one that has none cannot be answered.
  public var isAnswerable: Bool { raw.length > 0 }

  /// Whether both are the same.
  public static func == (left: DatagramPeer, right: DatagramPeer) -> Bool {
    guard left.raw.length == right.raw.length else { return false }
    return withUnsafeBytes(of: left.raw.bytes) { first in
      withUnsafeBytes(of: right.raw.bytes) { second in
        first.prefix(Int(left.raw.length)).elementsEqual(second.prefix(Int(right.raw.length)))
      }
    }
  }
}

/// A local socket whose visitors are answered: a file that its owner and its group may write to. No call waits.
public final class SubscriberSocket: Sendable {
  /// The file.
  public let path: String
  private let socket: CommandSocket

  /// What became of a datagram.
  public enum Sent: Sendable {
    /// It went.
    case taken
    /// Whoever it was for has not read those before.
    case full
    /// Nobody is there any more.
    case gone
  }

  /// Opens the socket at `path`, as `CommandSocket` does.
  public init(_ path: String) throws(LinuxError) {
    self.path = path
    socket = try CommandSocket(path)
  }

  /// Its descriptor, to wait at; it is closed with the socket.
  public var descriptor: Int32 { socket.descriptor }

  /// Takes the next datagram into `bytes`: its length, which is more than there was room for when it was cut, and who sent it; `nil` when
  /// there is none.
  public func receive(into bytes: UnsafeMutableRawBufferPointer) -> (length: Int, peer: DatagramPeer)? {
    var peer = DatagramPeer(raw: ganglion_peer())
    let length = ganglion_socket_receive_from(socket.descriptor, bytes.baseAddress, bytes.count, &peer.raw)
    return length < 0 ? nil : (length, peer)
  }

  /// Sends a datagram to somebody who sent one before.
  public func send(_ bytes: UnsafeRawBufferPointer, to peer: DatagramPeer) -> Sent {
    var raw = peer.raw
    let result = ganglion_socket_send_to(socket.descriptor, &raw, bytes.baseAddress, bytes.count)
    if result >= 0 { return .taken }
    switch Int32(-result) {
    case EAGAIN, EWOULDBLOCK, ENOBUFS, ENOMEM: return .full
    default: return .gone
    }
  }
}
