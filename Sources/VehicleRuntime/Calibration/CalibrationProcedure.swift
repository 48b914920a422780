import HardwareInterfaces
import VehicleConfiguration

/// Gathers what a calibration needs from readings as they come, and says what is to be done with the vehicle meanwhile.
///
/// The readings are as the chips give them, in the sensors' axes (`Configuration.forCalibration`).
public protocol CalibrationProcedure {
  /// What is found.
  associatedtype Result

  /// Takes in what is new. Throws when going on is no use.
  mutating func take(_ readings: CalibrationReadings) throws(CalibrationRefusal)
  /// What was found; `nil` while it goes on.
  var result: Result? { get }
  /// What is to be done with the vehicle now.
  var instruction: String { get }
  /// What was seen last, for whoever handles it; empty when there is nothing to say.
  var note: String { get }
  /// How far it is, 0 to 1.
  var progress: Double { get }
  /// Time in s without progress after which it is no use to wait.
  var patience: Double { get }
  /// Why there is no result, when the readings end here.
  var refusal: CalibrationRefusal { get }
}
