import Devices
import HardwareInterfaces
import Signals

/// Something that is sent: a signal, and what it is while nobody vouches for the vehicle.
public struct PlannedSignal: Sendable, Equatable {
  /// The signal of the conversion.
  public var signal: String
  /// Its safe value.
  public var safe: Double
  /// Whether it is safe while the vehicle is disarmed, and not only while its command is not valid.
  public var needsArming = true

  /// It from its parts.
  public init(signal: String, safe: Double, needsArming: Bool = true) {
    self.signal = signal
    self.safe = safe
    self.needsArming = needsArming
  }

  /// The actuator that sends it: what stands before the name of the conversion's output.
  public var actuator: String {
    signal.lastIndex(of: ".").map { String(signal[..<$0]) } ?? signal
  }
}

/// A chip of actuators on a bus, with all that its channels carry.
public struct PlannedChip: Sendable {
  /// Where it is, as the first actuator on it says.
  public var place: ActuatorChipPlace
  /// How its driver uses it; its channels stand in the order of the actuators.
  public var use: ActuatorUse
  /// What each of these channels is sent.
  public var sent: [PlannedSignal]

  /// It from its parts.
  public init(place: ActuatorChipPlace, use: ActuatorUse, sent: [PlannedSignal]) {
    self.place = place
    self.use = use
    self.sent = sent
  }

  /// Its work on the bus, from `start` on.
  func job(start: MonotonicTime) -> ActuatorJob {
    ActuatorJob(place.chip, use, channel: place.behind, start: start)
  }

  /// What it asks of its bus when it is written `rateHz` times a second.
  public func share(rateHz: Int) -> BusShare {
    // Behind a multiplexer each write may have to switch it first.
    let switching = place.behind == nil ? 0 : TransferBits.write(1)
    return BusShare(
      path: place.path, chip: place.chip.name, address: place.address, channel: place.behind, rateHz: rateHz,
      bits: place.chip.facts.bitsPerWrite(use.channels.map(\.number)) + switching)
  }
}

/// A PWM output of the kernel.
public struct PlannedPWM: Sendable {
  /// The kernel's chip by its name or device.
  public var chip: String
  /// Its output.
  public var channel: Int
  /// Pulses in a second.
  public var rateHz: Int
  /// By what the signal is multiplied to be a width in µs: 1, or the period for a duty.
  public var factor: Double
  /// What it is sent.
  public var sent: PlannedSignal

  /// It from its parts.
  public init(chip: String, channel: Int, rateHz: Int, factor: Double, sent: PlannedSignal) {
    self.chip = chip
    self.channel = channel
    self.rateHz = rateHz
    self.factor = factor
    self.sent = sent
  }
}

/// A digital output, or the two of an H bridge's direction.
public struct PlannedLines: Sendable {
  /// Active for a flag that is set, or for a positive number.
  public var forward: DigitalLine
  /// Active for a negative number; `nil` for a line that carries a flag.
  public var backward: DigitalLine?
  /// What it is sent.
  public var sent: PlannedSignal

  /// It from its parts.
  public init(forward: DigitalLine, backward: DigitalLine? = nil, sent: PlannedSignal) {
    self.forward = forward
    self.backward = backward
    self.sent = sent
  }
}

/// A write to a chip on a bus that somebody without a driver, such as a guard, can send.
public struct PlannedWrite: Sendable, Equatable {
  /// Name of the bus.
  public var bus: String
  /// 7-bit address of the chip, or of the multiplexer in front of it.
  public var address: UInt8
  /// 1 to 8 bytes.
  public var bytes: [UInt8]
  /// Whether it is worth something only together with the next: it opens the way to that chip, or closes another.
  public var isWithNext = false
}

/// How the values of all actuators leave the processor: chips with what their channels share, outputs of the kernel, lines.
public struct ActuatorPlan: Sendable {
  /// Chips on buses, in the order of the actuators.
  public package(set) var chips: [PlannedChip] = []
  /// The kernel's PWM outputs.
  public package(set) var pwm: [PlannedPWM] = []
  /// Digital outputs.
  public package(set) var lines: [PlannedLines] = []
  /// The multiplexers on each bus.
  package var multiplexers: [String: Set<UInt8>] = [:]

  /// A plan of nothing.
  package init() {}

  /// Everything that is sent: what chips, the kernel's outputs and lines are given.
  public var sent: [PlannedSignal] { chips.flatMap(\.sent) + pwm.map(\.sent) + lines.map(\.sent) }

  /// The chips on the bus of a name.
  public func chips(on bus: String) -> [PlannedChip] { chips.filter { $0.place.bus == bus } }

  /// Makes a frame of `table` say what is safe: nothing armed, and of everything that is sent its safe value.
  public func makeSafe(_ frame: Frame, _ table: SignalTable) {
    if let armed: SignalIndex<Bool> = table.index(of: "safety.armed") { frame[armed] = false }
    for sent in sent { SentPlace(sent.signal, table)?.put(Float(sent.safe), in: frame) }
  }

  /// What makes the chips safe, one write behind the other; each may fail, and the others are sent nevertheless.
  ///
  /// A chip behind a multiplexer costs a write that opens its channel, and one for each other multiplexer on the bus, whose open
  /// channel may hold a chip of the same address.
  ///
  /// - Parameter isWhole: whether a write of more than two bytes arrives as one on the bus of a name.
  public func safeWrites(isWhole: (String) -> Bool) -> [PlannedWrite] {
    var writes: [PlannedWrite] = []
    for planned in chips {
      let place = planned.place
      if let behind = place.behind {
        for other in (multiplexers[place.bus] ?? []).sorted() where other != behind.multiplexer {
          writes.append(PlannedWrite(bus: place.bus, address: other, bytes: [0], isWithNext: true))
        }
        let open = UInt8(1) << min(behind.number, 7)
        writes.append(
          PlannedWrite(bus: place.bus, address: behind.multiplexer, bytes: [open], isWithNext: true))
      }
      let own = place.chip.safeWrites(planned.use, isWhole: isWhole(place.bus))
      for (index, bytes) in own.enumerated() {
        // Behind a multiplexer none of a chip's writes is good for itself.
        let isWithNext = place.behind != nil && index + 1 < own.count
        writes.append(
          PlannedWrite(bus: place.bus, address: place.address, bytes: bytes, isWithNext: isWithNext))
      }
    }
    return writes
  }
}

/// Where something that is sent lies in a frame: a number as it is, a flag as 0 or 1.
public struct SentPlace: BitwiseCopyable, Sendable {
  private let number: SignalIndex<Float>?
  private let flag: SignalIndex<Bool>?

  /// The place of a signal; `nil` when the table has no number or flag of that name.
  public init?(_ name: String, _ table: SignalTable) {
    (number, flag) = (table.index(of: name), table.index(of: name))
    if number == nil, flag == nil { return nil }
  }

  /// What is to be sent.
  public func value(in frame: Frame) -> Float {
    if let number { return frame[number] }
    if let flag { return frame[flag] ? 1 : 0 }
    return 0
  }

  /// Says what is to be sent; a flag is set above one half.
  public func put(_ value: Float, in frame: Frame) {
    if let number { frame[number] = value }
    if let flag { frame[flag] = value > 0.5 }
  }
}
