import ULogBuilding

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
