import ControlLoop
import Devices
import HardwareInterfaces
import PortableMath
import SimulatedHardware

/// A vehicle whose chips, lines and physics are simulated. The drivers, the bus workers and everything above
/// them are those that fly: this class only puts chips where the configuration says they are, and moves time.
final class SimulatedVehicle {
  /// The chips and lines.
  let board: SimulatedBoard
  private(set) var plant: Quadrotor
  private var workers: [BusWorker<SimulatedI2CBus>] = []
  private let pulseDriver: SimulatedPCA9685
  private let channels: [Int]
  private var enable: SimulatedOutput
  private let killSwitch: String

  /// The vehicle of `configuration` as `seed` draws it.
  init(_ configuration: Configuration, seed: UInt64) throws(CommandFailure) {
    let simulation = configuration.simulation
    var random = RandomGenerator(seed: seed, stream: 96)
    let noise = random.nextUniform(simulation.sensorNoise.lowerBound, simulation.sensorNoise.upperBound)
    plant = Quadrotor(configuration, seed: seed)
    board = SimulatedBoard(seed: seed, noiseScale: noise)
    let enableName = configuration.lines.enable?.line ?? "enable"
    killSwitch = configuration.lines.killSwitch?.line ?? "kill-switch"
    board.enableLine = enableName
    enable = board.output(enableName)
    channels = configuration.actuators.motors.map(\.channel)
    pulseDriver = SimulatedPCA9685(oscillator: Double(configuration.actuators.driver.oscillatorHz))
    do throws(SimulatedBoard.AssemblyError) {
      try board.attach(configuration, motors: pulseDriver)
    } catch {
      throw CommandFailure("cannot assemble the simulated board: \(error)")
    }
    for (number, bus) in configuration.buses.enumerated() {
      workers.append(
        BusWorker(
          bus: board.bus(number, bitRate: bus.rateHz), configuration: configuration, name: bus.name,
          start: .zero))
    }
    board.physics = PhysicalState(plant.truth)
  }

  /// Schedules a fault of a chip.
  func inject(_ fault: FaultInjection) throws(CommandFailure) {
    do {
      try board.inject(fault)
    } catch {
      throw CommandFailure("cannot inject a fault: \(error)")
    }
  }

  /// What is true at the plant's time.
  var truth: QuadrotorTruth { plant.truth }

  /// Lets the plant fly and every bus worker do its jobs until `time`.
  func collectSamples(until time: MonotonicTime) -> SensorReadings {
    while let worker = nextWorker(), worker.due <= time {
      let now = worker.due
      advance(to: now)
      worker.runNext(now: now)
    }
    advance(to: time)
    var readings = SensorReadings()
    for worker in workers { worker.publish(to: &readings) }
    return readings
  }

  /// Sends a tick's decision to the actuators.
  func actuate(_ output: TickOutput) {
    for worker in workers { worker.write(pulses: output.pulses, now: board.now) }
    // A simulated line cannot fail.
    try? enable.set(output.enable)
    applyPulses()
  }

  /// Whether the kill switch is pulled.
  var isKillSwitchPulled: Bool { board.isActive(killSwitch) }

  private func nextWorker() -> BusWorker<SimulatedI2CBus>? {
    workers.min { $0.due < $1.due }
  }

  private func advance(to time: MonotonicTime) {
    while plant.nanoseconds < time.nanoseconds {
      plant.step()
      board.physics = PhysicalState(plant.truth)
      board.advance(to: MonotonicTime(nanoseconds: min(plant.nanoseconds, time.nanoseconds)))
    }
    board.advance(to: time)
  }

  private func applyPulses() {
    for (motor, channel) in channels.enumerated() {
      plant.setPulse(motor: motor, microseconds: board.outputsEnabled ? pulseDriver.pulseWidth(channel) : nil)
    }
  }
}
