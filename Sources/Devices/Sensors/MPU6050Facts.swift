import HardwareInterfaces

extension MPU6050: ConfiguredSensor {
  /// See `ConfiguredSensor`: the MPU-6050's.
  public static var facts: ChipFacts {
    facts("mpu6050", identity: 0x68, lowPass: LowPass.allCases.map(\.hertz), standard: LowPass.hz94.hertz)
  }

  /// What is known of the MPU-6500.
  public static var facts6500: ChipFacts {
    facts(
      "mpu6500", identity: 0x70, lowPass: LowPass.allCases.map(\.hertz6500), standard: LowPass.hz94.hertz6500)
  }

  /// What is known of the MPU-9250: an MPU-6500 with the magnetometer `AK8963` beside it.
  public static var facts9250: ChipFacts {
    var facts = facts6500
    facts.name = "mpu9250"
    facts.identity?.values = [0x71]
    return facts
  }

  private static func facts(_ name: String, identity: UInt8, lowPass: [Int], standard: Int) -> ChipFacts {
    let options = Options()
    return ChipFacts(
      name: name, addresses: [0x68, 0x69], maximumRate: 1000, bitsPerSample: TransferBits.readRegisters(15),
      identity: ChipIdentity(
        register: [UInt8(truncatingIfNeeded: identityRegister)], values: [identity],
        likelyPart: { likelyPart(identity: $0) }),
      inertial: InertialRanges(
        gyro: GyroRange.allCases.map(\.degreesPerSecond), accelerometer: AccelerometerRange.allCases.map(\.g),
        lowPass: lowPass,
        standard: (options.gyroRange.degreesPerSecond, options.accelerometerRange.g, standard),
        hasAuxiliaryBus: true))
  }

  /// See `ConfiguredSensor`.
  public init(_ use: InertialUse) {
    var options = Options()
    options.address = use.sensor.address
    options.rate = use.sensor.rate
    if use.sensor.playsBack { options.frozenAfter = nil }
    options.acceptedIdentities = use.sensor.acceptedIdentities
    options.gyroRange = GyroRange(degreesPerSecond: use.gyroRange) ?? options.gyroRange
    options.accelerometerRange = AccelerometerRange(g: use.accelerometerRange) ?? options.accelerometerRange
    options.lowPass = LowPass(hertz: use.lowPass) ?? options.lowPass
    options.auxiliaryBypass = use.auxiliaryBypass
    self.init(options: options)
  }
}
