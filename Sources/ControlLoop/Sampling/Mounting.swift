import HardwareInterfaces

extension SignedAxis {
  /// The component along this axis.
  func component(_ vector: (x: Float, y: Float, z: Float)) -> Float {
    switch self {
    case .plusX: vector.x
    case .minusX: -vector.x
    case .plusY: vector.y
    case .minusY: -vector.y
    case .plusZ: vector.z
    case .minusZ: -vector.z
    }
  }
}

extension Configuration.Mounting {
  /// A reading in the sensor's axes, turned into the body's.
  func body(_ sample: InertialSample) -> InertialSample {
    let a = (x: sample.accelerationX, y: sample.accelerationY, z: sample.accelerationZ)
    let w = (x: sample.rateX, y: sample.rateY, z: sample.rateZ)
    return InertialSample(
      acceleration: (forward.component(a), right.component(a), down.component(a)),
      rate: (forward.component(w), right.component(w), down.component(w)), temperature: sample.temperature)
  }

  /// A reading in the sensor's axes, turned into the body's.
  func body(_ sample: MagneticSample) -> MagneticSample {
    let b = (x: sample.fieldX, y: sample.fieldY, z: sample.fieldZ)
    return MagneticSample(field: (forward.component(b), right.component(b), down.component(b)))
  }
}
