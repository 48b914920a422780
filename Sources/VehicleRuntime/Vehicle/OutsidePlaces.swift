import HardwareInterfaces
import Signals
import VehicleConfiguration

/// Where what comes from outside and from no bus lies in a frame: the tick's times, what is asked for, lines.
public struct OutsidePlaces: BitwiseCopyable, Sendable {
  private let number: SignalIndex<UInt64>?
  private let time, elapsed: SignalIndex<Int64>?
  private let missed: SignalIndex<UInt32>?
  private let asked: SetpointPlaces
  private let killSwitch, flown, ending: SignalIndex<Bool>?
  private let fault: SignalIndex<UInt8>?

  /// The places in the frames of a table.
  public init(_ table: SignalTable) {
    (number, missed) = (table.index(of: "tick.number"), table.index(of: "tick.missed"))
    (time, elapsed) = (table.index(of: "tick.time"), table.index(of: "tick.elapsed"))
    asked = SetpointPlaces(table, owner: "setpoint")
    (killSwitch, flown) = (table.index(of: "lines.kill_switch"), table.index(of: "recording.flown"))
    ending = table.index(of: "run.ending")
    fault = table.index(of: "actuators.fault")
  }

  /// Puts the times of a tick into a frame.
  public func put(_ start: LoopSchedule.Start, _ frame: Frame) {
    frame.put(start.tick, number)
    frame.put(start.time.nanoseconds, time)
    frame.put(start.elapsed, elapsed)
    frame.put(start.missed, missed)
  }

  /// Takes what the vehicle is asked for out of a frame.
  public func setpoint(_ frame: Frame) -> Setpoint { asked.take(frame) }

  /// Says whether the kill switch is pulled.
  public func put(killSwitch isPulled: Bool, _ frame: Frame) { frame.put(isPulled, killSwitch) }

  /// Says whether the program was asked to end.
  public func put(isEnding: Bool, _ frame: Frame) { frame.put(isEnding, ending) }

  /// Says whether the actuators follow, and would be made safe if this process died.
  public func put(actuatorFault value: DeviceFault, _ frame: Frame) { frame.put(value.rawValue, fault) }

  /// Says whether the motors turn although this program did not arm them: so it is in the recording of another autopilot, for
  /// the estimator. False for every vehicle that this program flies.
  public func put(othersFly: Bool, _ frame: Frame) { frame.put(othersFly, flown) }
}

/// Where what a vehicle is asked for lies in a frame: behind the name of whoever asks.
public struct SetpointPlaces: BitwiseCopyable, Sendable {
  private let roll, pitch, yawRate, altitude, speed: SignalIndex<Float>?
  private let arm: SignalIndex<Bool>?

  /// The places in the frames of a table, of the signals whose names begin with `owner`.
  public init(_ table: SignalTable, owner: String) {
    (roll, pitch) = (table.index(of: "\(owner).roll"), table.index(of: "\(owner).pitch"))
    (yawRate, altitude) = (table.index(of: "\(owner).yaw_rate"), table.index(of: "\(owner).altitude"))
    (speed, arm) = (table.index(of: "\(owner).speed"), table.index(of: "\(owner).arm"))
  }

  /// Puts what is asked for into a frame.
  public func put(_ setpoint: Setpoint, _ frame: Frame) {
    frame.put(setpoint.roll, roll)
    frame.put(setpoint.pitch, pitch)
    frame.put(setpoint.yawRate, yawRate)
    frame.put(setpoint.altitude, altitude)
    frame.put(setpoint.speed, speed)
    frame.put(setpoint.arm, arm)
  }

  /// Takes what is asked for out of a frame.
  public func take(_ frame: Frame) -> Setpoint {
    Setpoint(
      roll: frame.value(roll) ?? 0, pitch: frame.value(pitch) ?? 0, yawRate: frame.value(yawRate) ?? 0,
      altitude: frame.value(altitude) ?? 0, speed: frame.value(speed) ?? 0, arm: frame.value(arm) ?? false)
  }
}

extension Frame {
  /// The value where the vehicle has a signal for it.
  @inlinable
  public func value<Value: SignalValue>(_ place: SignalIndex<Value>?) -> Value? { place.map { self[$0] } }

  /// Puts a value where the vehicle has a signal for it.
  @inlinable
  public func put<Value: SignalValue>(_ value: Value, _ place: SignalIndex<Value>?) {
    if let place { self[place] = value }
  }
}
