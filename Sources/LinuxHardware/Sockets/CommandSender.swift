import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where a program sends what it asks of a vehicle.
public struct CommandSender: ~Copyable {
  /// The vehicle's socket.
  public let path: String
  private let descriptor: Int32

  /// A sender to the socket at `path`, which need not be there yet.
  public init(to path: String) throws(LinuxError) {
    self.path = path
    descriptor = ganglion_socket_make()
    guard descriptor >= 0 else {
      throw LinuxError("cannot make a socket", remedy: "\(errorText(-descriptor)).", errno: -descriptor)
    }
  }

  deinit { close(descriptor) }

  /// Sends a datagram without waiting; `false` when the vehicle has more of them than it has looked at, and this one is dropped.
  public func send(_ bytes: [UInt8]) throws(LinuxError) -> Bool {
    let sent = bytes.withUnsafeBytes { ganglion_socket_send(descriptor, path, $0.baseAddress, $0.count) }
    guard sent < 0 else { return true }
    let code = Int32(truncatingIfNeeded: -sent)
    if code == EAGAIN || code == ENOBUFS { return false }
    let remedy =
      switch code {
      case ENOENT, ECONNREFUSED:
        "No vehicle listens there: is it running, and does its file name a source \"socket\"?"
      case EACCES:
        "This user may not command it: it must be in the group of the socket, \"ganglion\" where the package made it."
      default: "\(errorText(code))."
      }
    throw LinuxError("cannot send to \(path)", remedy: remedy, errno: code)
  }
}
