import ControlLoop
import Foundation
import SimulatedHardware

/// How well a simulated flight followed its setpoints, judged on what is true, not on what is estimated.
struct FlightScore {
  private(set) var samples = 0
  private var tiltSquares = 0.0
  private var altitudeSquares = 0.0
  /// Why the vehicle crashed, if it did.
  private(set) var crash = QuadrotorCrash.none
  /// Whether the vehicle was still armed at the end of the time that counts.
  private(set) var stayedArmed = true

  /// Counts one tick of the time that counts.
  mutating func add(_ truth: QuadrotorTruth, setpoint: Setpoint, isArmed: Bool) {
    let euler = truth.attitude.eulerAngles
    let (roll, pitch) = (euler.roll - Double(setpoint.roll), euler.pitch - Double(setpoint.pitch))
    tiltSquares += roll * roll + pitch * pitch
    let height = truth.altitude - Double(setpoint.altitude)
    altitudeSquares += height * height
    samples += 1
    if !isArmed { stayedArmed = false }
  }

  /// Notes a crash at any time.
  mutating func note(crash: QuadrotorCrash) {
    if crash != .none { self.crash = crash }
  }

  /// Root mean square of the roll and pitch errors taken together, in degrees.
  var attitudeRMS: Double {
    samples == 0 ? .infinity : (tiltSquares / Double(samples)).squareRoot() * 180 / .pi
  }

  /// Root mean square of the altitude error in m.
  var altitudeRMS: Double { samples == 0 ? .infinity : (altitudeSquares / Double(samples)).squareRoot() }

  /// Whether the flight counts as held.
  func isHeld(_ evaluation: Configuration.Evaluation) -> Bool {
    crash == .none && stayedArmed && samples > 0
      && attitudeRMS * .pi / 180 <= evaluation.attitudeRMS && altitudeRMS <= evaluation.altitudeRMS
  }
}
