import Devices
import HardwareInterfaces
import Sampling

/// What a device is called, and what of it does not follow from its chip.
struct DeviceNaming: Sendable {
  /// The name with which its signals begin.
  var name: String
  /// Its key in the configuration.
  var path: String
  /// Its simulated chip's name, by which noise is drawn and faults are aimed.
  var twin: String
  /// Whether rows of the program look at it.
  var isWatched = true
  /// The shaft that an angle sensor looks at in simulation.
  var shaft = 0
  /// What is taken off its readings.
  var calibration: SensorCalibration?

  func path(_ instance: Int) -> String { instance == 0 ? path : "\(path).spares[\(instance - 1)]" }

  func twin(_ instance: Int, identity: UInt8?) -> DeviceTwin {
    var twin = DeviceTwin(instance == 0 ? twin : "\(twin).spares[\(instance - 1)]")
    twin.identity = identity
    return twin
  }

  /// A sensor that may have spares: `NAME_0` and so on where a voter has the name itself.
  func device<Sensor: SpareableSensor>(_ instance: Int, of sensor: Sensor) -> String {
    let isVotedOn = sensor.instances.count > 1 || sensor.health.flatAfter > 0
    return isVotedOn && isWatched ? "\(name)_\(instance)" : name
  }

  func group(_ devices: [DeviceDeclaration], _ judgement: SensorJudgement? = nil) -> SensorGroup {
    SensorGroup(name: name, devices: devices, judgement: judgement, isWatched: isWatched)
  }
}

extension Configuration.InertialSensor {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      var twin = naming.twin(index, identity: section.acceptIdentities.first)
      twin.mounting = section.mounting
      return DeviceDeclaration(
        naming.device(index, of: self), path: naming.path(index), section, chip: section.chip,
        kin: SensorTable.inertial, accepted: section.acceptIdentities, rank: .inertial, twin: twin,
        use: { playsBack in
          InertialUse(
            sensor: SensorUse(
              address: section.address, rate: Double(section.rateHz),
              acceptedIdentities: section.acceptIdentities, playsBack: playsBack),
            gyroRange: section.gyroRangeDps, accelerometerRange: section.accelRangeG,
            lowPass: section.lowpassHz, auxiliaryBypass: section.auxiliaryBypass)
        }, adjust: section.adjustment(naming.calibration))
    }
    var ends: [Double] = []
    for instance in instances {
      let force = Double(0.95 * (Float(instance.accelRangeG) * 9.80665))
      let rate = Double(0.95 * Float(Double(instance.gyroRangeDps).radians))
      ends += [force, force, force, rate, rate, rate]
    }
    // Offsets of up to 20 °/s and 0.2 g are what datasheets allow.
    return naming.group(
      devices,
      SensorJudgement(
        health: health, fullScale: ends,
        difference: Array(repeating: health.accelerationDifference, count: 3)
          + Array(repeating: health.difference, count: 3),
        largestOffset: [2, 2, 2, 0.35, 0.35, 0.35]))
  }
}

extension Configuration.Barometer {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      DeviceDeclaration(
        naming.device(index, of: self), path: naming.path(index), section, chip: section.chip,
        kin: SensorTable.barometers, accepted: section.acceptIdentities, rank: .pressure,
        twin: naming.twin(index, identity: section.acceptIdentities.first),
        use: { section.use(section.acceptIdentities, $0) })
    }
    // 300 Pa is the worst that two good chips differ by.
    return naming.group(
      devices, SensorJudgement(health: health, difference: [health.difference], largestOffset: [300]))
  }
}

extension Configuration.Magnetometer {
  /// `standard` is how it sits where its section does not say.
  func group(_ naming: DeviceNaming, mounting standard: SensorMounting?) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      var twin = naming.twin(index, identity: section.acceptIdentities.first)
      twin.mounting = section.mounting ?? standard ?? .aligned
      return DeviceDeclaration(
        naming.device(index, of: self), path: naming.path(index), section, chip: section.chip,
        kin: SensorTable.magnetometers, accepted: section.acceptIdentities, rank: .magnetic, twin: twin,
        use: { section.use(section.acceptIdentities, $0) },
        adjust: section.adjustment(naming.calibration, mounting: standard ?? .aligned))
    }
    // Each has iron of its own beside it.
    return naming.group(
      devices,
      SensorJudgement(
        health: health, difference: Array(repeating: health.difference, count: 3),
        largestOffset: [100e-6, 100e-6, 100e-6]))
  }
}

extension Configuration.RangeFinder {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let devices = instances.enumerated().map { index, section in
      DeviceDeclaration(
        naming.device(index, of: self), path: naming.path(index), section, chip: section.chip,
        kin: SensorTable.rangeFinders, rank: .range, twin: naming.twin(index, identity: nil),
        use: { section.use([], $0) }, adjust: section.bounded)
    }
    // One may sit lower than the other.
    return naming.group(
      devices, SensorJudgement(health: health, difference: [health.difference], largestOffset: [0.3]))
  }
}

extension Configuration.RangeFinder {
  /// A reading that is not trusted beyond the section's largest distance.
  private var bounded: @Sendable (RangeSample) -> RangeSample {
    let maximum = Float(maximumDistance)
    return { RangeSample(distance: $0.distance, isValid: $0.isValid && $0.distance <= maximum) }
  }
}

extension Configuration.PowerMonitor {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    var twin = naming.twin(0, identity: nil)
    twin.shuntResistance = shuntOhm
    return naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, self, chip: chip, kin: SensorTable.powerMonitors, rank: .power,
        twin: twin, use: { _ in PowerUse(sensor: use([], false), shuntResistance: shuntOhm) })
    ])
  }
}

extension Configuration.Encoder {
  /// A reading whose angle rises while the wheel rolls forward.
  private var forward: @Sendable (AngleSample) -> AngleSample {
    guard isReversed else { return { $0 } }
    return { sample in
      let turn = 2 * Float.pi
      // 0 stays 0: the angle is below a turn.
      return AngleSample(angle: sample.angle > 0 ? turn - sample.angle : 0, magnet: sample.magnet)
    }
  }

  func group(_ naming: DeviceNaming) -> SensorGroup {
    var twin = naming.twin(0, identity: nil)
    (twin.shaft, twin.isReversed) = (naming.shaft, isReversed)
    return naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, self, chip: chip, kin: SensorTable.angleSensors, rank: .shafts,
        twin: twin, use: { _ in use([], false) }, adjust: forward)
    ])
  }
}

extension Configuration.AnalogInputs {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let kinds = AnalogSample.channels
    let volts = inputs.map { DeviceChannel(name: $0.name, channel: kinds[$0.number], place: $0.number) }
    let clipped = inputs.map {
      DeviceChannel(name: "\($0.name)_clipped", channel: kinds[4 + $0.number], place: 4 + $0.number)
    }
    let mask = inputs.reduce(UInt8(0)) { $0 | 1 << UInt8($1.number) }
    let fullScale = fullScale
    return naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, self, chip: chip, kin: SensorTable.analogInputs, rank: .inputs,
        twin: naming.twin(0, identity: nil), channels: volts + clipped,
        use: { playsBack in AnalogUse(sensor: use([], playsBack), inputs: mask, fullScale: fullScale) })
    ])
  }
}

extension Configuration.PortInputs {
  func group(_ naming: DeviceNaming) -> SensorGroup {
    let kinds = PortSample.channels
    let channels = inputs.map {
      DeviceChannel(name: $0.name, channel: kinds[$0.number], place: $0.number)
    }
    let (pullUps, activeLow) = (pullUps, activeLow)
    var twin = naming.twin(0, identity: nil)
    twin.activeLow = activeLow
    return naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, self, chip: chip, kin: SensorTable.ports, rank: .inputs,
        twin: twin, channels: channels,
        use: { playsBack in PortUse(sensor: use([], playsBack), pullUps: pullUps) },
        adjust: { PortSample(levels: $0.levels ^ activeLow) })
    ])
  }
}

extension DevicePlace {
  /// What every driver is told.
  func use(_ identities: [UInt8], _ playsBack: Bool) -> SensorUse {
    SensorUse(
      address: address, rate: Double(rateHz), acceptedIdentities: identities, playsBack: playsBack)
  }
}
