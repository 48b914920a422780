import HardwareInterfaces
import PortableMath

/// What somebody else's vehicle measured, as samples of Ganglion's sensors in order of time, from any format.
///
/// Times are the recording's own clock in ns and strictly increase within a quantity. Axes are forward, right, down.
public struct SensorRecording: Sendable {
  /// A sample and when it was taken.
  public struct Timed<Sample: Sendable>: Sendable {
    /// When it was taken.
    public var time: MonotonicTime
    /// What was measured.
    public var sample: Sample

    /// A sample from its parts.
    public init(time: MonotonicTime, sample: Sample) { (self.time, self.sample) = (time, sample) }
  }

  /// A time in which the recorder could not write.
  public struct Dropout: Equatable, Sendable {
    /// The recording's time before it in ns.
    public var after: Int64
    /// Its length in ms.
    public var milliseconds: Int

    /// A dropout from its parts.
    public init(after: Int64, milliseconds: Int) { (self.after, self.milliseconds) = (after, milliseconds) }
  }

  /// Gyroscope and accelerometer.
  public var inertial: [Timed<InertialSample>] = []
  /// Barometer.
  public var pressure: [Timed<PressureSample>] = []
  /// Range finder.
  public var range: [Timed<RangeSample>] = []
  /// Battery.
  public var power: [Timed<PowerSample>] = []
  /// Magnetometer.
  public var magneticField: [Timed<MagneticSample>] = []
  /// The recording autopilot's own attitude: rotation from body to north-east-down.
  public var attitude: [Timed<Quaternion>] = []
  /// Changes of armed and disarmed.
  public var armed: [Timed<Bool>] = []
  /// Times in which nothing was recorded.
  public var dropouts: [Dropout] = []
  /// What was used, left out and why.
  public var account: ImportAccount

  /// An empty recording of a format.
  public init(format: String) { account = ImportAccount(format: format) }
}
