import ControlLoop
import Devices
import HardwareInterfaces
import LinuxHardware

/// The direction lines of a vehicle with H bridges and, when the kernel's PWM makes them, their pulses.
///
/// All lines begin inactive, the bridges open. With pulses from a chip on a bus only the lines are driven here.
final class BridgeOutputs: @unchecked Sendable {
  // Sendable: all but `openFromOutside`, which uses only what does not change, is for the loop alone.
  /// The direction lines.
  let lines: [OutputLine]
  /// No pulses, where the kernel makes them.
  let safePulses: [SafePulse]
  // One of them. Only the loop touches them, one call at a time, and a tick has no time to have that checked.
  @exclusivity(unchecked) private var onBus: BridgePair<OutputLine, PulsesOnBus>?
  @exclusivity(unchecked) private var kernel: BridgePair<OutputLine, SysfsPulseOutput>?
  private var areOpen = false

  /// Takes the lines of a configuration's bridges; `nil` for a vehicle without any.
  init?(
    _ actuators: Configuration.Actuators, files: SystemFiles,
    line: (Configuration.Line) throws(LinuxError) -> OutputLine
  ) throws(LinuxError) {
    let bridges = actuators.motors.compactMap(\.bridge)
    guard bridges.count == 2 else { return nil }
    let lines = [
      try line(bridges[0].forward), try line(bridges[0].reverse), try line(bridges[1].forward),
      try line(bridges[1].reverse),
    ]
    self.lines = lines
    let rate = Float(actuators.driver.actualRate)
    guard let name = actuators.driver.pwmChip else {
      onBus = BridgePair(
        left: TB6612(forward: lines[0], reverse: lines[1], pulses: PulsesOnBus(), rate: rate),
        right: TB6612(forward: lines[2], reverse: lines[3], pulses: PulsesOnBus(), rate: rate))
      safePulses = []
      return
    }
    let chip = try PWMChips(files).find(name)
    func pulses(_ motor: Int) throws(LinuxError) -> SysfsPulseOutput {
      try SysfsPulseOutput(
        chip, channel: actuators.motors[motor].channel, rate: Double(actuators.driver.rateHz), safe: 0,
        files: files)
    }
    let left = try pulses(0)
    let right = try pulses(1)
    safePulses = [left.safePulse, right.safePulse]
    kernel = BridgePair(
      left: TB6612(forward: lines[0], reverse: lines[1], pulses: left, rate: rate),
      right: TB6612(forward: lines[2], reverse: lines[3], pulses: right, rate: rate))
  }

  /// Drives the motors with duties, −1 to 1, or opens the bridges without any. `false` when a line or
  /// a pulse output was refused; all are open then, as far as they obey.
  func apply(_ duties: (left: Float, right: Float)?) -> Bool {
    // Open bridges stay so: a line may take a millisecond.
    guard duties != nil || !areOpen else { return true }
    do throws(LineError) {
      areOpen = false
      if kernel != nil { try kernel?.apply(duties) } else { try onBus?.apply(duties) }
      areOpen = duties == nil
      return true
    } catch {
      return false
    }
  }

  /// Opens the bridges whatever the loop does at the same time: it opens them again by itself once it goes on. Returns
  /// whether all lines and pulses have accepted.
  func openFromOutside() -> Bool {
    var areOpen = true
    for pulse in safePulses { areOpen = pulse.set() && areOpen }
    for line in lines {
      do throws(LineError) {
        try line.set(false)
      } catch {
        // The others are opened nevertheless.
        areOpen = false
      }
    }
    return areOpen
  }
}
