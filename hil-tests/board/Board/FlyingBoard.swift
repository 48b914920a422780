import HardwareInterfaces
import PortableMath
import SimulatedHardware

/// The board behind the bridge: the chips of simulation, at register level, and the plant that they measure and move.
///
/// How it is wired is written down here once more, and not taken from the configuration that is under test: a wrong
/// address or line must show.
struct FlyingBoard: BridgeSurroundings {
  /// Pins of the bridge.
  enum Pin {
    static let enable = 0
    static let killSwitch = 1
    static let status = 2
    /// The loop-back wires of a real board: an input that sees the enable line, an output that pulls the kill switch.
    static let enableSense = 4
    static let killDrive = 5
  }

  /// Addresses of the chips.
  enum Address {
    static let imu: UInt8 = 0x68
    static let barometer: UInt8 = 0x76
    static let range: UInt8 = 0x29
    static let power: UInt8 = 0x41
    static let motors: UInt8 = 0x40
  }

  /// The chips, faults and time.
  let board: SimulatedBoard
  /// What the board's outputs did.
  private(set) var history = OutputHistory()
  /// Whether the kill switch is pulled; the pin is high then.
  var isKillSwitchPulled = false

  /// Where the vehicle was, a hundred times a second.
  private(set) var track: [TrackPoint] = []

  private var plant: Quadrotor
  private let motors = SimulatedPCA9685()
  /// When the board was switched on, in ns of the guest's CLOCK_MONOTONIC.
  private let start: Int64

  /// A board that is switched on now, at `start` ns of the guest's clock, with the vehicle at rest on the ground.
  init(seed: UInt64, start: Int64) throws(HILError) {
    self.start = start
    plant = Quadrotor(wind: WindParameters(mean: 2...4, gust: 1...2), seed: seed, rate: 2000)
    board = SimulatedBoard(seed: seed, physics: PhysicalState(plant.truth))
    var power = SimulatedChipSettings()
    power.shuntResistance = 0.002
    let chips: [(name: String, chip: SimulatedChip?, address: UInt8)] = [
      ("imu", SimulatedChips.make("mpu6050"), Address.imu),
      ("barometer", SimulatedChips.make("bmp280"), Address.barometer),
      ("range", SimulatedChips.make("vl53l1x"), Address.range),
      ("power", SimulatedChips.make("ina219", power), Address.power),
      ("motors", motors, Address.motors),
    ]
    do {
      for (name, chip, address) in chips {
        guard let chip else { throw HILError("there is no simulated chip for \(name)") }
        try board.attach(chip, name: name, address: address)
      }
    } catch {
      throw HILError("cannot assemble the board: \(error)")
    }
  }

  // MARK: - Time

  /// Lets the plant and the chips live until `time` ns of the guest's clock.
  mutating func advance(to time: Int64) {
    let now = time &- start
    while plant.nanoseconds < now {
      plant.step()
      board.physics = PhysicalState(plant.truth)
      board.advance(to: MonotonicTime(nanoseconds: min(plant.nanoseconds, now)))
    }
    applyPulses()
    if track.last.map({ time &- $0.time >= 10_000_000 }) ?? true {
      let (truth, euler) = (plant.truth, plant.truth.attitude.eulerAngles)
      track.append(
        TrackPoint(time: time, roll: euler.roll, pitch: euler.pitch, altitude: truth.altitude))
    }
  }

  /// What is true now.
  var truth: QuadrotorTruth { plant.truth }

  /// Lets a fault of a chip begin now; it lasts `seconds`, or for good.
  mutating func inject(_ kind: FaultKind, _ chip: String, seconds: Double? = nil) throws(HILError) {
    do {
      try board.inject(
        FaultInjection(target: chip, kind: kind, start: board.now.seconds, duration: seconds))
    } catch {
      throw HILError("cannot inject a fault: \(error)")
    }
  }

  // MARK: - The bridge's bus

  mutating func write(_ bytes: [UInt8], to address: UInt8) -> CP2112Failure? {
    var bus = board.bus()
    do throws(BusError) {
      try bus.write(bytes.span, to: address)
    } catch {
      return CP2112Failure(error)
    }
    return nil
  }

  mutating func read(
    _ count: Int, after written: [UInt8], from address: UInt8, into bytes: inout [UInt8]
  ) -> CP2112Failure? {
    bytes = [UInt8](repeating: 0, count: count)
    var bus = board.bus()
    var span = bytes.mutableSpan
    do throws(BusError) {
      if written.isEmpty {
        try bus.read(from: address, into: &span)
      } else {
        try bus.write(written.span, to: address, thenRead: &span)
      }
    } catch {
      return CP2112Failure(error)
    }
    return nil
  }

  // MARK: - The bridge's pins

  var inputLevels: UInt8 {
    (isKillSwitchPulled || history.isKillDriven ? 1 << Pin.killSwitch : 0)
      | (history.isEnabled ? 1 << Pin.enableSense : 0)
  }

  mutating func outputsChanged(isOutput: UInt8, levels: UInt8) {
    // A resistor pulls the enable line low while nothing drives it.
    history.setEnable(levels >> Pin.enable & 1 == 1)
    history.statusLamp = levels >> Pin.status & 1 == 1
    history.isKillDriven = levels >> Pin.killDrive & 1 == 1
    board.drive("enable", active: history.isEnabled)
    applyPulses()
  }

  /// Width in µs of each motor's pulses at the motor chip, or `nil` while it gives none.
  var pulses: [Double?] { (0..<4).map { motors.pulseWidth($0) } }

  private mutating func applyPulses() {
    for motor in 0..<4 {
      let width = motors.pulseWidth(motor)
      plant.setPulse(motor: motor, microseconds: history.isEnabled ? width : nil)
      if history.isEnabled { history.note(pulse: width ?? 0, of: motor) }
    }
  }
}

extension CP2112Failure {
  /// How a bridge reports what happened on the simulated bus.
  init(_ error: BusError) {
    switch error {
    case .noDevice: self = .addressNotAcknowledged
    case .dataNotAcknowledged: self = .writeIncomplete
    case .arbitrationLost: self = .arbitrationLost
    case .shortRead: self = .readIncomplete
    case .timeout, .unsupported, .busGone, .system: self = .busTimeout
    }
  }
}

extension PhysicalState {
  /// What the chips of a quadrotor measure.
  init(_ truth: QuadrotorTruth) {
    self.init(
      specificForce: truth.specificForce, angularRate: truth.rate, temperature: truth.temperature - 273.15,
      pressure: truth.pressure, rangeToGround: truth.range, batteryVoltage: truth.voltage,
      batteryCurrent: truth.current)
  }
}
