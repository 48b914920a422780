import HardwareInterfaces
import PortableMath

/// The seeded imperfection of one chip: where its noise comes from and how much of it there is.
struct Imperfection: Sendable {
  /// The chip's own source of random numbers.
  var random: RandomGenerator
  /// Multiple of the datasheet's noise; 0 for none.
  var noiseScale: Double
  /// Multiple of the datasheet's constant errors; 0 for none.
  var biasScale: Double
  /// The constant errors of a certain specimen in place of those, and the number of the chip on its board.
  var specimen: (errors: SpecimenErrors, stream: UInt64)?

  /// Gaussian noise of the given standard deviation, times `noiseScale`.
  mutating func noise(_ deviation: Double) -> Double {
    random.nextGaussian() * deviation * noiseScale
  }

  /// A constant error of the given standard deviation, times `biasScale`.
  mutating func bias(_ deviation: Double) -> Double {
    random.nextGaussian() * deviation * biasScale
  }
}

/// A chip on a simulated I2C bus, at the level of its registers.
///
/// It knows nothing of drivers: it takes the bytes of a write, gives the bytes of a read, and converts on
/// its own clock. The board moves its time and applies faults.
open class SimulatedChip {
  /// The name under which the board knows the chip, and under which faults find it.
  public internal(set) var name = ""
  /// The faults in force now.
  var faults: FaultSet = []
  var imperfection = Imperfection(random: RandomGenerator(seed: 0), noiseScale: 0, biasScale: 0)
  /// The chip's time in ns.
  public internal(set) var now: Int64 = 0
  /// When the chip does something by itself next: a conversion ends, a reset is over. `.max` for never.
  public var nextEvent = Int64.max

  /// The kinds of fault that leave this chip as it is, beside those of lines.
  open var faultsItLacks: Set<FaultKind> { [.flat, .saturated] }

  /// The kinds of fault that change what this chip does.
  var possibleFaults: [FaultKind] {
    FaultKind.allCases.filter { !$0.isOfLines && !$0.isOfReceivers && !faultsItLacks.contains($0) }
  }

  /// What it measures in place of what the board's physics say.
  private var inputs: [PhysicalInput] = []

  /// Takes what it is to measure, or what is to drive it, from now on.
  func take(_ input: PhysicalInput) { inputs.append(input) }

  /// Called when faults have begun or ended, at that time.
  func faultsHaveChanged() {}

  /// The chip behind whose bypass this one hangs; `nil` for one that hangs on the bus itself.
  public var carrier: SimulatedChip?
  /// Whether a chip behind this one is on the bus.
  open var joinsAuxiliaryBus: Bool { true }
  /// Whether the bus reaches the chip.
  final var isReachable: Bool {
    guard let carrier else { return true }
    return carrier.joinsAuxiliaryBus && !carrier.faults.contains(.off)
  }

  /// A chip at power-on.
  public init() {}

  /// Gaussian noise of a standard deviation, drawn from the chip's own source; none on a board without imperfections.
  public final func noise(_ deviation: Double) -> Double { imperfection.noise(deviation) }

  /// A constant error of a standard deviation, for `drawConstants`.
  public final func bias(_ deviation: Double) -> Double { imperfection.bias(deviation) }

  /// Whether a fault is in force now.
  public final func has(_ fault: FaultKind) -> Bool {
    !fault.bit.isEmpty && faults.contains(fault.bit)
  }

  /// Draws the constant errors of this specimen; called once, when the chip is put on a board.
  open func drawConstants() {}

  /// Returns everything volatile to the state after power-on.
  open func reset() {}

  /// Takes the bytes that follow the address in a write.
  open func write(_ bytes: Span<UInt8>) {}

  /// Gives the bytes of a read.
  open func read(into buffer: inout MutableSpan<UInt8>) {}

  /// Does what is due at `nextEvent` (which is also `now`), and sets the next.
  open func handleEvent(_ physics: borrowing PhysicalState) { nextEvent = .max }

  /// Lets time pass until `time`.
  final func advance(to time: Int64, physics: borrowing PhysicalState) {
    while nextEvent <= time {
      now = nextEvent
      if inputs.isEmpty {
        handleEvent(physics)
      } else {
        var own = copy physics
        for input in inputs { input.apply(to: &own, at: now) }
        handleEvent(own)
      }
    }
    now = time
  }

  /// `nominal` ns of conversion as they pass on this chip now: ten times as many under the fault `slow`.
  public final func conversionTime(_ nominal: Int64) -> Int64 {
    faults.contains(.slow) ? nominal &* 10 : nominal
  }
}

extension Double {
  /// The nearest whole number between `low` and `high`, as a chip's saturating converter gives it.
  func quantized(_ low: Int, _ high: Int) -> Int {
    if self <= Double(low) { return low }
    if self >= Double(high) { return high }
    if isNaN { return 0 }
    return Int(self < 0 ? self - 0.5 : self + 0.5)
  }
}
