import Signals

/// Reads what other people's vehicles recorded, whatever the format.
public enum RecordingReader {
  private struct Format: Sendable {
    var isOne: @Sendable (LogBytes) -> Bool
    var read: @Sendable (LogBytes, TickSignals) throws(LogError) -> SensorRecording
  }

  /// The formats, told by how a file begins: a line each.
  private static let formats = [
    Format(isOne: ULogFile.isOne) { bytes, _ throws(LogError) in try SensorRecording(ULogFile(bytes)) },
    Format(isOne: MCAPOutline.isOne) { bytes, signals throws(LogError) in
      try SensorRecording(MCAPOutline(bytes), signals: signals)
    },
    Format(isOne: DataFlashFile.isOne) { bytes, _ throws(LogError) in
      try SensorRecording(DataFlashFile(bytes))
    },
  ]

  /// The sensors' samples in a recording of any format; throws `LogError` for a file that is none, or has no gyroscope and
  /// accelerometer.
  ///
  /// - Parameter signals: Gives the signals of what flew in a log of Ganglion.
  public static func read(
    bytes: LogBytes, signals: TickSignals
  ) throws(LogError) -> SensorRecording {
    for format in formats where format.isOne(bytes) { return try format.read(bytes, signals) }
    try bytes.checkFailure()
    throw bytes.refusal(
      wanted: "a recording",
      elseRemedy: "Name a log of PX4 (.ulg) or ArduPilot (.bin), or a recording of ROS 2 (.mcap).")
  }
}
