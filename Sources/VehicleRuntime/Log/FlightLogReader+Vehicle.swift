import FlightLog
import Signals
import VehicleConfiguration

extension FlightLogReader {
  /// Opens the log at `path`; throws `LogError` when it is no log of Ganglion, or not of this version.
  public init(path: String) throws(LogError) {
    try self.init(LogBytes(path: path))
  }

  /// Opens a log in memory.
  public init(_ bytes: LogBytes) throws(LogError) {
    try self.init(MCAPOutline(bytes))
  }

  /// Opens a log whose outline is known.
  public init(_ outline: MCAPOutline) throws(LogError) {
    try self.init(outline, signals: FlightLogContent.signals(of:))
  }
}

extension RecordingReader {
  /// The sensors' samples in a recording of any format; throws `LogError` for a file that is none, or has no gyroscope and
  /// accelerometer.
  public static func read(bytes: LogBytes) throws(LogError) -> SensorRecording {
    try read(bytes: bytes, signals: FlightLogContent.signals(of:))
  }
}

extension SensorRecording {
  /// What somebody recorded of a vehicle with ROS 2, as MCAP; a log of Ganglion is such a recording too.
  public init(_ outline: MCAPOutline) throws(LogError) {
    try self.init(outline, signals: FlightLogContent.signals(of:))
  }
}

extension FlightLogContent {
  /// The signals of the vehicle that flew, by its configuration.
  static func signals(of content: FlightLogContent) throws(LogError) -> SignalTable {
    try content.signals()
  }

  private func signals() throws(LogError) -> SignalTable {
    var reason = "it is not UTF-8 text"
    if let text = String(validating: configuration, as: UTF8.self),
      let calibration = String(validating: calibration, as: UTF8.self)
    {
      do {
        let tables = try VehicleTables.load(
          text: text, directory: nil, calibration: calibration.isEmpty ? nil : calibration,
          hasNetwork: models[FlightLogMetadata.mainNetwork] != nil)
        // How much state a network has only the model tells.
        return tables.log.networkStateEvery == 0
          ? try tables.table() : try LoadedVehicle(self).makeTable()
      } catch {
        reason = "\(error)".replacing("\n", with: "; ")
      }
    }
    throw LogError(
      .unsupported, "the configuration in the log cannot be read: \(reason)",
      remedy: "Use a log written by `ganglion run` of this version.")
  }
}
