import ULogBuilding
import VehicleRuntime

@testable import FlightLog

extension ULogBuilder {
  var file: ULogFile {
    get throws { try ULogFile(LogBytes(bytes)) }
  }
}

extension ULogFile {
  /// All values at `path` of `topic`.
  func column(_ path: String, _ topic: String, instance: Int = 0) -> [ULogNumber] {
    guard let subscription = subscription(topic, instance: instance),
      let field = field(path, of: subscription)
    else { return [] }
    return (0..<subscription.count).compactMap { value(field, $0, of: subscription) }
  }
}

/// A log as PX4 writes it now, without a barometer: one inertial row each 4 ms.
func modernLog(rows: Int = 5, instance: UInt8 = 0) -> ULogBuilder {
  var log = ULogBuilder()
  log.combinedTopic(id: 0, instance: instance)
  for row in 0..<rows { log.combined(id: 0, time: 4000 * UInt64(row + 1), rate: [Float(row % 100), 2, 3]) }
  return log
}

func readRecording(_ log: ULogBuilder) throws(LogError) -> SensorRecording {
  try RecordingReader.read(bytes: LogBytes(log.bytes))
}

func topic(
  _ recording: SensorRecording, _ name: String, _ quantity: RecordedQuantity, instance: Int = 0
) -> ImportAccount.Topic? {
  recording.account.topics.first { $0.name == name && $0.quantity == quantity && $0.instance == instance }
}

extension [ImportAccount.Loss] {
  /// How many were left out, by the reason.
  var counts: [String: Int] { Dictionary(map { ($0.reason, $0.count) }, uniquingKeysWith: +) }
}

func chosen(_ recording: SensorRecording, _ quantity: RecordedQuantity) -> [String] {
  recording.account.topics.filter { $0.quantity == quantity && $0.isChosen }.map {
    "\($0.name) \($0.instance)"
  }
}
