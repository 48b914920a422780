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
  /// The usual step in ns of the accelerometer, where its readings stand between those of a gyroscope of its own times.
  public internal(set) var accelerometerStep: Int64?
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

extension SensorRecording {
  /// Leaves out what was measured a second or more before or behind the inertial rows: no tick could see it. Counted in the account.
  /// Dropouts outside of that time are no gaps in it.
  public mutating func leaveOutRows(from start: MonotonicTime, to end: MonotonicTime) {
    let margin: Int64 = 1_000_000_000
    let (first, last) = (start.advanced(nanoseconds: -margin), end.advanced(nanoseconds: margin))
    func keep<Sample>(_ rows: inout [Timed<Sample>], _ quantity: RecordedQuantity) {
      let before = rows.count
      // What armed it may lie far before.
      rows.removeAll { ($0.time < first && quantity != .armed) || $0.time > last }
      let lost = before - rows.count
      guard lost > 0, let place = account.topics.firstIndex(where: { $0.quantity == quantity && $0.isChosen })
      else { return }
      // Of changes fewer are kept than there were rows.
      let counted = quantity == .armed && rows.isEmpty ? account.topics[place].used : lost
      account.topics[place].used = max(account.topics[place].used - counted, 0)
      account.topics[place].leftOut.append(
        ImportAccount.Loss(reason: "outside the time of the inertial rows", count: counted))
    }
    keep(&pressure, .pressure)
    keep(&range, .range)
    keep(&power, .power)
    keep(&magneticField, .magneticField)
    keep(&attitude, .attitude)
    keep(&armed, .armed)
    leaveOutDropouts(
      at: Set(
        dropouts.indices.filter {
          dropouts[$0].after < start.nanoseconds || dropouts[$0].after > end.nanoseconds
        }))
  }

  /// Leaves out dropouts that are none of the part that is used, and says how many.
  mutating func leaveOutDropouts(at places: Set<Int>) {
    guard !places.isEmpty else { return }
    let before = dropouts.count
    dropouts = dropouts.indices.filter { !places.contains($0) }.map { dropouts[$0] }
    account.notes.append(
      "\(places.count) of \(before) dropouts are outside of the inertial rows that are used")
  }
}
