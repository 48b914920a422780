import Devices
import HardwareInterfaces
import Signals

extension Configuration {
  /// The sensors that are read, each with its spares.
  public var sensorGroups: [SensorGroup] { sensors.groups(calibration) }

  /// The devices that are read.
  public var devices: [DeviceDeclaration] { sensorGroups.flatMap(\.devices) }

  /// The number of the bus called `name` as the origin of signals: 0 is the board itself.
  func number(ofBus name: String) -> Int { 1 + (buses.firstIndex { $0.name == name } ?? 0) }

  /// The name of the device whose samples a tick goes by: the first of those that are read first, and of these the one that is
  /// read most often. `nil` for a vehicle without any.
  public var pacemaker: String? {
    devices.enumerated().min {
      ($0.element.rank.rawValue, -$0.element.rateHz, $0.offset)
        < ($1.element.rank.rawValue, -$1.element.rateHz, $1.offset)
    }?.element.name
  }

  /// The signals of the devices alone: what is enough to sample them.
  public func deviceTable() throws(SignalErrors) -> SignalTable {
    try SignalTable(devices.flatMap { $0.signals(bus: number(ofBus: $0.bus)) })
  }
}

extension Configuration.Sensors {
  /// The sensors as devices. `calibration` is what is taken off their readings.
  func groups(_ calibration: SensorCalibration?) -> [SensorGroup] {
    var groups = [imu.group(calibration)]
    if let barometer { groups.append(barometer.group) }
    if let magnetometer {
      var group = magnetometer.group(calibration, mounting: imu.mounting, carriers: imu.instances)
      // What no tick uses is judged only where sensors have spares.
      group.isWatched = !kindsWithSpares.isEmpty
      if !group.isWatched { group.devices[0].name = group.name }
      groups.append(group)
    }
    if let range { groups.append(range.group) }
    if let power { groups.append(power.group) }
    if let leftEncoder { groups.append(leftEncoder.group("left_encoder", shaft: 0)) }
    if let rightEncoder { groups.append(rightEncoder.group("right_encoder", shaft: 1)) }
    return groups
  }
}

extension SpareableSensor {
  /// Its name, and those of its spares, among signals: `imu` alone, `imu_0` and so on where a voter has the name itself.
  fileprivate func deviceName(_ instance: Int) -> String {
    isVotedOn ? "\(Self.kind.rawValue)_\(instance)" : Self.kind.rawValue
  }

  /// Whether a voter chooses: among several, and where equal readings are counted.
  private var isVotedOn: Bool { instances.count > 1 || health.flatAfter > 0 }

  fileprivate func twin(_ instance: Int, identity: UInt8?) -> DeviceTwin {
    var twin = DeviceTwin(Self.kind.key(instance))
    twin.identity = identity
    return twin
  }

  fileprivate func path(_ instance: Int) -> String { "sensors.\(Self.kind.key(instance))" }
}

extension Configuration.InertialSensor {
  fileprivate func group(_ calibration: SensorCalibration?) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      var twin = twin(index, identity: section.acceptIdentities.first)
      twin.mounting = section.mounting
      return DeviceDeclaration(
        deviceName(index), path: path(index), section, chip: section.chip, kin: SensorTable.inertial,
        accepted: section.acceptIdentities, rank: .inertial, twin: twin,
        use: { playsBack in
          InertialUse(
            sensor: SensorUse(
              address: section.address, rate: Double(section.rateHz),
              acceptedIdentities: section.acceptIdentities, playsBack: playsBack),
            gyroRange: section.gyroRangeDps, accelerometerRange: section.accelRangeG,
            lowPass: section.lowpassHz, auxiliaryBypass: section.auxiliaryBypass)
        }, adjust: section.adjustment(calibration))
    }
    var ends: [Double] = []
    for instance in instances {
      let force = Double(0.95 * (Float(instance.accelRangeG) * 9.80665))
      let rate = Double(0.95 * Float(Double(instance.gyroRangeDps).radians))
      ends += [force, force, force, rate, rate, rate]
    }
    // Offsets of up to 20 °/s and 0.2 g are what datasheets allow.
    return SensorGroup(
      name: Self.kind.rawValue, devices: devices,
      judgement: SensorJudgement(
        health: health, fullScale: ends,
        difference: Array(repeating: health.accelerationDifference, count: 3)
          + Array(repeating: health.difference, count: 3),
        largestOffset: [2, 2, 2, 0.35, 0.35, 0.35]))
  }
}

extension Configuration.Barometer {
  fileprivate var group: SensorGroup {
    let devices = instances.enumerated().map { index, section in
      DeviceDeclaration(
        deviceName(index), path: path(index), section, chip: section.chip, kin: SensorTable.barometers,
        accepted: section.acceptIdentities, rank: .pressure,
        twin: twin(index, identity: section.acceptIdentities.first),
        use: { playsBack in
          SensorUse(
            address: section.address, rate: Double(section.rateHz),
            acceptedIdentities: section.acceptIdentities, playsBack: playsBack)
        })
    }
    // 300 Pa is the worst that two good chips differ by.
    return SensorGroup(
      name: Self.kind.rawValue, devices: devices,
      judgement: SensorJudgement(health: health, difference: [health.difference], largestOffset: [300]))
  }
}

extension Configuration.Magnetometer {
  /// `mounting` is the inertial sensor's, which counts where the section has none; `carriers` are the inertial chips.
  fileprivate func group(
    _ calibration: SensorCalibration?, mounting: Configuration.Mounting,
    carriers: [Configuration.InertialSensor]
  ) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      var twin = twin(index, identity: section.acceptIdentities.first)
      twin.mounting = section.mounting ?? mounting
      // On one bus with a chip that opens the way to its own: behind it, as inside an MPU-9250.
      twin.carrier = carriers.firstIndex { $0.auxiliaryBypass && $0.bus == section.bus }
        .map { SensorKind.imu.key($0) }
      return DeviceDeclaration(
        deviceName(index), path: path(index), section, chip: section.chip, kin: SensorTable.magnetometers,
        accepted: section.acceptIdentities, rank: .magnetic, twin: twin,
        use: { playsBack in
          SensorUse(
            address: section.address, rate: Double(section.rateHz),
            acceptedIdentities: section.acceptIdentities, playsBack: playsBack)
        }, adjust: section.adjustment(calibration, mounting: mounting))
    }
    // Each has iron of its own beside it.
    return SensorGroup(
      name: Self.kind.rawValue, devices: devices,
      judgement: SensorJudgement(
        health: health, difference: Array(repeating: health.difference, count: 3),
        largestOffset: [100e-6, 100e-6, 100e-6]))
  }
}

extension Configuration.RangeFinder {
  fileprivate var group: SensorGroup {
    let devices = instances.enumerated().map { index, section in
      DeviceDeclaration(
        deviceName(index), path: path(index), section, chip: section.chip, kin: SensorTable.rangeFinders,
        rank: .range, twin: twin(index, identity: nil),
        use: { playsBack in
          SensorUse(address: section.address, rate: Double(section.rateHz), playsBack: playsBack)
        }, adjust: section.bounded)
    }
    // One may sit lower than the other.
    return SensorGroup(
      name: Self.kind.rawValue, devices: devices,
      judgement: SensorJudgement(health: health, difference: [health.difference], largestOffset: [0.3]))
  }

  /// A reading that is not trusted beyond the section's largest distance.
  private var bounded: @Sendable (RangeSample) -> RangeSample {
    let maximum = Float(maximumDistance)
    return { RangeSample(distance: $0.distance, isValid: $0.isValid && $0.distance <= maximum) }
  }
}

extension Configuration.PowerMonitor: DeviceSection {
  fileprivate var group: SensorGroup {
    var twin = DeviceTwin("power")
    twin.shuntResistance = shuntOhm
    let device = DeviceDeclaration(
      "power", path: "sensors.power", self, chip: chip, kin: SensorTable.powerMonitors, rank: .power,
      twin: twin,
      use: { _ in
        PowerUse(sensor: SensorUse(address: address, rate: Double(rateHz)), shuntResistance: shuntOhm)
      })
    return SensorGroup(name: "power", devices: [device])
  }
}

extension Configuration.Encoder: DeviceSection {
  fileprivate func group(_ name: String, shaft: Int) -> SensorGroup {
    var twin = DeviceTwin(String(name.map { $0 == "_" ? "-" : $0 }))
    (twin.shaft, twin.isReversed) = (shaft, isReversed)
    let device = DeviceDeclaration(
      name, path: "sensors.\(name)", self, chip: chip, kin: SensorTable.angleSensors, rank: .shafts,
      twin: twin, use: { _ in SensorUse(address: address, rate: Double(rateHz)) }, adjust: forward)
    return SensorGroup(name: name, devices: [device])
  }

  /// A reading whose angle rises while the wheel rolls forward.
  private var forward: @Sendable (AngleSample) -> AngleSample {
    guard isReversed else { return { $0 } }
    return { sample in
      let turn = 2 * Float.pi
      // 0 stays 0: the angle is below a turn.
      return AngleSample(angle: sample.angle > 0 ? turn - sample.angle : 0, magnet: sample.magnet)
    }
  }
}
