import Devices
import HardwareInterfaces

/// The driver of an actuator's chip on a bus: it starts the chip, re-checks it, and sends what its channels are to have.
struct ActuatorJob: Sendable {
  private var driver: any ActuatorDriver
  /// Its place behind a multiplexer; `nil` on the bus itself.
  private let channel: BusChannel?
  private let channels: Channels
  private var isReady = false
  private var driverFault = DeviceFault.none
  /// Why the chip last had to be started again, and until when it is told.
  private var noted = (fault: DeviceFault.none, until: MonotonicTime.zero)
  /// When the driver wants to be called next.
  private(set) var due: MonotonicTime
  /// What the chip's input lines read in the last run; `nil` when they were not read then, or it has none.
  var inputs: PortSample? { driver.inputs }

  /// The most channels that a chip has.
  static let most = 16

  /// What each used channel is sent: its place in the burst from the first of them to the last, its factor, its safe value.
  private struct Channels: BitwiseCopyable, Sendable {
    var count = 0
    var first = 0
    /// How many channels a write sends.
    var span = 0
    var slots = InlineArray<16, Int>(repeating: 0)
    var factors = InlineArray<16, Float>(repeating: 1)
    var safe = InlineArray<16, Float>(repeating: 0)
  }

  /// A job that starts the chip at `start`. Channels beyond the chip's sixteenth are left out.
  init(_ chip: ActuatorChip, _ use: ActuatorUse, channel: BusChannel?, start: MonotonicTime) {
    driver = chip.makeDriver(use)
    self.channel = channel
    let used = use.channels.filter { (0..<Self.most).contains($0.number) }.prefix(Self.most)
    var channels = Channels()
    channels.first = used.map(\.number).min() ?? 0
    channels.span = (used.map(\.number).max() ?? -1) - channels.first + 1
    for output in used {
      channels.slots[channels.count] = output.number - channels.first
      channels.factors[channels.count] = Float(chip.factor(of: output.quantity, use.settings))
      channels.safe[channels.count] = Float(output.safe)
      channels.count += 1
    }
    self.channels = channels
    due = start
  }

  /// How long a fault is told after it is over, in ms. A chip that lost its supply for a moment runs again in a fraction
  /// of a tick, and its actuators have stopped nevertheless: the slowest loop must see that.
  private static let toldFor: Int64 = 150

  /// What keeps the actuators from their commands, or did a moment ago; a chip that is still starting is not ready.
  var fault: DeviceFault {
    if driverFault != .none { return driverFault }
    return isReady ? noted.fault : .notReady
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout MultiplexedBus<Bus>, now: MonotonicTime) {
    bus.route(to: channel)
    let wasReady = isReady
    let result = driver.poll(&bus, now: now)
    (isReady, driverFault) = (result.isReady, result.fault)
    if wasReady, !isReady {
      noted = (fault, now.advanced(milliseconds: Self.toldFor))
    } else if now >= noted.until {
      noted.fault = .none
    }
    due = max(result.next, now.advanced(microseconds: 1))
  }

  /// Sends what the used channels are to have, in their order and in the units of their conversions; channels between them get
  /// nothing, and those for which there is no value the safe one. Returns whether the chip has taken them.
  mutating func write<Bus: I2CBus & ~Copyable>(
    _ values: Span<Float>, _ bus: inout MultiplexedBus<Bus>, now: MonotonicTime
  ) -> Bool {
    guard isReady, channels.span > 0 else { return false }
    var sent = InlineArray<16, Float>(repeating: 0)
    for index in 0..<channels.count {
      let value = index < values.count ? values[index] : channels.safe[index]
      sent[channels.slots[index]] = value * channels.factors[index]
    }
    bus.route(to: channel)
    do throws(BusError) {
      isReady = try driver.write(
        sent.span.extracting(first: channels.span), from: channels.first, to: &bus, now: now)
      return isReady
    } catch {
      // The driver has counted the failure and says when it goes on; until a write succeeds it is a fault.
      driverFault = .transfer
      due = min(due, now.advanced(microseconds: 1))
      return false
    }
  }

  /// Sends every used channel its safe value. Returns whether the chip has taken them.
  mutating func writeSafe<Bus: I2CBus & ~Copyable>(
    _ bus: inout MultiplexedBus<Bus>, now: MonotonicTime
  ) -> Bool {
    let safe = channels.safe
    return write(safe.span.extracting(first: channels.count), &bus, now: now)
  }
}
