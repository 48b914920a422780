import HardwareInterfaces

/// A radio's receiver on a board: a serial line with a transmitter at its other end, and the faults that they can have.
///
/// It is no chip on a bus; being one of the board's gives it a name by which faults find it.
public final class SimulatedRadio: SimulatedChip {
  /// The line that the vehicle reads.
  public let line: SimulatedSerialLine

  /// A radio whose receiver's port has these settings; what goes wrong on its line follows from a seed.
  public init(settings: SerialSettings, seed: UInt64) {
    line = SimulatedSerialLine(settings: settings, seed: seed)
    super.init()
  }

  override var possibleFaults: [FaultKind] {
    FaultKind.allCases.filter {
      $0 == .off || $0 == .garbage || $0 == .nack || $0 == .slow || $0.isOfReceivers
    }
  }

  override func faultsHaveChanged() {
    line.isGone = faults.contains(.off)
    line.transmitter?.link = faults.contains(.silent) ? .silent : faults.contains(.linkLost) ? .lost : .up
    var trouble = SerialTrouble()
    if faults.contains(.garbage) { trouble.flipped = 0.1 }
    if faults.contains(.nack) { (trouble.lost, trouble.duplicated) = (0.05, 0.05) }
    if faults.contains(.slow) { trouble.paused = 0.02 }
    trouble.isFlooded = faults.contains(.flooded)
    line.trouble = trouble
  }
}
