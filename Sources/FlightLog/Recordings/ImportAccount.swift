/// What an importer took from a file made elsewhere, and what it left out, and why: one notion for every format.
///
/// Every row of every topic that holds a known quantity is in exactly one of `Topic.used` and `Topic.leftOut`; what is no
/// row (damage, messages with odd content) is in `skipped`. Nothing is dropped without a count under a reason.
public struct ImportAccount: Equatable, Sendable {
  /// A count of rows or messages under the reason for which they were left out.
  public struct Loss: Equatable, Sendable {
    /// Why, in a few words that read after a number: "rows with a time that goes back".
    public var reason: String
    /// How many.
    public var count: Int

    /// A count from its parts.
    public init(reason: String, count: Int) { (self.reason, self.count) = (reason, count) }
  }

  /// A topic of the file that could serve a quantity.
  public struct Topic: Equatable, Sendable {
    /// Its name in the file.
    public var name: String
    /// Its instance, where the format numbers them; 0 for the first.
    public var instance: Int
    /// What it measures.
    public var quantity: RecordedQuantity
    /// Its rows in the file.
    public var rows: Int
    /// Rows that became samples; 0 when another topic was chosen.
    public var used: Int
    /// Samples a second over the topic's own length, as the median of its steps gives it; `nil` for fewer than two.
    public var rate: Double?
    /// Rows that did not become samples.
    public var leftOut: [Loss]
    /// Whether the quantity comes from here.
    public var isChosen: Bool
    /// Why it was chosen, or why another was: "highest rate of valid rows", "1 Hz, vehicle_air_data has 20 Hz".
    public var why: String
    /// Rows that became samples, with something in the place of a number that cannot be one.
    public var standIns: [Loss]

    /// A topic from its parts.
    public init(
      name: String, instance: Int = 0, quantity: RecordedQuantity, rows: Int, used: Int = 0,
      rate: Double? = nil,
      leftOut: [Loss] = [], isChosen: Bool, why: String, standIns: [Loss] = []
    ) {
      (self.name, self.instance, self.quantity) = (name, instance, quantity)
      (self.rows, self.used, self.rate, self.leftOut) = (rows, used, rate, leftOut)
      (self.isChosen, self.why, self.standIns) = (isChosen, why, standIns)
    }
  }

  /// The file's format in words: "PX4 ULog", "ArduPilot DataFlash", "ROS 2 MCAP".
  public var format: String
  /// Topics that hold a known quantity, chosen ones first.
  public var topics: [Topic] = []
  /// Messages that are no rows of those topics: damaged, of an unknown kind, with content that does not fit.
  public var skipped: [Loss] = []
  /// What a reader of the result has to know, a sentence each: "9 inertial rows a second are too few for …".
  public var notes: [String] = []

  /// An empty account of a file of a format.
  public init(format: String) { self.format = format }
}

/// What a recording can hold that a vehicle of ours measures, or that its estimate is judged by.
public enum RecordedQuantity: String, CaseIterable, Sendable {
  /// Gyroscope and accelerometer.
  case inertial
  /// Absolute pressure.
  case pressure
  /// Distance to the ground.
  case range
  /// The battery's voltage and current.
  case power
  /// Magnetic flux density.
  case magneticField
  /// The recording autopilot's own attitude, to compare with.
  case attitude
  /// Whether the motors were armed.
  case armed
  /// What a network saw, after scaling.
  case networkInputs = "network inputs"
}
