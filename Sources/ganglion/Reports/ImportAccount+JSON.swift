import FlightLog

extension ImportAccount {
  /// The account as a JSON object; rates in Hz.
  var json: [String: Any] {
    [
      "format": format, "topics": topics.map(\.json), "skipped": skipped.map(\.json), "notes": notes,
    ]
  }
}

extension ImportAccount.Loss {
  fileprivate var json: [String: Any] { ["reason": reason, "count": count] }
}

extension ImportAccount.Topic {
  fileprivate var json: [String: Any] {
    var object: [String: Any] = [
      "name": name, "instance": instance, "quantity": quantity.rawValue, "rows": rows, "used": used,
      "left_out": leftOut.map(\.json), "stand_ins": standIns.map(\.json), "chosen": isChosen, "why": why,
    ]
    if let rate { object["rate_hz"] = rate }
    return object
  }
}
