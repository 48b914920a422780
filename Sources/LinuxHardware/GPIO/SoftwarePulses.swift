/// What hangs on a line that is pulsed by software.
public enum PulsedLoad: Sendable {
  /// A lamp, a relay, a heater: something that takes no harm from pulses of uneven length.
  case slow
  /// A servo.
  case servo
  /// A motor's speed controller.
  case speedController
}

/// Pulses that a thread makes on a line: for slow loads only.
///
/// A pulse is as uneven as the thread's wake-ups. A lamp does not care; of a servo's 1 ms range of pulses 10 µs are a
/// hundredth, and a late wake-up of some ms is full throttle.
public struct SoftwarePulses: BitwiseCopyable, Sendable {
  /// Most pulses per second.
  public static let largestRate = 10.0

  /// Time from pulse to pulse, and length of a pulse, in ns.
  public let period, width: Int64

  /// Pulses of `rate` Hz that last the share `duty` (0 to 1) of each period.
  public init(rate: Double, duty: Double, load: PulsedLoad) throws(LinuxError) {
    switch load {
    case .slow: break
    case .servo, .speedController:
      throw LinuxError(
        "software pulses cannot drive a \(load == .servo ? "servo" : "speed controller"): they are as uneven as the "
          + "scheduler, and 10 µs of a 1 to 2 ms pulse are a hundredth of the range",
        remedy: "Use a PCA9685, or the kernel's PWM.")
    }
    guard rate > 0, rate <= Self.largestRate, duty >= 0, duty <= 1 else {
      throw LinuxError(
        "software pulses of \(rate) Hz with duty \(duty): possible are up to \(Self.largestRate) Hz and 0 to 1",
        remedy: "Use a PCA9685, or the kernel's PWM, for faster pulses.")
    }
    period = Int64(1e9 / rate)
    width = Int64(1e9 / rate * duty)
  }

  /// Whether the line is active at `time`.
  public func isActive(at time: Int64) -> Bool { phase(time) < width }

  /// When the level next changes after `time`; `nil` when it never does.
  public func nextChange(after time: Int64) -> Int64? {
    guard width > 0, width < period else { return nil }
    let phase = phase(time)
    return time &- phase &+ (phase < width ? width : period)
  }

  private func phase(_ time: Int64) -> Int64 {
    let rest = time % period
    return rest < 0 ? rest + period : rest
  }
}
