import HardwareInterfaces
import PortableMath
import Sampling
import Signals
import SimulatedHardware
import VehicleConfiguration

/// A vehicle whose chips, lines and physics are simulated. The drivers, the bus workers and everything above
/// them are those that fly: this class only puts chips where the configuration says they are, and moves time.
package final class SimulatedVehicle: Vehicle {
  /// The chips and lines.
  let board: SimulatedBoard
  /// What hangs at its outputs, under the actuators' names.
  let actuators: SimulatedActuators
  /// The processor's own outputs.
  private let outputs: ProcessorOutputs<SimulatedOutput, SimulatedPulseOutput>
  /// What moves the chips' physics; `nil` when a recording does, through the board.
  private(set) var motion: (any SimulatedMotion)?
  private var workers: [BusWorker<SimulatedI2CBus>] = []
  /// The lines that are read, in the order of their worker; `nil` for one that is not on the board.
  private let inputs: [SimulatedLine?]
  private let lineWorker: LineWorker
  /// Those who command with sticks.
  private let pilots: [SimulatedPilot]
  /// The signals of the frames that it reads and writes.
  let table: SignalTable
  private let memory: FrameMemory
  private let outside: OutsidePlaces
  private let armed: SignalIndex<Bool>?
  /// A frame that says what is safe.
  private let safe: FrameMemory
  private var enable: SimulatedOutput
  private let killSwitch: String

  /// The vehicle of `configuration` as `seed` draws it: mass, disturbances, noise and all. `motion` moves it in place of
  /// its own physics, and its buses are used as `sampled` says, when that is not the same. Frames are those of `table`, or of the
  /// devices alone. Its actuators are those of `plan`, or of the configuration.
  convenience init(
    _ configuration: VehicleTables, seed: UInt64, plan: ActuatorPlan? = nil, table: SignalTable? = nil,
    motion: (any SimulatedMotion)? = nil, sampled: VehicleTables? = nil
  ) throws(VehicleError) {
    let simulation = configuration.simulation
    var random = RandomGenerator(seed: seed, stream: 96)
    let noise = random.nextUniform(simulation.sensorNoise.lowerBound, simulation.sensorNoise.upperBound)
    if case .seed(let made)? = configuration.calibration?.origin, made != seed {
      throw VehicleError(
        "\(configuration.calibrationPath ?? "the calibration") was made on the chips of seed \(made), and seed \(seed) "
          + "draws others; with `sensor_errors: {}` in the section `simulation` they stay the same in every run"
      )
    }
    try self.init(
      configuration, plan: plan,
      board: SimulatedBoard(
        seed: seed, noiseScale: noise, specimen: simulation.sensorErrors.map { SpecimenErrors($0) }),
      table: table, motion: motion ?? configuration.simulatedMotion(seed: seed), sampled: sampled)
  }

  /// The board of `configuration` without physics, for a recording: its chips are ideal, since the noise is in the
  /// recording, and those in `absent` are not on it.
  convenience init(
    recordingFor configuration: VehicleTables, plan: ActuatorPlan? = nil, table: SignalTable,
    without absent: Set<String>
  ) throws(VehicleError) {
    try self.init(
      configuration, plan: plan, board: SimulatedBoard(seed: 0, noiseScale: 0, biasScale: 0), table: table,
      motion: nil,
      absent: absent, playsBack: true)
  }

  private init(
    _ configuration: VehicleTables, plan given: ActuatorPlan?, board: SimulatedBoard, table: SignalTable?,
    motion: (any SimulatedMotion)?, absent: Set<String> = [], sampled: VehicleTables? = nil,
    playsBack: Bool = false
  ) throws(VehicleError) {
    (self.board, self.motion) = (board, motion)
    let enableName = configuration.lines.enable?.line ?? "enable"
    killSwitch = configuration.lines.killSwitch?.line ?? "kill-switch"
    board.enableLine = enableName
    enable = board.output(enableName)
    do throws(SignalErrors) {
      if let table { self.table = table } else { self.table = try (sampled ?? configuration).deviceTable() }
    } catch {
      throw VehicleError(place: configuration.name, "\(error)")
    }
    let table = self.table
    memory = FrameMemory(table)
    safe = FrameMemory(table)
    (outside, armed) = (OutsidePlaces(table), table.index(of: "safety.armed"))
    let plan: ActuatorPlan
    let used: ActuatorPlan
    do throws(ConfigurationErrors) {
      plan = if let given { given } else { try configuration.actuatorPlan() }
      used = if let sampled { try sampled.actuatorPlan() } else { plan }
    } catch {
      throw VehicleError(place: configuration.name, "\(error)")
    }
    plan.makeSafe(safe.frame, table)
    outputs = ProcessorOutputs(plan, table) { line, isSafeActive in
      let output = board.output(line.line)
      board.drive(line.line, active: isSafeActive)
      return output
    } output: { planned, safe in
      board.pulseOutput(planned.outputName)
    }
    do throws(SimulatedBoard.AssemblyError) {
      actuators = try board.attach(configuration, plan, without: absent)
      if motion != nil { try board.drive(inputsOf: configuration, without: absent) }
    } catch {
      throw VehicleError("cannot assemble the simulated board: \(error)")
    }
    let devices = (sampled ?? configuration).devices
    lineWorker = LineWorker(devices, table: table)
    pilots = try SimulatedPilot.all(of: configuration, table, on: board)
    inputs = lineWorker.devices.map { board.chip(named: $0.twin.name) as? SimulatedLine }
    for (number, bus) in configuration.buses.enumerated() {
      workers.append(
        BusWorker(
          bus: board.bus(number, bitRate: bus.rateHz), devices: devices.filter { $0.bus == bus.name },
          chips: used.chips(on: bus.name), table: table, start: .zero, playsBack: playsBack))
    }
    if let motion { board.physics = motion.physics }
    self.motion?.connect(actuators)
    self.motion?.watch(self.table)
  }

  /// Schedules a fault of a chip.
  func inject(_ fault: FaultInjection) throws(VehicleError) {
    do {
      try board.inject(fault)
    } catch {
      throw VehicleError("cannot inject a fault: \(error)")
    }
  }

  /// Why the run ended; `nil` while it goes on.
  var crash: String? { motion?.crash }

  /// How well the run went so far.
  var score: RunScore { motion?.score ?? RunScore() }

  /// Takes note of a tick for the score.
  func note(_ tick: RunTick) { motion?.note(tick) }

  /// A frame of its own, for whoever has none.
  var values: Frame { memory.frame }

  /// Lets the vehicle move and every bus worker do its jobs until `time`. A job begins when it is due and its bus is
  /// free.
  func collectSamples(until time: MonotonicTime, into frame: Frame) {
    while let worker = workers.min(by: { $0.nextStart < $1.nextStart }), worker.nextStart <= time {
      let now = worker.nextStart
      advance(to: now)
      worker.runNext(now: now)
    }
    advance(to: time)
    var fault = DeviceFault.none
    for worker in workers {
      worker.readings.copy(from: worker.frame, to: frame)
      fault = fault.worse(worker.actuatorFault)
    }
    readLines()
    lineWorker.readings.copy(from: lineWorker.frame, to: frame)
    for pilot in pilots { pilot.read(until: time, into: frame) }
    outside.put(actuatorFault: fault, frame)
    outside.put(killSwitch: isKillSwitchPulled, frame)
  }

  /// Takes the edges of the lines that are read, and looks at their levels, as their thread does on Linux.
  private func readLines() {
    let now = board.now
    for (place, input) in inputs.enumerated() {
      guard let input, input.isThere else {
        lineWorker.fail(place, .gone)
        continue
      }
      let lost = input.takeEdges { edge in
        lineWorker.take(place, edge: edge.time, becameActive: edge.becameActive, now: now)
      }
      if lost > 0 { lineWorker.lose(place, edges: lost) }
      if let level = lineWorker.level(of: place), level != input.isActive {
        // Its chip was away meanwhile.
        lineWorker.lose(place, edges: 1)
      }
      lineWorker.look(place, isActive: input.isActive, now: now)
    }
  }

  /// By the devices' names what their identity registers held at their last start.
  var identities: [String: UInt8] {
    var identities: [String: UInt8] = [:]
    for worker in workers {
      for (place, device) in worker.devices.enumerated() {
        identities[device.name] = worker.identity(of: place)
      }
    }
    return identities
  }

  /// Sends a tick's decision to the actuators.
  func actuate(_ frame: Frame) {
    for worker in workers {
      worker.orders.copy(from: frame, to: worker.frame)
      worker.write(now: board.now)
    }
    // Simulated lines cannot fail.
    _ = outputs.apply(frame)
    try? enable.set(frame.value(armed) ?? false)
    motion?.drive(by: actuators)
  }

  /// Puts every output to its safe value: the enable line low, all else as planned.
  func makeSafe() { actuate(safe.frame) }

  /// Whether the kill switch is pulled.
  var isKillSwitchPulled: Bool { board.isActive(killSwitch) }

  private func advance(to time: MonotonicTime) {
    while let step = motion?.nanoseconds, step < time.nanoseconds {
      motion?.step()
      guard let motion else { break }
      board.physics = motion.physics
      board.advance(to: MonotonicTime(nanoseconds: min(motion.nanoseconds, time.nanoseconds)))
      while let contact = self.motion?.takeContact() { board.drive(contact.line, active: contact.isClosed) }
      if motion.followsOutputs { self.motion?.drive(by: actuators) }
    }
    board.advance(to: time)
  }
}

extension BusWorker where Bus == SimulatedI2CBus {
  /// When the next job can begin.
  fileprivate var nextStart: MonotonicTime { withBus { max(due, $0.busyUntil) } }
}
