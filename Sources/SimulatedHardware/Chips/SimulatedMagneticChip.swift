import PortableMath

/// Noise and constant errors of a magnetometer.
public struct MagneticImperfections: Sendable {
  /// RMS noise of a measurement in T.
  public var noise: Double
  /// Standard deviation of each axis's offset in T: 5 µT, the iron of a small board; chips and vehicles vary widely.
  public var bias = 5e-6

  /// A noise in T, with the constant error above.
  public init(noise: Double) { self.noise = noise }
}

/// What magnetometers have in common: the field in the sensor's axes with noise and offsets.
public class SimulatedMagneticChip: SimulatedRegisterChip {
  private let mounting: Mounting
  private let imperfections: MagneticImperfections
  /// The constant errors of this specimen.
  public private(set) final var errors = MagneticErrors(offset: .zero)
  private var last = Vector3.zero

  init(mounting: Mounting, imperfections: MagneticImperfections) {
    (self.mounting, self.imperfections) = (mounting, imperfections)
    super.init()
  }

  override public var faultsItLacks: Set<FaultKind> { [.saturated] }

  override public func drawConstants() {
    if let (errors, stream) = imperfection.specimen {
      self.errors = errors.magnetic(stream: stream)
      return
    }
    let x = imperfection.bias(imperfections.bias)
    let y = imperfection.bias(imperfections.bias)
    let z = imperfection.bias(imperfections.bias)
    errors.offset = Vector3(x, y, z)
  }

  /// One measurement in T, in the axes of the mounting.
  final func measure(_ physics: borrowing PhysicalState) -> Vector3 {
    if faults.contains(.flat) { return last }
    let x = imperfection.noise(imperfections.noise)
    let y = imperfection.noise(imperfections.noise)
    let z = imperfection.noise(imperfections.noise)
    var field = mounting.toSensor(physics.magneticField)
    if let gain = errors.gain { field = gain * field }
    field = field + errors.offset + Vector3(x, y, z)
    // A magnet nearby: as strong as the Earth's field.
    if faults.contains(.bias) { field += Vector3(50e-6, -50e-6, 50e-6) }
    last = field
    return field
  }
}
