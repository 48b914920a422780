#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

// Of <stdlib.h>; Swift does not see them, because it asks for no more than C.
@_silgen_name("posix_openpt") private func posix_openpt(_ flags: Int32) -> Int32
@_silgen_name("grantpt") private func grantpt(_ master: Int32) -> Int32
@_silgen_name("unlockpt") private func unlockpt(_ master: Int32) -> Int32
@_silgen_name("ptsname") private func ptsname(_ master: Int32) -> UnsafePointer<CChar>?

/// The other end of a serial port: a pseudo terminal's master.
package final class PseudoTerminal {
  /// This machine has no pseudo terminals left.
  package struct None: Error {}

  package let master: Int32
  /// The device file of the port.
  package let path: String
  private var isOpen = true

  package init() throws {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)
    guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
      throw None()
    }
    path = String(cString: name)
  }

  package func hangUp() {
    if isOpen { close(master) }
    isOpen = false
  }

  deinit { hangUp() }

  /// Sends bytes; whether all of them went.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool { write(master, bytes, bytes.count) == bytes.count }

  /// What the port has sent, up to `count` bytes.
  package func receive(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = read(master, &bytes, count)
    return Array(bytes.prefix(max(result, 0)))
  }
}
