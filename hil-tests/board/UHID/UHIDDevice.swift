import Glibc

/// A HID device that this process plays through /dev/uhid. Closing it is pulling the plug.
struct UHIDDevice: ~Copyable {
  private let descriptor: Int32

  /// Opens /dev/uhid and plugs a device in.
  init(name: String, vendor: UInt32, product: UInt32, reportDescriptor: [UInt8]) throws(HILError) {
    descriptor = open("/dev/uhid", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw HILError("cannot open /dev/uhid", errno) }
    guard
      send(
        UHIDEvent.create(name: name, vendor: vendor, product: product, descriptor: reportDescriptor))
    else { throw HILError("cannot create a device in /dev/uhid", errno) }
  }

  deinit { close(descriptor) }

  /// Waits for the kernel's next event, at most `milliseconds`. `nil` when there was none, or none that is known.
  borrowing func next(within milliseconds: Int32) -> UHIDEvent? {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: UHIDEvent.size) { buffer, count in
      count = max(read(descriptor, buffer.baseAddress, buffer.count), 0)
    }
    return UHIDEvent(bytes)
  }

  /// Says something to the kernel; whether it was taken.
  @discardableResult
  borrowing func send(_ event: [UInt8]) -> Bool { write(descriptor, event, event.count) == event.count }
}
