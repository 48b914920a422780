/// One number for each motor of a quad-X, numbered as in PX4.
struct MotorValues: BitwiseCopyable, Sendable, Equatable {
  /// Motors 1 and 2, which turn counter-clockwise, and 3 and 4, which turn clockwise.
  var frontRight, rearLeft, frontLeft, rearRight: Float

  /// Values for the four motors in their order.
  init(_ frontRight: Float, _ rearLeft: Float, _ frontLeft: Float, _ rearRight: Float) {
    (self.frontRight, self.rearLeft) = (frontRight, rearLeft)
    (self.frontLeft, self.rearRight) = (frontLeft, rearRight)
  }

  /// The same value for each.
  init(all value: Float) { self.init(value, value, value, value) }

  /// The value of motor `index`, 0 to 3; reading any other gives 0, writing one does nothing.
  subscript(index: Int) -> Float {
    get {
      switch index {
      case 0: frontRight
      case 1: rearLeft
      case 2: frontLeft
      case 3: rearRight
      default: 0
      }
    }
    set {
      switch index {
      case 0: frontRight = newValue
      case 1: rearLeft = newValue
      case 2: frontLeft = newValue
      case 3: rearRight = newValue
      default: break
      }
    }
  }

  /// The smallest and the largest value.
  var range: (lowest: Float, highest: Float) {
    (
      min(min(frontRight, rearLeft), min(frontLeft, rearRight)),
      max(max(frontRight, rearLeft), max(frontLeft, rearRight))
    )
  }

  /// Each value as `transform` makes it.
  func map(_ transform: (Float) -> Float) -> MotorValues {
    MotorValues(transform(frontRight), transform(rearLeft), transform(frontLeft), transform(rearRight))
  }
}
