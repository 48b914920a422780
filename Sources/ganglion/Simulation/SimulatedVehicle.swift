import ControlLoop
import Devices
import HardwareInterfaces
import PortableMath
import SimulatedHardware

/// A vehicle whose chips, lines and physics are simulated. The drivers, the bus workers and everything above
/// them are those that fly: this class only puts chips where the configuration says they are, and moves time.
final class SimulatedVehicle: Vehicle {
  /// The chips and lines.
  let board: SimulatedBoard
  /// What moves the chips' physics; `nil` when a recording does, through `setPhysics`.
  private var plant: Quadrotor?
  private var workers: [BusWorker<SimulatedI2CBus>] = []
  private let pulseDriver: SimulatedPCA9685
  private let channels: [Int]
  /// Pulses of the processor's own outputs; `nil` for a vehicle whose pulses come from a chip on a bus.
  private var processorPulses: FixedVector<8>?
  private var safeOutput = TickOutput()
  private var enable: SimulatedOutput
  private let killSwitch: String

  /// The vehicle of `configuration` as `seed` draws it: mass, wind, noise and all.
  convenience init(_ configuration: Configuration, seed: UInt64) throws(CommandFailure) {
    let simulation = configuration.simulation
    var random = RandomGenerator(seed: seed, stream: 96)
    let noise = random.nextUniform(simulation.sensorNoise.lowerBound, simulation.sensorNoise.upperBound)
    try self.init(
      configuration, board: SimulatedBoard(seed: seed, noiseScale: noise),
      plant: Quadrotor(configuration, seed: seed))
  }

  /// The board of `configuration` without a plant, for a recording: its chips are ideal, since the noise is in the
  /// recording, and those in `absent` are not on it.
  convenience init(recordingFor configuration: Configuration, without absent: Set<String>)
    throws(CommandFailure)
  {
    try self.init(
      configuration, board: SimulatedBoard(seed: 0, noiseScale: 0, biasScale: 0), plant: nil, absent: absent)
  }

  private init(
    _ configuration: Configuration, board: SimulatedBoard, plant: Quadrotor?, absent: Set<String> = []
  ) throws(CommandFailure) {
    (self.board, self.plant) = (board, plant)
    let enableName = configuration.lines.enable?.line ?? "enable"
    killSwitch = configuration.lines.killSwitch?.line ?? "kill-switch"
    board.enableLine = enableName
    enable = board.output(enableName)
    channels = configuration.actuators.motors.map(\.channel)
    for motor in configuration.actuators.motors { safeOutput.pulses.append(Float(motor.safeMicroseconds)) }
    if configuration.actuators.driver.bus == nil { processorPulses = FixedVector() }
    pulseDriver = SimulatedPCA9685(oscillator: Double(configuration.actuators.driver.oscillatorHz))
    do throws(SimulatedBoard.AssemblyError) {
      try board.attach(configuration, motors: pulseDriver, without: absent)
    } catch {
      throw CommandFailure("cannot assemble the simulated board: \(error)")
    }
    for (number, bus) in configuration.buses.enumerated() {
      workers.append(
        BusWorker(
          bus: board.bus(number, bitRate: bus.rateHz), configuration: configuration, name: bus.name,
          start: .zero))
    }
    if let plant { board.physics = PhysicalState(plant.truth) }
  }

  /// Schedules a fault of a chip.
  func inject(_ fault: FaultInjection) throws(CommandFailure) {
    do {
      try board.inject(fault)
    } catch {
      throw CommandFailure("cannot inject a fault: \(error)")
    }
  }

  /// What is true at the plant's time; `nil` without a plant.
  var truth: QuadrotorTruth? { plant?.truth }

  /// Lets the plant fly and every bus worker do its jobs until `time`. A job begins when it is due and its bus is
  /// free.
  func collectSamples(until time: MonotonicTime) -> SensorReadings {
    while let worker = workers.min(by: { $0.nextStart < $1.nextStart }), worker.nextStart <= time {
      let now = worker.nextStart
      advance(to: now)
      worker.runNext(now: now)
    }
    advance(to: time)
    var readings = SensorReadings()
    for worker in workers { worker.publish(to: &readings) }
    return readings
  }

  /// What the sensors' identity registers held at their last start.
  var identities: SensorIdentities {
    workers.map(\.identities).reduce(SensorIdentities()) { all, bus in
      SensorIdentities(
        inertial: all.inertial ?? bus.inertial, barometer: all.barometer ?? bus.barometer,
        magnetometer: all.magnetometer ?? bus.magnetometer, range: all.range ?? bus.range,
        power: all.power ?? bus.power)
    }
  }

  /// Sends a tick's decision to the actuators.
  func actuate(_ output: TickOutput) {
    for worker in workers { worker.write(pulses: output.pulses, now: board.now) }
    if processorPulses != nil { processorPulses = output.pulses }
    // A simulated line cannot fail.
    try? enable.set(output.enable)
    applyPulses()
  }

  /// Puts every output to its safe value: the enable line low, the motors' safe pulses.
  func makeSafe() { actuate(safeOutput) }

  /// Width in µs of the pulses that reach a motor; `nil` when none do.
  func pulseWidth(motor: Int) -> Double? {
    guard channels.indices.contains(motor) else { return nil }
    guard let processorPulses else { return board.pulseWidth(pulseDriver, channel: channels[motor]) }
    return board.outputsEnabled && processorPulses[motor] > 0 ? Double(processorPulses[motor]) : nil
  }

  /// Whether the kill switch is pulled.
  var isKillSwitchPulled: Bool { board.isActive(killSwitch) }

  private func advance(to time: MonotonicTime) {
    while let step = plant?.nanoseconds, step < time.nanoseconds {
      plant?.step()
      guard let plant else { break }
      board.physics = PhysicalState(plant.truth)
      board.advance(to: MonotonicTime(nanoseconds: min(plant.nanoseconds, time.nanoseconds)))
    }
    board.advance(to: time)
  }

  private func applyPulses() {
    for (motor, channel) in channels.enumerated() {
      let width =
        processorPulses.map { $0[motor] > 0 ? Double($0[motor]) : nil } ?? pulseDriver.pulseWidth(channel)
      plant?.setPulse(motor: motor, microseconds: board.outputsEnabled ? width : nil)
    }
  }
}

extension BusWorker where Bus == SimulatedI2CBus {
  /// When the next job can begin.
  fileprivate var nextStart: MonotonicTime { withBus { max(due, $0.busyUntil) } }
}
