import HardwareInterfaces
import VehicleConfiguration

/// Runs one procedure on readings from a source, and tells whoever moves the vehicle what to do.
struct CalibrationSession {
  /// Where the readings come from.
  let source: any CalibrationSource
  /// Who moves the vehicle.
  let listener: RunListener
  /// Time in s without a reading after which the sensor counts as missing.
  private static let longestSilence = 3.0

  /// What the procedure finds. `sensor` gives the count of the readings that it waits for.
  func run<Procedure: CalibrationProcedure>(
    _ procedure: Procedure, watching sensor: (CalibrationReadings) -> UInt32
  ) throws -> Procedure.Result {
    var procedure = procedure
    var (seen, lastSeen): (UInt32, MonotonicTime?) = (0, nil)
    var (progress, lastProgress): (Double, MonotonicTime?) = (0, nil)
    var (instruction, shown) = ("", "")
    defer { listener.endProgress() }
    while let (readings, now) = try source.next() {
      let count = sensor(readings)
      if count != seen || lastSeen == nil { (seen, lastSeen) = (count, now) }
      if let lastSeen, Double(now.nanoseconds(since: lastSeen)) * 1e-9 > Self.longestSilence {
        throw CalibrationRefusal(
          .noReadings, "there are no readings" + (seen == 0 ? "" : " any more"), remedy: remedy)
      }
      try procedure.take(readings)
      if let result = procedure.result { return result }
      if procedure.progress > progress || lastProgress == nil {
        (progress, lastProgress) = (procedure.progress, now)
      }
      if let lastProgress, Double(now.nanoseconds(since: lastProgress)) * 1e-9 > procedure.patience {
        throw procedure.refusal
      }
      if listener.progress != nil, procedure.instruction != instruction {
        instruction = procedure.instruction
        listener.note(instruction)
      }
      let text = "\(Int(procedure.progress * 100)) %  \(procedure.note)"
      if text != shown {
        listener.progress?(text)
        shown = text
      }
    }
    throw seen == 0
      ? CalibrationRefusal(.noReadings, "there are no readings", remedy: remedy) : procedure.refusal
  }

  private var remedy: String {
    let complaints = source.complaints
    return complaints.isEmpty ? "check the sensor's wiring and address" : complaints.joined(separator: "\n  ")
  }
}
