import VehicleRuntime

extension ReplayOutcome {
  /// A line for people.
  var text: String {
    if let difference {
      return """
        replayed \(ticks) ticks: tick \(difference.tick) differs in \(difference.field.field)
          recorded \(difference.field.recorded)
          replayed \(difference.field.replayed)
        """
    }
    if let interruption {
      return "replayed \(ticks) ticks: identical so far, NOT REPRODUCIBLE from here on: \(interruption)"
    }
    let lost = lostBefore.map { "; the log was recovered, and \($0) bytes of it are lost" } ?? ""
    let early = endedEarly.map { "; the log ended before its run: \($0)" } ?? ""
    return "replayed \(ticks) ticks: identical\(lost)\(early)"
  }

  func json(seconds: Double) -> [String: Any] {
    var object: [String: Any] = [
      "ticks": ticks, "identical": isIdentical, "seconds": seconds,
      "ticks_per_second": seconds > 0 ? Double(ticks) / seconds : 0,
    ]
    if let difference {
      object["first_difference"] = [
        "tick": difference.tick, "field": difference.field.field, "recorded": difference.field.recorded,
        "replayed": difference.field.replayed,
      ]
    }
    if let interruption { object["interruption"] = interruption }
    if let endedEarly { object["log_ended_early"] = endedEarly }
    if let lostBefore { object["lost_before_recovery_bytes"] = lostBefore }
    return object
  }
}
