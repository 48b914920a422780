import Signals
import Testing

@testable import FlightLog

/// What is told of a tick, beside one at rest without trouble.
@Suite struct EventTests {
  /// The events when a change is made to a tick that came `from` another.
  private func events(
    of vehicle: SignalTable = SyntheticFlight.vehicle, from start: [String: Double] = [:],
    _ change: [String: Double]
  ) throws -> [FlightEvent] {
    var detector = EventDetector(vehicle)
    let memory = FrameMemory(vehicle)
    try put(start, vehicle, memory.frame)
    _ = detector.events(at: memory.frame)
    try put(change, vehicle, memory.frame)
    return detector.events(at: memory.frame)
  }

  private func put(_ values: [String: Double], _ table: SignalTable, _ frame: Frame) throws {
    for (name, value) in values {
      switch try #require(table[name], "\(name)").kind {
      case .time: frame[try #require(table.index(of: name, as: Int64.self))] = Int64(value)
      case .count: frame[try #require(table.index(of: name, as: UInt32.self))] = UInt32(value)
      case .flag: frame[try #require(table.index(of: name, as: Bool.self))] = value != 0
      case .choice: frame[try #require(table.index(of: name, as: UInt8.self))] = UInt8(value)
      default: Issue.record("\(name) is of another kind")
      }
    }
  }

  private let redundant = SyntheticFlight.redundantVehicle

  @Test func nothingChangedIsNoEvent() throws {
    #expect(try events(["tick.time": 1]).isEmpty)
  }

  @Test func aFaultIsAnErrorInFlightAndAWarningOnTheGround() throws {
    let expected = "range_stale: the range finder gives no fresh data"
    #expect(
      try events(["safety.range_stale": 1]) == [
        FlightEvent(level: .warning, source: "failsafe", text: expected)
      ])
    #expect(
      try events(from: ["safety.mode": 1], ["safety.range_stale": 1]) == [
        FlightEvent(level: .error, source: "failsafe", text: expected)
      ])
  }

  @Test func aLimitOfTheNetworkIsToldWhenItBeginsAndAtMostOnceASecond() throws {
    let table = SyntheticFlight.vehicle
    var detector = EventDetector(table)
    let memory = FrameMemory(table)
    try put(["safety.mode": 1, "safety.armed": 1], table, memory.frame)
    _ = detector.events(at: memory.frame)
    var told: [Int] = []
    for tick in 0..<600 {
      try put(
        ["tick.time": Double(tick) * 4_000_000, "network.input_limited": tick % 2 == 1 ? 1 : 0], table,
        memory.frame)
      for event in detector.events(at: memory.frame) {
        #expect(event == FlightEvent(level: .warning, source: "network", text: "an input beyond its range"))
        told.append(tick)
      }
    }
    #expect(told == [1, 251, 501])
    try put(["network.state_limited": 1, "network.time_limited": 1], table, memory.frame)
    #expect(
      detector.events(at: memory.frame).map(\.text) == [
        "a state at the end of its range", "more time since the last tick than it was made for",
      ])
  }

  @Test func aFaultThatEndsIsReportedToo() throws {
    #expect(
      try events(from: ["safety.tilt": 1], ["safety.tilt": 0]) == [
        FlightEvent(level: .information, source: "failsafe", text: "tilt: over")
      ])
  }

  @Test func everyOtherChangeIsNamed() throws {
    let found = try events([
      "tick.missed": 2, "safety.mode": 4, "command.source": 2, "safety.no_arming_battery": 1,
      "barometer.fault": 6, "actuators.fault": 1,
    ])
    #expect(found.map(\.source) == ["loop", "mode", "controller", "arming", "barometer", "actuators"])
    #expect(found[0].text == "2 tick(s) missed")
    #expect(found[1] == FlightEvent(level: .error, source: "mode", text: "disarmed -> terminated"))
    #expect(found[2].text == "none -> classical")
    #expect(
      found[3].text
        == "cannot arm: the battery is low or not measured; charge the battery, or check the power sensor")
    #expect(found[4].text == "fault: frozenData")
  }

  @Test func anInhibitThatEndsIsToldByItsText() throws {
    let name = "safety.no_arming_awaiting_disarm"
    #expect(
      try events(from: [name: 1], [name: 0]).map(\.text) == [
        "no longer: the arm request has not been taken back since the start, the last stop or the kill switch's release"
      ])
  }

  @Test func aSwitchToASpareIsToldWithItsReason() throws {
    let found = try events(
      of: redundant, from: ["imu.health_0": 2, "imu.health_1": 2], ["imu.health_0": 5, "imu.chosen": 1])
    #expect(
      found == [
        FlightEvent(level: .warning, source: "imu", text: "flat: gives the same values again and again"),
        FlightEvent(level: .warning, source: "imu", text: "imu.spares[0] is in use now, instead of imu"),
      ])
  }

  @Test func theFaultOfASpareIsToldByItsPlace() throws {
    #expect(
      try events(of: redundant, ["barometer_1.fault": 8]) == [
        FlightEvent(level: .warning, source: "barometer.spares[0]", text: "fault: badTrim")
      ])
  }

  @Test func theComingAndGoingOfASensorWithoutSparesIsLeftToItsDriver() throws {
    #expect(try events(["range_health.state": 3]).isEmpty)
    #expect(try events(["range_health.state": 7]).map(\.source) == ["range"])
  }

  /// A vehicle that no template has made: its words come from its table.
  @Test func aVehicleOfTheUsersTellsItsOwn() throws {
    let (safety, steer) = (SignalOrigin.block("safety"), SignalOrigin.block("steer"))
    let table = try SignalTable([
      Signal("tick.time", .time, from: .loop), Signal("tick.missed", .count, from: .loop),
      Signal("front.fault", .deviceFault, from: .device("front", bus: 0)),
      Signal("safety.mode", .choice(["disarmed", "active", "creep", "terminated"]), from: safety),
      Signal("safety.cliff", .flag, from: safety, about: "the ground ends"),
      Signal("safety.no_arming_lid", .flag, from: safety, about: "the lid is open", remedy: "close it"),
      Signal("steer.digest", .word, from: steer),
      Signal("steer.input_limited", .flag, from: steer, about: "an input beyond its range"),
    ])
    let found = try events(
      of: table,
      [
        "front.fault": 1, "safety.mode": 2, "safety.cliff": 1, "safety.no_arming_lid": 1,
        "steer.input_limited": 1,
      ])
    #expect(
      found.map { "\($0.source): \($0.text)" } == [
        "mode: disarmed -> creep", "failsafe: cliff: the ground ends",
        "arming: cannot arm: the lid is open; close it", "front: fault: missing",
        "steer: an input beyond its range",
      ])
  }
}
