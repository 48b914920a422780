import CLinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A local socket at which programs of this machine ask for something: a file that its owner and its group may write to.
public final class CommandSocket: Sendable {
  /// The file.
  public let path: String
  /// Its descriptor, for `receive`; it is closed with the socket.
  public let descriptor: Int32

  /// Opens the socket at `path`. What an earlier run left there is taken away; a socket that somebody answers at is not.
  ///
  /// - Throws: `LinuxError` when it cannot be made.
  public init(_ path: String) throws(LinuxError) {
    descriptor = ganglion_socket_open(path)
    self.path = path
    guard descriptor >= 0 else { throw Self.error(path, -descriptor) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    unlink(path)
    close(descriptor)
  }

  /// Takes the next datagram at a socket's descriptor into `bytes`, without waiting: its length, which is more than there was room for
  /// when it was cut, and the number of the process that sent it, −1 when the kernel does not say; `nil` when there is none.
  ///
  /// It takes a descriptor because the loop counts no references.
  public static func receive(_ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer) -> (
    length: Int, process: Int32
  )? {
    var (process, user): (Int32, Int32) = (-1, -1)
    let length = ganglion_socket_receive(descriptor, bytes.baseAddress, bytes.count, &process, &user)
    return length < 0 ? nil : (length, process)
  }

  private static func error(_ path: String, _ code: Int32) -> LinuxError {
    let remedy =
      switch code {
      case EADDRINUSE: "Another program answers there: is the vehicle running already?"
      case EEXIST: "What lies there is no socket: move it away."
      case ENOENT: "Its folder is not there."
      case EACCES: "This user may not make it there."
      case ENAMETOOLONG: "The path is too long for a socket, at most 107 bytes."
      default: "\(errorText(code))."
      }
    return LinuxError("cannot open the socket \(path)", remedy: remedy, errno: code)
  }
}
