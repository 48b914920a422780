import PortableMath

/// Something that one chip measures, or that drives one line.
public enum PhysicalQuantity: Equatable, Sendable {
  /// Specific force in m/s² along an axis of the body, 0 to 2.
  case specificForce(Int)
  /// Angular rate in rad/s about an axis of the body.
  case angularRate(Int)
  /// Magnetic flux density in T along an axis of the body.
  case magneticField(Int)
  /// Temperature of the chip in °C.
  case temperature
  /// Air pressure in Pa.
  case pressure
  /// Dynamic pressure in Pa at a pitot tube.
  case differentialPressure
  /// Distance in m to what a range finder sees.
  case distance
  /// Voltage in V and current in A of a battery.
  case voltage, current
  /// Angle in rad of all shafts.
  case angle
  /// Voltage in V at an input of an analog converter, 0 to 3.
  case analogInput(Int)
  /// Level of a pin of a port, 0 to 15: high unless the value is 0, or the other way round.
  case pin(Int, isInverted: Bool)
  /// Whether a line is active: unless the value is 0.
  case level
  /// Pulses at a line, as many in a second as the value says, as long as the pauses.
  case pulses
}

/// What one chip or line has in place of what the board's physics say.
public struct PhysicalInput: Equatable, Sendable {
  /// What it is.
  public var quantity: PhysicalQuantity
  /// Its value over the board's time; before the first step the physics count.
  public var course: TimeCourse

  /// An input from its parts.
  public init(_ quantity: PhysicalQuantity, _ course: TimeCourse) {
    (self.quantity, self.course) = (quantity, course)
  }

  /// Puts its value at `time` in ns into what a chip is about to measure.
  func apply(to physics: inout PhysicalState, at time: Int64) {
    guard let value = course.value(at: time) else { return }
    switch quantity {
    case .specificForce(let axis): physics.specificForce[axis] = value
    case .angularRate(let axis): physics.angularRate[axis] = value
    case .magneticField(let axis): physics.magneticField[axis] = value
    case .temperature: physics.temperature = value
    case .pressure: physics.pressure = value
    case .differentialPressure: physics.differentialPressure = value
    case .distance: physics.rangeToGround = value
    case .voltage: physics.batteryVoltage = value
    case .current: physics.batteryCurrent = value
    case .angle: physics.shaftAngles = SIMD2(repeating: value)
    case .analogInput(let number) where (0..<4).contains(number):
      // What is put here surrounds one chip alone, whichever of the vehicle's converters it is.
      for converter in 0..<4 { physics.voltages[4 * converter + number] = value }
    // What drives pins and lines is no physics.
    case .analogInput, .pin, .level, .pulses: break
    }
  }
}

extension SimulatedBoard {
  /// Lets what the chip or the line of a name measures be as `input` says, from now on.
  public func drive(_ name: String, by input: PhysicalInput) throws(AssemblyError) {
    guard let chip = chips.firstIndex(where: { $0.name == name }) else {
      throw .unknownChip(name, known: chipNames)
    }
    chips[chip].take(input)
    expect(eventOf: chip)
  }
}
