import HardwareInterfaces

extension VL53L0X {
  /// How the chip is used.
  public struct Options: RangingOptions {
    /// 7-bit address. The reset at the start takes a chip back to 0x29, so it can have no other here.
    public var address: UInt8 = 0x29
    /// Measurements per second; at most `maximumRate`.
    public var rate: Double = 25
    /// Time for one measurement in µs, 20,000 to 500,000: more is less noise and a longer reach.
    public var timingBudget = 33_000
    /// Weakest return that counts as a target, in millions of counts per second. Less reaches farther, and takes more
    /// reflections for targets.
    public var signalRateLimit = 0.25
    /// Whether the bus is pulled up to 2.8 V (most breakout boards) rather than 1.8 V.
    public var is2V8 = true
    /// Ranges in a row, to a target, with the same distance, signal, ambient light and photodiodes that mean the chip no
    /// longer measures: it does not count its measurements. `nil` never complains.
    public var frozenAfter: Int? = 20

    /// The defaults above.
    public init() {}

    /// The timing budget in µs within its bounds.
    var boundedBudget: Int { max(20_000, min(timingBudget, 500_000)) }

    /// Whether the chip measures without a pause. In its timed mode the period must leave it 4 ms beside the budget.
    var isBackToBack: Bool { period < shortestPeriod + 4 }
  }
}

extension VL53L0X {
  /// See `ConfiguredSensor`.
  public static var facts: ChipFacts {
    // Readiness asked for three times, one burst of results, the interrupt cleared.
    let bits =
      3 * TransferBits.readRegisters(1) + TransferBits.readRegisters(12) + TransferBits.write(2)
    return ChipFacts(
      name: "vl53l0x", addresses: [Options().address], standardAddress: Options().address,
      maximumRate: Int(Options().maximumRate), bitsPerSample: bits,
      identity: ChipIdentity(
        register: [VL53L0XRegister.modelIdentity], values: [modelIdentity],
        likelyPart: { $0 == modelIdentity ? .compatible("VL53L0X") : $0 == 0xEA ? .other("VL53L1X") : nil }))
  }

  /// See `ConfiguredSensor`.
  public init(_ use: SensorUse) {
    var options = Options()
    options.address = use.address
    options.rate = use.rate
    if use.playsBack { options.frozenAfter = nil }
    self.init(options: options)
  }
}
