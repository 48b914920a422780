import Devices
import HardwareInterfaces

/// The bridges of the left and the right motor, as a tick's output drives them.
///
/// Where a chip on a bus makes the pulses, `Pulses` is `PulsesOnBus`, and only the direction lines are driven here.
public struct BridgePair<Line: DigitalOutput & ~Copyable, Pulses: PulseOutput & ~Copyable>: ~Copyable {
  private var left, right: TB6612<Line, Pulses>

  /// Bridges of which nothing is known yet.
  public init(left: consuming TB6612<Line, Pulses>, right: consuming TB6612<Line, Pulses>) {
    self.left = left
    self.right = right
  }

  /// Drives both motors with the duties of `output`; opens both bridges unless it enables the motors.
  ///
  /// After an error both bridges are opened, as far as their lines obey, and the first error is thrown.
  public mutating func apply(_ output: TickOutput) throws(LineError) {
    guard output.enable else {
      if left.direction != .open || right.direction != .open { try open() }
      return
    }
    do throws(LineError) {
      try left.set(duty: output.motors[0])
      try right.set(duty: output.motors[1])
    } catch {
      do throws(LineError) { try open() } catch {}
      throw error
    }
  }

  /// Opens both bridges; the first error is thrown when both were tried.
  public mutating func open() throws(LineError) {
    var failure: LineError?
    do throws(LineError) { try left.open() } catch { failure = error }
    do throws(LineError) { try right.open() } catch { failure = failure ?? error }
    if let failure { throw failure }
  }
}
