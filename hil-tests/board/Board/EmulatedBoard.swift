import HardwareInterfaces
import SimulatedHardware

/// The board behind the bridge: the chips of simulation, at register level, and the vehicle that they measure and move.
///
/// How it is wired is written down here once more, and not taken from the configuration that is under test: a wrong
/// address or line must show.
struct EmulatedBoard: BridgeSurroundings {
  /// Pins of the bridge.
  enum Pin {
    static let enable = 0
    static let killSwitch = 1
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
  /// The vehicle that the board is in.
  let vehicle: any BoardVehicle
  /// Whether the enable line is high.
  private(set) var isEnabled = false
  /// Levels of the pins that are outputs, a bit for each.
  private(set) var pins: UInt8 = 0
  /// How often it went high.
  private(set) var enables = 0
  /// Whether the kill switch is pulled; the pin is high then.
  var isKillSwitchPulled = false
  /// Where the vehicle was, a hundred times a second: the guest's CLOCK_MONOTONIC in ns, and the vehicle's columns.
  private(set) var track: [String]

  private let motors = SimulatedPCA9685()
  private var isKillDriven = false
  private var nextTrackPoint: Int64
  /// When the board was switched on, in ns of the guest's CLOCK_MONOTONIC.
  private let start: Int64

  /// A board that is switched on now, at `start` ns of the guest's clock.
  init(_ kind: VehicleKind, seed: UInt64, start: Int64) throws(HILError) {
    (self.start, nextTrackPoint) = (start, start)
    board = SimulatedBoard(seed: seed)
    board.enableLine = "enable"
    vehicle =
      switch kind {
      case .quadrotor: try QuadrotorOnBoard(seed: seed, board)
      case .balancer: try BalancerOnBoard(seed: seed, board)
      }
    track = ["time_ns,\(vehicle.columns)"]
    do {
      try board.attach(motors, name: "motors", address: Address.motors)
    } catch {
      throw HILError("cannot assemble the board: \(error)")
    }
  }

  // MARK: - Time

  /// Lets the vehicle and the chips live until `time` ns of the guest's clock.
  mutating func advance(to time: Int64) {
    let now = time &- start
    while vehicle.nanoseconds < now {
      vehicle.step()
      board.physics = vehicle.physics
      board.advance(to: MonotonicTime(nanoseconds: min(vehicle.nanoseconds, now)))
    }
    vehicle.drive(motors, board)
    guard time >= nextTrackPoint else { return }
    nextTrackPoint = time &+ 10_000_000
    track.append("\(time),\(vehicle.row)")
  }

  /// What is true of the vehicle, which must be a quadrotor.
  func expectQuadrotor() throws(HILError) -> QuadrotorTruth {
    guard let quadrotor = vehicle as? QuadrotorOnBoard else { throw HILError("the board is in no quadrotor") }
    return quadrotor.truth
  }

  /// Lets a fault of a chip begin now; it lasts `seconds`, or for good.
  func inject(_ kind: FaultKind, _ chip: String, seconds: Double? = nil) throws(HILError) {
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
    (isKillSwitchPulled || isKillDriven ? 1 << Pin.killSwitch : 0) | (isEnabled ? 1 << Pin.enableSense : 0)
  }

  mutating func outputsChanged(isOutput: UInt8, levels: UInt8) {
    // A resistor pulls each line low while nothing drives it.
    let isHigh = levels >> Pin.enable & 1 == 1
    if isHigh, !isEnabled { enables += 1 }
    isEnabled = isHigh
    pins = levels
    isKillDriven = levels >> Pin.killDrive & 1 == 1
    board.drive("enable", active: isHigh)
    vehicle.take(pins: levels, board)
    vehicle.drive(motors, board)
  }

  /// Width in µs of the pulses at the motor driver's first outputs, or `nil` while it gives none.
  var pulses: [Double?] { (0..<4).map { motors.pulseWidth($0) } }
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
