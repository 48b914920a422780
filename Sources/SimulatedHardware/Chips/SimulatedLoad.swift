/// What hangs at a wire that no chip of a bus drives: a motor behind a bridge, a relay at a line, a servo at a pulse output of the processor.
/// It is there to fail: what reaches it passes through.
public final class SimulatedLoad: SimulatedChip {
  /// Whether it hangs at a line, which can be stuck at a level.
  private let isAtLine: Bool
  private var kept: Double?
  private var keptDrive: SimulatedTB6612.Drive?

  /// A load at a line, or at another wire.
  init(isAtLine: Bool) { self.isAtLine = isAtLine }

  override var possibleFaults: [FaultKind] {
    [.off, .stuck] + (isAtLine ? [.stuckActive, .stuckInactive] : [])
  }

  /// What gets through of a value.
  func pass(_ value: Double) -> Double {
    kept = faults.contains(.stuck) ? kept ?? value : nil
    if faults.contains(.off) || faults.contains(.stuckInactive) { return 0 }
    return faults.contains(.stuckActive) ? 1 : kept ?? value
  }

  /// What gets through of what a bridge does.
  func pass(_ drive: SimulatedTB6612.Drive) -> SimulatedTB6612.Drive {
    keptDrive = faults.contains(.stuck) ? keptDrive ?? drive : nil
    return faults.contains(.off) ? .open : keptDrive ?? drive
  }
}
