/// One behaviour, checked by one run on a fresh board.
struct Scenario {
  /// What is true when it passes.
  let name: String
  /// The vehicle that the board is in.
  let vehicle: VehicleKind
  /// Fails by throwing.
  let run: (Bench) throws(HILError) -> Void

  /// A scenario on the quadrotor's board.
  init(_ name: String, _ run: @escaping (Bench) throws(HILError) -> Void) { self.init(name, .quadrotor, run) }

  /// A scenario on the board of `vehicle`.
  init(_ name: String, _ vehicle: VehicleKind, _ run: @escaping (Bench) throws(HILError) -> Void) {
    (self.name, self.vehicle, self.run) = (name, vehicle, run)
  }

  /// The name as a file's name.
  var title: String { Self.title(name) }

  /// A name as a file's name.
  static func title(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}
