import HardwareInterfaces

extension SensorRecording {
  /// What an ArduPilot autopilot measured, from its log.
  ///
  /// Times are the autopilot's own clock; axes are those of the vehicle: x forward, y right, z down. Throws `LogError` when
  /// there is no inertial data.
  public init(_ file: DataFlashFile) throws(LogError) {
    self.init(format: "ArduPilot DataFlash")
    noteSkipped(file)
    let found = file.inertialSources()
    guard let chosen = choose(.inertial, found.map(\.source), into: \.inertial) else {
      accountForUnused(file)
      throw missingInertial(file)
    }
    let part = found[chosen].part
    if found[chosen].source.origins.first?.name == "GYR" {
      account.notes.append("GYR and ACC are the sensors' own readings, before the autopilot's filters")
    }
    choose(.pressure, file.pressureSources(part), into: \.pressure)
    choose(.range, file.rangeSources(part), into: \.range)
    choose(.power, file.powerSources(part), into: \.power)
    choose(.magneticField, file.magneticSources(part), into: \.magneticField)
    choose(.attitude, file.attitudeSources(part), into: \.attitude)
    chooseArmed(file.armedSources(part))
    accountForUnused(file)
    noteUnits(file)
    noteUnread(file)
    putChosenFirst()
  }

  private func missingInertial(_ file: DataFlashFile) -> LogError {
    let kinds = file.counts.keys.sorted().prefix(50).joined(separator: ", ")
    return LogError(
      .missing,
      "the ArduPilot log has no gyroscope and accelerometer: no valid row of IMU, or of GYR and ACC"
        + account.losses("rows of"),
      remedy: "Record with the bit IMU of LOG_BITMASK. It has: \(kinds).")
  }

  private mutating func noteSkipped(_ file: DataFlashFile) {
    func skip(_ reason: String, _ count: Int) {
      if count > 0 { account.skipped.append(ImportAccount.Loss(reason: reason, count: count)) }
    }
    skip("messages of a kind that no format describes", file.unknownMessages)
    skip(
      "formats whose fields do not fit their length, with characters that no name has, or that are too many",
      file.oddFormats)
    skip("messages of such formats", file.unreadableMessages)
    skip("formats that have a column twice, of which the first is read", file.doubledFormats)
    skip("formats given again in another way: each counts for what follows it", file.changedFormats)
    skip(
      "damaged places with \(file.damagedBytes) bytes in all, the first at byte \(file.firstDamage)",
      file.damagedPlaces)
    skip("bytes of a last message that was cut off", file.cutBytes)
    skip("bytes at the end that were never written", file.fillBytes)
  }

  /// Fields are read in the units that ArduPilot has always written; a file that says otherwise is told so.
  private mutating func noteUnits(_ file: DataFlashFile) {
    let expected = [
      ("IMU", ["GyrX", "GyrY", "GyrZ"], "rad/s"), ("IMU", ["AccX", "AccY", "AccZ"], "m/s/s"),
      ("GYR", ["GyrX", "GyrY", "GyrZ"], "rad/s"), ("ACC", ["AccX", "AccY", "AccZ"], "m/s/s"),
      ("BARO", ["Press"], "Pa"), ("ATT", ["Roll", "Pitch"], "deg"), ("RFND", ["Dist"], "m"),
      ("BAT", ["Volt"], "V"), ("BAT", ["Curr"], "A"),
      ("MAG", ["MagX", "MagY", "MagZ"], "Gauss"),
    ]
    for (name, columns, unit) in expected {
      for kind in file.kinds where kind.format.name == name && kind.count > 0 {
        for column in columns {
          if let field = kind.format.field(column), let factor = file.factor(of: field, in: kind.format) {
            account.notes.append(
              "\(name).\(column) has another multiplier than ArduPilot writes, by the file's own word: its numbers "
                + "are multiplied with \(factor)")
          }
          guard let said = file.unit(of: column, in: kind.format), said != unit, !said.isEmpty else {
            continue
          }
          account.notes.append(
            "\(name).\(column) is said to be in '\(said.prefix(20))', and was read in \(unit)")
        }
      }
    }
  }

  private mutating func noteUnread(_ file: DataFlashFile) {
    let unread = [
      ("ISBH", "heads of batches of raw samples"), ("ISBD", "batches of raw samples"),
      ("CURR", "the battery as versions before 3.5 logged it"), ("AHR2", "another estimate of the attitude"),
      ("NKF1", "the filter's estimate"), ("XKF1", "the filter's estimate"),
    ]
    let counts = file.counts
    for (name, what) in unread {
      if let count = counts[name] {
        account.notes.append("\(name) (\(what)) is there with \(count) rows and is not used")
      }
    }
  }

  /// Kinds by what they hold, with the names that their second and third instance had once.
  private static let known: [(names: [String], quantity: RecordedQuantity)] = [
    (["IMU", "IMU2", "IMU3"], .inertial), (["GYR"], .inertial), (["ACC"], .inertial),
    (["BARO", "BAR2", "BAR3"], .pressure), (["RFND"], .range), (["BAT", "BAT2"], .power),
    (["MAG", "MAG2", "MAG3"], .magneticField), (["ATT"], .attitude), (["ARM"], .armed), (["EV"], .armed),
  ]

  /// Counts the rows of kinds of known quantities that are no source of them, under the reason why not.
  private mutating func accountForUnused(_ file: DataFlashFile) {
    for (names, quantity) in Self.known {
      for (number, name) in names.enumerated() {
        for kind in file.kinds where kind.format.name == name && kind.count > 0 {
          for (instance, offsets) in file.instances(of: kind, else: number) {
            account.addUnused(
              name, instance: instance, rows: offsets.count, of: quantity,
              because: "whose columns are others"
                + (["GYR", "ACC"].contains(name) ? ", or without the other of GYR and ACC" : ""))
          }
        }
      }
    }
  }
}
