import Glibc
import SimulatedHardware

/// A fault in flight, and the reaction that the configuration asks for.
struct InjectedFault {
  /// What happens.
  var name: String
  /// What the program's report must name.
  var condition: String
  /// Whether the configuration disarms for it; otherwise the flight goes on.
  var disarms: Bool
  /// Whether the motor driver can still be told its safe pulses.
  var reachesMotors = true
  /// Lets it happen.
  var inject: (Bench) throws(HILError) -> Void

  /// The scenario: take off, inject, see the reaction and the report.
  var scenario: Scenario {
    Scenario("in flight, \(name): \(disarms ? "disarms" : "flies on")") { bench throws(HILError) in
      let flight = try Flight(bench)
      try flight.getUnderWay()
      try inject(bench)
      if disarms {
        try bench.expectSafe(pulses: reachesMotors)
      } else {
        for _ in 0..<40 {
          Guest.sleep(milliseconds: 25)
          try flight.expectFlying()
        }
      }
      let text = try flight.stop()
      if !disarms { try bench.expectSafe() }
      guard !condition.isEmpty else { return }
      try Bench.expect(text.contains("\"\(condition)\""), "the report does not name \(condition): \(text)")
    }
  }
}

/// Every fault that the board can have in flight.
enum FaultScenarios {
  static var all: [Scenario] { faults.map(\.scenario) }

  private static func bus(
    _ name: String, _ fault: BridgeFault, _ address: UInt8, _ condition: String, disarms: Bool = true,
    count: Int = .max
  ) -> InjectedFault {
    InjectedFault(
      name: name, condition: condition, disarms: disarms,
      reachesMotors: address != EmulatedBoard.Address.motors
    ) { bench throws(HILError) in
      try bench.fail(fault, address, count: count)
    }
  }

  private static func chip(
    _ name: String, _ kind: FaultKind, _ chip: String, _ condition: String, disarms: Bool = true
  ) -> InjectedFault {
    InjectedFault(name: name, condition: condition, disarms: disarms) { bench throws(HILError) in
      try bench.board { board throws(HILError) in try board.inject(kind, chip) }
    }
  }

  private static var faults: [InjectedFault] {
    let (imu, motors) = (EmulatedBoard.Address.imu, EmulatedBoard.Address.motors)
    return [
      bus("the inertial sensor is not acknowledged", .failure(.addressNotAcknowledged), imu, "imu_stale"),
      bus("its transfers time out", .mute, imu, "imu_stale"),
      bus("its transfers never end", .hang, imu, "imu_stale"),
      bus("another master takes the bus", .failure(.arbitrationLost), imu, "imu_stale"),
      bus("its reads end short", .shortRead, imu, "imu_stale"),
      bus("two of its transfers fail", .failure(.arbitrationLost), imu, "", disarms: false, count: 2),
      chip("its data are stuck", .stuck, "imu", "imu_stale"),
      chip("its identity is wrong", .wrongIdentity, "imu", "imu_stale"),
      chip("its supply sags", .brownOut, "imu", "imu_stale"),
      chip("it is unplugged", .off, "imu", "imu_stale"),
      bus("the motor driver refuses its data", .failure(.writeIncomplete), motors, "actuator_fault"),
      chip("the motor driver's supply sags", .brownOut, "motors", "actuator_fault"),
      chip("the motor driver is unplugged", .off, "motors", "actuator_fault"),
      chip("the range finder is unplugged", .off, "range", "range_stale", disarms: false),
      chip("the barometer is unplugged", .off, "barometer", "barometer_stale", disarms: false),
      InjectedFault(
        name: "the bridge is unplugged", condition: "imu_stale", disarms: true, reachesMotors: false
      ) { bench in
        bench.server.unplug()
      },
    ]
  }
}
