/// The state of one flight as bit patterns in hexadecimal: see `PlantsQuadrotorTests.golden`.
enum GoldenFlight {
  /// Position north and down, attitude's real part, pitch rate, voltage, pressure.
  static let bits = [
    "3fd5186c7820fc9f", "bfe0d6feff8c182d", "3fea035181b56c6e", "c004fad498d37967", "402636d108844474",
    "40f8bc5fc37972f7",
  ]
}
