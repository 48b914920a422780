import CLinuxHardware
import HardwareInterfaces

/// A GPIO chip of this machine.
public struct GPIOChip: Sendable, Equatable {
  /// Its device file.
  public var path: String
  /// Its short name, for example "gpiochip0"; it changes from kernel to kernel.
  public var name: String
  /// Its label, for example "pinctrl-bcm2711".
  public var label: String
  /// How many lines it has.
  public var lines: Int

  /// A chip from its parts.
  public init(path: String, name: String, label: String, lines: Int) {
    (self.path, self.name, self.label, self.lines) = (path, name, label, lines)
  }
}

/// A line of a GPIO chip.
public struct GPIOLine: Sendable, Equatable {
  /// Its name; empty when it has none.
  public var name: String
  /// Who holds it, as far as the kernel says.
  public var consumer: String
  /// Whether anybody holds it.
  public var isUsed: Bool
  /// Whether it is an output now.
  public var isOutput: Bool

  /// A line from its parts.
  public init(name: String, consumer: String = "", isUsed: Bool = false, isOutput: Bool = false) {
    (self.name, self.consumer, self.isUsed, self.isOutput) = (name, consumer, isUsed, isOutput)
  }
}

/// An edge of an input.
public struct LineEdge: BitwiseCopyable, Sendable, Equatable {
  /// CLOCK_MONOTONIC in ns, taken by the kernel.
  public var time: Int64
  /// Number of the event on its line, from 1; 0 when the library does not number events (libgpiod 1.6).
  public var sequence: UInt32
  /// Whether the line became active.
  public var becameActive: Bool

  /// An edge from its parts.
  public init(time: Int64, sequence: UInt32, becameActive: Bool) {
    (self.time, self.sequence, self.becameActive) = (time, sequence, becameActive)
  }
}

/// Lines that this process holds until the last reference goes. Numbers below 0 are −errno.
public protocol GPIOLines: AnyObject, Sendable {
  /// Drives the lines to these levels, a bit for each.
  func set(high: UInt64) -> Int32
  /// Whether the input is active: 0 or 1.
  func isActive() -> Int32
  /// A descriptor that becomes readable with an edge; negative when edges are not reported.
  var edgeDescriptor: Int32 { get }
  /// Takes up to 16 edges that have come into `edges`; waits when there is none. Returns how many.
  func readEdges(into edges: inout InlineArray<16, LineEdge>) -> Int32
}

/// The calls of libgpiod; a seam for tests.
public protocol GPIOSystem: Sendable {
  /// Major version of the library.
  var libraryVersion: Int { get }
  /// The chip behind a device file, or −errno in `error`.
  func chip(_ path: String, error: inout Int32) -> GPIOChip?
  /// A line of that chip.
  func line(_ path: String, offset: Int, error: inout Int32) -> GPIOLine?
  /// Takes lines as outputs that begin with the levels of `high`.
  func requestOutputs(_ path: String, offsets: [Int], high: UInt64, error: inout Int32) -> (any GPIOLines)?
  /// Takes a line as an input, with both edges reported if `edges`.
  func requestInput(
    _ path: String, offset: Int, activeLow: Bool, bias: LineBias, edges: Bool, error: inout Int32
  ) -> (any GPIOLines)?
}

/// The libgpiod that Ganglion was built with.
public struct KernelGPIO: GPIOSystem {
  /// What the kernel shows as the holder of our lines.
  public static let consumer = "ganglion"

  /// The calls of this machine.
  public init() {}

  /// See `GPIOSystem`.
  public var libraryVersion: Int { Int(ganglion_gpio_library()) }

  /// See `GPIOSystem`.
  public func chip(_ path: String, error: inout Int32) -> GPIOChip? {
    var info = ganglion_gpio_chip_info()
    error = ganglion_gpio_chip(path, &info)
    guard error == 0 else { return nil }
    return GPIOChip(
      path: path, name: text(info.name), label: text(info.label), lines: Int(info.lines))
  }

  /// See `GPIOSystem`.
  public func line(_ path: String, offset: Int, error: inout Int32) -> GPIOLine? {
    var info = ganglion_gpio_line_info()
    error = ganglion_gpio_line(path, UInt32(clamping: offset), &info)
    guard error == 0 else { return nil }
    return GPIOLine(
      name: text(info.name), consumer: text(info.consumer), isUsed: info.is_used, isOutput: info.is_output)
  }

  /// See `GPIOSystem`.
  public func requestOutputs(
    _ path: String, offsets: [Int], high: UInt64, error: inout Int32
  ) -> (any GPIOLines)? {
    let numbers = offsets.map { UInt32(clamping: $0) }
    error = 0
    guard
      let lines = ganglion_gpio_request_outputs(
        path, numbers, UInt32(clamping: numbers.count), high, Self.consumer, &error)
    else { return nil }
    return KernelLines(lines)
  }

  /// See `GPIOSystem`.
  public func requestInput(
    _ path: String, offset: Int, activeLow: Bool, bias: LineBias, edges: Bool, error: inout Int32
  ) -> (any GPIOLines)? {
    error = 0
    guard
      let lines = ganglion_gpio_request_input(
        path, UInt32(clamping: offset), activeLow, bias.number, edges, Self.consumer, &error)
    else { return nil }
    return KernelLines(lines)
  }

  /// The text in a C array of characters.
  private func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// Lines held through libgpiod.
final class KernelLines: GPIOLines, @unchecked Sendable {
  // Sendable: the library's calls on a request are each one system call on its descriptor, which the kernel orders.
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { ganglion_gpio_release(pointer) }

  func set(high: UInt64) -> Int32 { ganglion_gpio_set(pointer, high) }

  func isActive() -> Int32 { ganglion_gpio_is_active(pointer) }

  var edgeDescriptor: Int32 { ganglion_gpio_event_descriptor(pointer) }

  func readEdges(into edges: inout InlineArray<16, LineEdge>) -> Int32 {
    var raw = InlineArray<16, ganglion_gpio_event>(repeating: ganglion_gpio_event())
    var span = raw.mutableSpan
    let count = span.withUnsafeMutableBufferPointer { buffer in
      ganglion_gpio_read_events(pointer, buffer.baseAddress, UInt32(clamping: buffer.count))
    }
    for index in 0..<max(min(Int(count), 16), 0) {
      let event = raw[index]
      edges[index] = LineEdge(time: event.time, sequence: event.sequence, becameActive: event.became_active)
    }
    return count
  }
}

extension LineBias {
  fileprivate var number: ganglion_gpio_bias {
    switch self {
    case .asIs: GANGLION_GPIO_BIAS_AS_IS
    case .disabled: GANGLION_GPIO_BIAS_DISABLED
    case .pullUp: GANGLION_GPIO_BIAS_PULL_UP
    case .pullDown: GANGLION_GPIO_BIAS_PULL_DOWN
    }
  }
}
