/// The state of one flight as bit patterns in hexadecimal: see `PlantsQuadrotorTests.golden`.
enum GoldenFlight {
  /// Position north and down, attitude's real part, pitch rate, voltage, pressure.
  static let bits = [
    "3fd4ff7e5d6a81b9", "bfe0e0e8466e7b8c", "3fea0e146bf53126", "c004f7585f466053", "402636d108844474",
    "40f8bc5f99f7ef6d",
  ]
}

/// The state of one run of a balancing robot as bit patterns in hexadecimal: see `PlantsBalancingRobotTests.golden`.
enum GoldenRun {
  /// Position north, lean, turn rate, angle of the right wheel, voltage.
  static let bits = [
    "3f95cb0446449c01", "bfd1e42b1ff28660", "3fe5a2034f2060e9", "3fe25125ef0df0d4", "40286c69ad7dbc16",
  ]
}
