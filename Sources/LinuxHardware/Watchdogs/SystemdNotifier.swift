#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Tells systemd how the service is (sd_notify): datagrams to the socket named in the environment.
public struct SystemdNotifier: Sendable {
  /// The time within which systemd wants to hear of the service, in ns; `nil` when it does not wait.
  public let watchdogPeriod: Int64?
  private let address: sockaddr_un
  private let length: socklen_t
  private let socket: SocketFile

  private final class SocketFile: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { if descriptor >= 0 { close(descriptor) } }
  }

  /// The notifier that `environment` asks for; `nil` when no service manager listens.
  public init?(environment: [String: String], process: Int32 = getpid()) {
    guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@") else {
      return nil
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    // An @ stands for the zero byte of an abstract name.
    if bytes[0] == 0x40 { bytes[0] = 0 }
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count > 1, bytes.count < room else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    self.address = address
    length = socklen_t(MemoryLayout<sockaddr_un>.size - room + bytes.count)
    #if canImport(Glibc)
      let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    #else
      let kind = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK
    #endif
    let descriptor = Self.makeSocket(kind)
    guard descriptor >= 0 else { return nil }
    socket = SocketFile(descriptor)
    // The variable is also in the environment of children, to which it does not speak.
    let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    watchdogPeriod =
      isForUs && microseconds > 0 && microseconds < Int64.max / 1000 ? microseconds * 1000 : nil
  }

  /// The service runs.
  public func ready(_ status: String) { send("READY=1\nSTATUS=\(line(status))") }

  /// One line for `systemctl status`.
  public func status(_ status: String) { send("STATUS=\(line(status))") }

  /// The loop is well. Call this only when the loop itself has shown it.
  public func isAlive() { send("WATCHDOG=1") }

  /// The service is about to end.
  public func stopping() { send("STOPPING=1") }

  private func line(_ text: String) -> String {
    String(text.unicodeScalars.map { $0 == "\n" ? " " : Character($0) })
  }

  /// Whether the text was sent; a manager that does not listen is no reason to stop flying.
  @discardableResult
  func send(_ text: String) -> Bool {
    var address = address
    let bytes = Array(text.utf8)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(socket.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length) == bytes.count
      }
    }
  }

  private static func makeSocket(_ kind: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.socket(AF_UNIX, kind, 0)
    #else
      Musl.socket(AF_UNIX, kind, 0)
    #endif
  }
}
