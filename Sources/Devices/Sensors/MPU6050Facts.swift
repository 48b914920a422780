import HardwareInterfaces

extension MPU6050 {
  /// See `ConfiguredSensor`: the MPU-6050's.
  public static var facts: ChipFacts {
    ChipFacts(
      name: "mpu6050", addresses: [0x68, 0x69], maximumRate: 1000,
      bitsPerSample: TransferBits.readRegisters(15), identity: identity { likelyPart(identity: $0) },
      inertial: Options.ranges(hasAuxiliaryBus: true))
  }

  /// What is known of the MPU-6500.
  public static var facts6500: ChipFacts {
    var facts = facts
    facts.name = "mpu6500"
    facts.identity?.values = [0x70]
    facts.inertial?.lowPass = LowPass.allCases.map(\.hertz6500)
    facts.inertial?.standard.lowPass = Options().lowPass.hertz6500
    return facts
  }

  /// What is known of the MPU-9250: an MPU-6500 with the magnetometer `AK8963` beside it.
  public static var facts9250: ChipFacts {
    var facts = facts6500
    facts.name = "mpu9250"
    facts.identity?.values = [0x71]
    return facts
  }

  /// See `ConfiguredSensor`.
  public init(_ use: InertialUse) {
    var options = Options(use)
    // The two lists of bandwidths share no number but those that mean the same setting.
    options.lowPass = LowPass.allCases.first { $0.hertz6500 == use.lowPass } ?? options.lowPass
    options.auxiliaryBypass = use.auxiliaryBypass
    self.init(options: options)
  }
}
