import ControlLoop
import HardwareInterfaces

// What the topics for people show of sensors with spares: the one in use, as it reads, without the offset that is added
// for the estimator.

extension TickRecord {
  /// The reading of the inertial sensor in use.
  var inertialInUse: Reading<InertialSample> {
    Self.inUse(output.votes.imu, input.inertial, input.spares.inertial)
  }

  /// The reading of the barometer in use.
  var pressureInUse: Reading<PressureSample> {
    Self.inUse(output.votes.barometer, input.pressure, input.spares.pressure)
  }

  /// The reading of the range finder in use.
  var rangeInUse: Reading<RangeSample> {
    Self.inUse(output.votes.range, input.range, input.spares.range)
  }

  private static func inUse<Sample>(
    _ vote: KindVote, _ first: Reading<Sample>, _ spares: Spares<Reading<Sample>>
  ) -> Reading<Sample> {
    switch vote.chosen {
    case .first: first
    case .firstSpare: spares[0]
    case .secondSpare: spares[1]
    }
  }
}
