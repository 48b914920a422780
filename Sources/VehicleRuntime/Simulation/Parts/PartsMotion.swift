import PortableMath
import Signals
import SimulatedHardware
import VehicleConfiguration

/// A plant of parts in motion. All that actuators, constants and parts give stands in one list of values, of which the first is 0.
struct PartsMotion: SimulatedMotion {
  private let stepLength: Int64
  private(set) var nanoseconds: Int64 = 0
  private(set) var physics = PhysicalState()

  private var values: [Double] = [0]
  private let parts: [any MovingPart]
  private let movers: [(name: String, place: Int)]
  private var actuators: [(number: Int, place: Int)] = []
  private var senses: [Sense] = []
  private var contacts: [(line: String, place: Int, isClosed: Bool)] = []
  private var score_: PartsScore

  /// Something that chips measure.
  private struct Sense {
    var quantity: MeasuredQuantity
    var place: Int
    var scale, offset, noise: Double
    var random: RandomGenerator
  }

  /// The plant as `seed` draws it, with what the devices of `tables` measure of it.
  init(_ plant: PartsPlant, of tables: VehicleTables, seed: UInt64) {
    stepLength = 1_000_000_000 / Int64(max(plant.run.plantRateHz, 1))
    var places: [String: Int] = [:]
    var values = [0.0]
    for name in plant.sources {
      places[name] = values.count
      values.append(0)
    }
    movers = plant.sources.compactMap { name in places[name].map { (name, $0) } }
    for part in plant.parts {
      for output in part.outputs {
        places["\(part.name).\(output.name)"] = values.count
        values.append(0)
      }
    }
    var made: [any MovingPart] = []
    for part in plant.parts {
      let inputs = part.inputs.mapValues { sources in
        sources.map { source -> Int in
          switch source {
          case .actuator(let name): return places[name] ?? 0
          case .output(let other, let name): return places["\(other).\(name)"] ?? 0
          case .number(let number):
            values.append(number)
            return values.count - 1
          }
        }
      }
      let wiring = PartWiring(
        part, inputs: inputs,
        outputs: Dictionary(
          part.outputs.map { ($0.name, places["\(part.name).\($0.name)"] ?? 0) },
          uniquingKeysWith: { first, _ in first }),
        random: RandomGenerator(seed: seed, stream: nameHash("part \(part.name)")), wear: plant.wear,
        disturbance: plant.disturbance)
      if let moving = PartMotions.all.named(part.kind.name)?.make(wiring) { made.append(moving) }
    }
    (parts, self.values) = (made, values)
    score_ = PartsScore(plant, places)
    // As the chips have it: the noise of the run is drawn first of all.
    var noise = RandomGenerator(seed: seed, stream: 96)
    let range = plant.run.sensorNoise
    let level = noise.nextUniform(range.lowerBound, range.upperBound)
    for channel in tables.channels(of: plant) {
      let measured = channel.measurement
      let place = places["\(channel.part).\(channel.output)"] ?? 0
      if case .line(let line) = channel.quantity {
        contacts.append((line, place, false))
        continue
      }
      var random = RandomGenerator(
        seed: seed, stream: nameHash("measure \(measured.device) \(channel.part) \(channel.output)"))
      let scale = measured.scale * (1 + plant.wear * measured.scaleWear * random.nextUniform(-1, 1))
      let offset = measured.offset + plant.wear * measured.offsetWear * random.nextUniform(-1, 1)
      senses.append(
        Sense(
          quantity: channel.quantity, place: place, scale: scale, offset: offset,
          noise: measured.noise * level, random: random))
    }
    physics.batteryVoltage = 4.2 * Double(plant.run.batteryCells ?? 3)
    // What stands still says where it is, too.
    for part in parts { part.step(&self.values, seconds: Double(stepLength) * 1e-9) }
    measure()
  }

  mutating func step() {
    nanoseconds &+= stepLength
    let seconds = Double(stepLength) * 1e-9
    for part in parts { part.step(&values, seconds: seconds) }
    measure()
  }

  private mutating func measure() {
    for index in senses.indices {
      let sense = senses[index]
      var value = values[sense.place] * sense.scale + sense.offset
      if sense.noise > 0 { value += sense.noise * senses[index].random.nextGaussian() }
      physics.set(sense.quantity, value)
    }
  }

  mutating func connect(_ actuators: SimulatedActuators) {
    self.actuators = movers.compactMap { mover in actuators[mover.name].map { ($0, mover.place) } }
  }

  mutating func drive(by actuators: SimulatedActuators) {
    for (number, place) in self.actuators { values[place] = actuators.output(number) }
  }

  /// Pulses of a chip begin with its cycle, and a bridge's direction changes before its pulses do.
  var followsOutputs: Bool { true }

  mutating func takeContact() -> (line: String, isClosed: Bool)? {
    for index in contacts.indices {
      let isClosed = values[contacts[index].place] > 0.5
      guard isClosed != contacts[index].isClosed else { continue }
      contacts[index].isClosed = isClosed
      return (contacts[index].line, isClosed)
    }
    return nil
  }

  var crash: String? {
    for part in parts { if let crash = part.crash { return crash } }
    return nil
  }

  mutating func watch(_ signals: SignalTable) { score_.watch(signals) }
  mutating func note(_ tick: RunTick) { score_.note(tick, values) }
  var score: RunScore { score_.score(crash: crash) }
}

extension PhysicalState {
  /// Sets what is measured of a quantity.
  fileprivate mutating func set(_ quantity: MeasuredQuantity, _ value: Double) {
    switch quantity {
    case .force(let axis): specificForce[axis] = value
    case .rate(let axis): angularRate[axis] = value
    case .field(let axis): magneticField[axis] = value
    case .temperature: temperature = value
    case .pressure: pressure = value
    case .differentialPressure: differentialPressure = value
    case .distance: rangeToGround = value
    case .voltage: batteryVoltage = value
    case .current: batteryCurrent = value
    case .angle(let shaft): shaftAngles[shaft & 1] = value
    case .input(let number): voltages[min(number, voltages.scalarCount - 1)] = value
    case .line: break
    }
  }
}

extension PartsPlant: MovingPlant {
  /// See `MovingPlant`; without a vehicle nothing is measured, so that it is only made for one.
  public func motion(seed: UInt64) -> any SimulatedMotion { StandingVehicle(run) }
  /// See `MovingPlant`.
  public func motion(seed: UInt64, of tables: VehicleTables) -> any SimulatedMotion {
    PartsMotion(self, of: tables, seed: seed)
  }
}
