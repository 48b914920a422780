import HardwareInterfaces
import PortableMath

// Which messages of ArduPilot hold a quantity, and what a valid row of each is. Names, types and units:
// ArduPilot/libraries, LogStructure.h of AP_Logger, AP_InertialSensor, AP_Baro, AP_BattMonitor and AP_Compass.
extension DataFlashFile {
  private static let gyro = ["GyrX", "GyrY", "GyrZ"]
  private static let accelerometer = ["AccX", "AccY", "AccZ"]

  /// IMU: rates and specific forces in the axes of the vehicle, forward, right, down.
  func inertialSources() -> [(source: SampleSource<InertialSample>, part: Range<Int>)] {
    tables(["IMU", "IMU2", "IMU3"], Self.gyro + Self.accelerometer + ["T?", "GH?", "AH?"]).map { table in
      table.source(part: nil, judgesGaps: true, enough: RecordedSamples.enoughInertial) { row in
        guard row[7] != 0, row[8] != 0 else { return .leftOut(RowLoss.unhealthy) }
        return RecordedSamples.inertial(rate: row.vector(0), force: row.vector(3), temperature: row[6])
      }
    } + pairs()
  }

  /// GYR and ACC, each sample of the sensors at its own time, of the same instance where it has both.
  private func pairs() -> [(source: SampleSource<InertialSample>, part: Range<Int>)] {
    let accelerometers = tables(["ACC"], Self.accelerometer, time: "SampleUS")
    return tables(["GYR"], Self.gyro, time: "SampleUS").compactMap { table in
      guard let other = accelerometers.first(where: { $0.instance == table.instance }) ?? accelerometers.first
      else { return nil }
      let gyro = table.source(part: nil, judgesGaps: true, enough: RecordedSamples.enoughInertial) {
        RecordedSamples.rate($0.vector(0))
      }
      let accelerometer = other.source(part: gyro.part) { RecordedSamples.force($0.vector(0)) }
      return (SampleSource(rates: gyro.source, forces: accelerometer.source), gyro.part)
    }
  }

  func pressureSources(_ part: Range<Int>) -> [SampleSource<PressureSample>] {
    tables(["BARO", "BAR2", "BAR3"], ["Press", "Temp?", "Health?", "H?"]).map { table in
      table.source(part: part) { row in
        guard row[2] != 0, row[3] != 0 else { return .leftOut(RowLoss.unhealthy) }
        return RecordedSamples.pressure(row[0], temperature: row[1])
      }.source
    }
  }

  /// Range finders that look down, with their state (4: good) where it is logged.
  func rangeSources(_ part: Range<Int>) -> [SampleSource<RangeSample>] {
    func source(_ table: DataFlashTable) -> SampleSource<RangeSample> {
      table.source(part: part) { row in
        let outcome = RecordedSamples.range(row[0], orientation: row[1]) { distance in
          row[2].map { $0 == 4 } ?? (distance > 0)
        }
        if case .sample = outcome, row[2] == 0 || row[2] == 1 {
          return .leftOut("of a range finder that gave nothing")
        }
        return outcome
      }.source.withoutTargetsCounted
    }
    // Before there were instances, a message had two of them.
    return tables(["RFND"], ["Dist", "Orient?", "Stat?"]).map(source)
      + tables(["RFND"], ["Dist1", "Orient1?", "Stat1?"]).map(source)
      + tables(["RFND"], ["Dist2", "Orient2?", "Stat2?"]).map(source)
  }

  func powerSources(_ part: Range<Int>) -> [SampleSource<PowerSample>] {
    tables(["BAT", "BAT2"], ["Volt", "Curr?", "H?"]).map { table in
      table.source(part: part) { row in
        guard row[2] != 0 else { return .leftOut(RowLoss.unhealthy) }
        return RecordedSamples.power(voltage: row[0], current: row[1])
      }.source
    }
  }

  /// MAG in milligauss, with the compass's offsets applied, in the axes of the vehicle.
  func magneticSources(_ part: Range<Int>) -> [SampleSource<MagneticSample>] {
    tables(["MAG", "MAG2", "MAG3"], ["MagX", "MagY", "MagZ", "Health?"]).map { table in
      table.source(part: part) { row in
        guard row[3] != 0 else { return .leftOut(RowLoss.unhealthy) }
        return RecordedSamples.magnetic(row.vector(0).map { ($0.x * 1e-7, $0.y * 1e-7, $0.z * 1e-7) })
      }.source
    }
  }

  /// ATT in degrees.
  func attitudeSources(_ part: Range<Int>) -> [SampleSource<Quaternion>] {
    tables(["ATT"], ["Roll", "Pitch", "Yaw"]).map { table in
      table.source(part: part) { row in
        guard let (roll, pitch, yaw) = row.vector(0) else { return .leftOut(RowLoss.notFinite) }
        guard abs(roll) <= 360, abs(pitch) <= 360, abs(yaw) <= 720 else {
          return .leftOut("with angles that are none")
        }
        let radians = Double.pi / 180
        return .sample(Quaternion(roll: roll * radians, pitch: pitch * radians, yaw: yaw * radians))
      }.source
    }
  }

  /// Armed and disarmed: ARM, else the events 10 and 11, else the messages of old versions.
  func armedSources(_ part: Range<Int>) -> [SampleSource<Bool>] {
    func sources(
      _ name: String, _ column: String, _ state: @escaping (DataFlashTable.Row) -> RowOutcome<Bool>
    ) -> [SampleSource<Bool>] {
      tables([name], [column]).map { table in
        table.source(part: part, enough: 0, state).source
      }
    }
    return sources("ARM", "ArmState") { row in
      row[0].map { .sample($0 != 0) } ?? .leftOut(RowLoss.notFinite)
    }
      + sources("EV", "Id") { row in
        switch row[0] {
        case 10: .sample(true)
        case 11: .sample(false)
        default: .leftOut("of another event")
        }
      }
      + sources("MSG", "Message") { row in
        let text = row.text(0)?.lowercased() ?? ""
        // Rover and Plane speak of the throttle.
        if text.hasPrefix("disarming motors") || text.hasPrefix("throttle disarmed") { return .sample(false) }
        if text.hasPrefix("arming motors") || text.hasPrefix("throttle armed") { return .sample(true) }
        return .leftOut("with another text")
      }
  }
}
