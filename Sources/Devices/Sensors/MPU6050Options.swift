extension MPU6050 {
  /// Full scale of the gyroscopes; the raw value is the field FS_SEL.
  public enum GyroRange: UInt8, GyroFullScale {
    case dps250 = 0
    case dps500 = 1
    case dps1000 = 2
    case dps2000 = 3

    /// Full scale in °/s.
    public var degreesPerSecond: Int { 250 << Int(rawValue) }
  }

  /// Full scale of the accelerometers; the raw value is the field AFS_SEL.
  public enum AccelerometerRange: UInt8, AccelerometerFullScale {
    case g2 = 0
    case g4 = 1
    case g8 = 2
    case g16 = 3

    /// Full scale in multiples of standard gravity.
    public var g: Int { 2 << Int(rawValue) }
  }

  /// The digital low-pass filter, named by the accelerometers' bandwidth; the raw value is DLPF_CFG.
  ///
  /// The setting 260 Hz also raises the gyroscopes' internal rate to 8 kHz.
  public enum LowPass: UInt8, InertialLowPass {
    case hz260 = 0
    case hz184 = 1
    case hz94 = 2
    case hz44 = 3
    case hz21 = 4
    case hz10 = 5
    case hz5 = 6

    /// Bandwidth of the accelerometers in Hz (MPU-6000/6050 register map, register 26).
    public var hertz: Int { ([260, 184, 94, 44, 21, 10, 5] as InlineArray<7, Int>)[Int(rawValue)] }

    /// Bandwidth of the accelerometers in Hz on the MPU-6500 and 9250, which filter them apart (RM-MPU-6500A-00,
    /// register 29).
    public var hertz6500: Int { ([460, 184, 92, 41, 20, 10, 5] as InlineArray<7, Int>)[Int(rawValue)] }
  }

  /// How the chip is used.
  public struct Options: InertialOptions {
    /// 7-bit address: 0x68, or 0x69 with the pin AD0 high.
    public var address: UInt8 = 0x68
    /// Samples per second, at most 1000.
    public var rate: Double = 500
    /// Full scale of the gyroscopes.
    public var gyroRange = GyroRange.dps1000
    /// Full scale of the accelerometers.
    public var accelerometerRange = AccelerometerRange.g8
    /// The chip's low-pass filter.
    public var lowPass = LowPass.hz94
    /// Values of WHO_AM_I that are taken for this chip. Boards sold as MPU-6050 often carry a relative with
    /// another identity (`likelyPart(identity:)`): add it here knowingly.
    public var acceptedIdentities: [UInt8] = [0x68]
    /// Whether the pins of the auxiliary bus are joined with the host's, so that a magnetometer behind the chip
    /// answers: the one inside the MPU-9250, or one beside an MPU-6050 on boards such as the GY-86.
    public var auxiliaryBypass = false
    /// Identical readings in a row that mean the chip no longer measures, although it claims new data. The
    /// noise of a living chip makes two identical readings rare, so 50 (0.1 s at 500 Hz) is far from chance
    /// and still lets a noiseless recording pass. `nil` never complains.
    public var frozenAfter: Int? = 50

    /// The defaults above.
    public init() {}
  }
}
