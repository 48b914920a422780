import Signals

/// Where what goes to the actuators lies in a frame.
public struct ActuationPlaces: BitwiseCopyable, Sendable {
  private let armed: SignalIndex<Bool>?
  private let pulses: InlineArray<8, SignalIndex<Float>?>
  private let left, right: SignalIndex<Float>?

  /// The places of a configuration's motors in the frames of a table.
  public init(_ configuration: Configuration, _ table: SignalTable) {
    armed = table.index(of: "safety.armed")
    var pulses = InlineArray<8, SignalIndex<Float>?>(repeating: nil)
    for (place, name) in zip(pulses.indices, configuration.pulseSignals) {
      pulses[place] = table.index(of: name)
    }
    self.pulses = pulses
    (left, right) = (table.index(of: "motors.left"), table.index(of: "motors.right"))
  }

  /// Whether a motor may turn.
  public func isArmed(_ frame: Frame) -> Bool { frame.value(armed) ?? false }

  /// The pulse of a motor in µs, by its place in `actuators.motors`.
  public func pulse(_ motor: Int, _ frame: Frame) -> Float {
    motor >= 0 && motor < pulses.count ? frame.value(pulses[motor]) ?? 0 : 0
  }

  /// The duties of two bridges, −1 to 1; `nil` while no motor may turn.
  public func duties(_ frame: Frame) -> (left: Float, right: Float)? {
    isArmed(frame) ? (frame.value(left) ?? 0, frame.value(right) ?? 0) : nil
  }

  /// Makes a frame say what is safe: nothing armed, the motors' safe pulses.
  public func makeSafe(_ configuration: Configuration, _ frame: Frame) {
    frame.put(false, armed)
    for (place, motor) in zip(pulses.indices, configuration.actuators.motors) {
      frame.put(Float(motor.safeMicroseconds), pulses[place])
    }
  }
}
