import Devices
import HardwareInterfaces

/// The bridges of the left and the right motor.
///
/// Where a chip on a bus makes the pulses, `Pulses` is `PulsesOnBus`, and only the direction lines are driven here.
public struct BridgePair<Line: DigitalOutput & ~Copyable, Pulses: PulseOutput & ~Copyable>: ~Copyable {
  private var left, right: TB6612<Line, Pulses>

  /// Bridges of which nothing is known yet.
  public init(left: consuming TB6612<Line, Pulses>, right: consuming TB6612<Line, Pulses>) {
    self.left = left
    self.right = right
  }

  /// Drives both motors with duties, −1 to 1; opens both bridges without any.
  ///
  /// After an error both bridges are opened, as far as their lines obey, and the first error is thrown.
  public mutating func apply(_ duties: (left: Float, right: Float)?) throws(LineError) {
    guard let duties else {
      if left.direction != .open || right.direction != .open { try open() }
      return
    }
    do throws(LineError) {
      try left.set(duty: duties.left)
      try right.set(duty: duties.right)
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
