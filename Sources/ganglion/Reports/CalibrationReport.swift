import FlightLog
import Foundation
import PortableMath
import VehicleConfiguration
import VehicleRuntime

/// What a calibration found, for people and for machines.
struct CalibrationReport {
  private let job: CalibrationJob
  private let parts: [CalibratedPart]
  private let refusal: (part: CalibratedPart, reason: CalibrationRefusal)?

  private let accounts: [(part: CalibratedPart, account: ImportAccount)]

  /// What `job` found of `parts`, up to the one that was refused; of each that a log was read for, its account.
  init(
    _ job: CalibrationJob, _ parts: [CalibratedPart], refusal: (CalibratedPart, CalibrationRefusal)? = nil,
    accounts: [(part: CalibratedPart, account: ImportAccount)] = []
  ) {
    self.job = job
    self.accounts = accounts
    self.refusal = refusal
    self.parts = refusal.map { refused in Array(parts.prefix { $0 != refused.0 }) } ?? parts
  }

  private var inertial: ChipCalibration { job.calibration[job.configuration.sensors.imu.location] }
  private var magnetic: MagnetometerCalibration? {
    job.configuration.sensors.magnetometer.flatMap { job.calibration[$0.location].magnetometer }
  }

  var text: String {
    var lines: [String] = []
    for part in parts {
      switch part {
      case .gyro:
        guard let gyro = inertial.gyro else { continue }
        lines.append(
          "gyro            bias \(list(gyro.bias * (180 / .pi), 3)) °/s" + temperature(gyro.record)
            + "; \(gyro.record.count ?? 0) readings, standard error "
            + String(format: "%.4f °/s", (gyro.record.residual ?? 0) * 180 / .pi))
      case .accelerometer:
        guard let found = inertial.accelerometer else { continue }
        let cross = Vector3(found.matrix.x.y, found.matrix.x.z, found.matrix.y.z)
        lines.append(
          "accelerometer   offset \(list(found.offset, 3)) m/s², scale \(list(found.matrix.diagonal, 4))"
            + (cross == .zero ? "" : ", between axes \(list(cross, 4))") + temperature(found.record))
        let fit = found.record.residual.map { String(format: "%.4f m/s² RMS off gravity", $0) }
        lines.append(
          "                \(found.record.count ?? 0) poses, "
            + (fit ?? "as many as unknowns: more (--poses 12) would tell how well they fit"))
      case .magnetometer:
        guard let found = magnetic else { continue }
        lines.append(
          "magnetometer    hard iron \(list(found.offset * 1e6, 2)) µT, soft iron \(list(found.matrix.diagonal, 4)), between "
            + "axes \(list(Vector3(found.matrix.x.y, found.matrix.x.z, found.matrix.y.z), 4))")
        lines.append(
          String(
            format: "                field %.1f µT; %d points, %.2f µT RMS off a sphere", found.field * 1e6,
            found.record.count ?? 0, (found.record.residual ?? 0) * 1e6))
      }
    }
    if !parts.isEmpty { lines.append("written         \(job.path)") }
    if !parts.isEmpty, job.configuration.calibrationPath != job.path {
      lines.append(
        "                it is used when the configuration names it: `calibration: \"…\",` in its section `sensors`"
      )
    }
    for (part, account) in accounts {
      lines.append("account of the log, for the \(part.rawValue)")
      lines += account.lines.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "vehicle": job.configuration.name, "calibrated": refusal == nil, "notes": job.notes,
      "parts": parts.map(\.rawValue),
    ]
    if !parts.isEmpty { object["file"] = job.path }
    if !accounts.isEmpty {
      object["accounts"] = Dictionary(accounts.map { ($0.part.rawValue, $0.account.json) }) { $1 }
    }
    for part in parts {
      switch part {
      case .gyro:
        guard let gyro = inertial.gyro else { continue }
        object["gyro"] = with(
          gyro.record, "readings", "standard_error_dps", 180 / .pi,
          ["bias_dps": numbers(gyro.bias * (180 / .pi))])
      case .accelerometer:
        guard let found = inertial.accelerometer else { continue }
        object["accelerometer"] = with(
          found.record, "poses", "residual_m_s2", 1,
          [
            "offset_m_s2": numbers(found.offset), "matrix": numbers(found.matrix),
            "gravity_m_s2": found.gravity,
          ])
      case .magnetometer:
        guard let found = magnetic else { continue }
        object["magnetometer"] = with(
          found.record, "points", "residual_ut", 1e6,
          [
            "offset_ut": numbers(found.offset * 1e6), "matrix": numbers(found.matrix),
            "field_ut": found.field * 1e6,
          ])
      }
    }
    if let refusal {
      object["refused"] = [
        "sensor": refusal.part.rawValue, "reason": "\(refusal.reason.reason)", "text": refusal.reason.text,
        "remedy": refusal.reason.remedy,
      ]
    }
    return object
  }

  private func with(
    _ record: CalibrationRecord, _ count: String, _ residual: String, _ scale: Double, _ values: [String: Any]
  ) -> [String: Any] {
    var values = values
    if let number = record.count { values[count] = number }
    if let value = record.residual { values[residual] = value * scale }
    if let temperature = record.temperature { values["temperature_c"] = temperature }
    return values
  }

  private func temperature(_ record: CalibrationRecord) -> String {
    record.temperature.map { String(format: " at %.1f °C", $0) } ?? ""
  }

  private func list(_ v: Vector3, _ digits: Int) -> String {
    String(format: "%.\(digits)f, %.\(digits)f, %.\(digits)f", v.x, v.y, v.z)
  }

  private func numbers(_ v: Vector3) -> [Double] { [v.x, v.y, v.z] }
  private func numbers(_ m: Matrix3) -> [[Double]] { [numbers(m.x), numbers(m.y), numbers(m.z)] }
}
