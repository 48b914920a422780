import Glibc

/// A gamepad that the kernel believes in, through /dev/uinput (Documentation/input/uinput.rst).
final class Gamepad {
  /// The code of the START button.
  static let start: UInt16 = 0x13B
  private static let name = "Ganglion test pad"
  private var file: Int32

  private enum Request {
    static let eventBit: UInt = 0x4004_5564, keyBit: UInt = 0x4004_5565, axisBit: UInt = 0x4004_5567
    static let create: UInt = 0x5501, destroy: UInt = 0x5502
  }

  /// A gamepad with six axes, all in the middle, and a button, plugged in.
  init() throws(HILError) {
    file = open("/dev/uinput", O_WRONLY | O_NONBLOCK)
    guard file >= 0 else { throw HILError("there is no /dev/uinput: errno \(errno)") }
    // EV_SYN, EV_KEY, EV_ABS.
    for kind in [0, 1, 3] as [Int32] { _ = ioctl(file, Request.eventBit, kind) }
    _ = ioctl(file, Request.keyBit, Int32(Self.start))
    for axis in 0..<6 as Range<Int32> { _ = ioctl(file, Request.axisBit, axis) }
    // struct uinput_user_dev: a name of 80 bytes, bus, vendor, product and version, effects, then largest, smallest, fuzz and flat of 64
    // axes each.
    var device = [UInt8](repeating: 0, count: 80 + 8 + 4 + 4 * 64 * 4)
    for (place, byte) in Self.name.utf8.enumerated() { device[place] = byte }
    device[80] = 3
    for axis in 0..<6 {
      withUnsafeBytes(of: Int32(32_767)) { device.replaceSubrange(92 + axis * 4..<96 + axis * 4, with: $0) }
      withUnsafeBytes(of: Int32(-32_768)) {
        device.replaceSubrange(348 + axis * 4..<352 + axis * 4, with: $0)
      }
    }
    guard write(file, device, device.count) == device.count, ioctl(file, Request.create) == 0 else {
      let number = errno
      close(file)
      throw HILError("the kernel takes no gamepad: errno \(number)")
    }
  }

  deinit { unplug() }

  /// The device file of its events.
  func path() throws(HILError) -> String {
    var found: String?
    try Bench.wait(for: "the kernel to offer the gamepad") {
      for number in 0..<32 where found == nil {
        guard let name = Guest.text("/sys/class/input/event\(number)/device/name"), name.hasPrefix(Self.name)
        else {
          continue
        }
        found = "/dev/input/event\(number)"
      }
      return found != nil
    }
    return found ?? ""
  }

  /// Presses a button, and lets it go.
  func press(_ button: UInt16) {
    for value in [1, 0] as [Int32] {
      send(1, button, value)
      send(0, 0, 0)
      usleep(100_000)
    }
  }

  /// Moves a stick, −32768 to 32767; up and left are negative.
  func move(_ axis: UInt16, to value: Int32) {
    send(3, axis, value)
    send(0, 0, 0)
  }

  /// Pulls its plug.
  func unplug() {
    guard file >= 0 else { return }
    _ = ioctl(file, Request.destroy)
    close(file)
    file = -1
  }

  private func send(_ kind: UInt16, _ code: UInt16, _ value: Int32) {
    var event = [UInt8](repeating: 0, count: 24)
    withUnsafeBytes(of: kind) { event.replaceSubrange(16..<18, with: $0) }
    withUnsafeBytes(of: code) { event.replaceSubrange(18..<20, with: $0) }
    withUnsafeBytes(of: value) { event.replaceSubrange(20..<24, with: $0) }
    _ = write(file, event, event.count)
  }
}
