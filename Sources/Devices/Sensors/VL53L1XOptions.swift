import HardwareInterfaces

extension VL53L1X {
  /// How far the sensor looks: a longer mode reaches further in the dark, a shorter one bears more daylight.
  public enum DistanceMode: String, CaseIterable, Sendable {
    /// To 1.3 m.
    case short
    /// To 2.9 m in the dark.
    case medium
    /// To 3.6 m in the dark.
    case long
  }

  /// How the chip is used.
  public struct Options: RangingOptions {
    /// 7-bit address; every chip starts at 0x29.
    public var address: UInt8 = 0x29
    /// Measurements per second; at most `maximumRate`.
    public var rate: Double = 25
    /// How far the sensor looks.
    public var distanceMode = DistanceMode.long
    /// Time for one measurement in µs: more is less noise and a longer reach. At least 20,000 in the short
    /// mode and 33,000 in the others; 140,000 for 4 m.
    public var timingBudget = 33_000
    /// Whether the bus is pulled up to 2.8 V (most breakout boards) rather than 1.8 V.
    public var is2V8 = true
    /// Results in a row with an unchanged count of measurements that mean the chip no longer measures. `nil`
    /// never complains.
    public var frozenAfter: Int? = 5

    /// The defaults above.
    public init() {}

    /// The timing budget in µs within its bounds.
    var boundedBudget: Int {
      max(distanceMode == .short ? 20_000 : 33_000, min(timingBudget, 500_000))
    }
  }
}

extension VL53L1X {
  /// See `ConfiguredSensor`; any address, because the chip can be given another one.
  public static var facts: ChipFacts {
    // Readiness asked for three times, one burst of results, the size of the array set for the next measurement,
    // the interrupt cleared.
    let bits =
      3 * TransferBits.readRegisters(1, addressBytes: 2) + TransferBits.readRegisters(17, addressBytes: 2)
      + TransferBits.write(4) + TransferBits.write(3)
    return ChipFacts(
      name: "vl53l1x", addresses: Array(0x08...0x77), standardAddress: Options().address,
      maximumRate: Int(Options().maximumRate), bitsPerSample: bits,
      identity: ChipIdentity(
        register: [
          UInt8(truncatingIfNeeded: VL53L1XRegister.modelIdentity >> 8),
          UInt8(truncatingIfNeeded: VL53L1XRegister.modelIdentity),
        ], values: [UInt8(truncatingIfNeeded: modelIdentity >> 8)],
        likelyPart: {
          $0 == 0xEA ? .compatible("VL53L1X") : $0 == VL53L0X.modelIdentity ? .other("VL53L0X") : nil
        }))
  }

  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) {
    var options = Options()
    options.address = use.address
    options.rate = use.rate
    self.init(options: options)
  }
}
