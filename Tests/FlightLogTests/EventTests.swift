import ControlLoop
import Testing

@testable import FlightLog

@Suite struct EventTests {
  private func events(_ change: (inout TickRecord) -> Void, from start: TickRecord = .blank) -> [FlightEvent]
  {
    var detector = EventDetector()
    _ = detector.events(at: start)
    var record = start
    change(&record)
    return detector.events(at: record)
  }

  @Test func nothingChangedIsNoEvent() {
    #expect(events { $0.input.time.nanoseconds += 1 }.isEmpty)
  }

  @Test func aFaultIsAnErrorInFlightAndAWarningOnTheGround() {
    let change: (inout TickRecord) -> Void = { $0.output.faults = FailsafeCondition.rangeStale.bit }
    let expected = "range_stale: the range finder gives no fresh data"
    #expect(events(change) == [FlightEvent(level: .warning, source: "failsafe", text: expected)])
    var flying = TickRecord.blank
    flying.output.mode = .active
    #expect(events(change, from: flying) == [FlightEvent(level: .error, source: "failsafe", text: expected)])
  }

  @Test func aLimitOfTheNetworkIsToldWhenItBeginsAndAtMostOnceASecond() {
    var detector = EventDetector()
    var record = TickRecord.blank
    record.output.mode = .active
    _ = detector.events(at: record)
    var told: [Int64] = []
    for tick in 0..<600 as Range<Int64> {
      record.input.time.nanoseconds = tick * 4_000_000
      record.output.networkLimits = tick % 2 == 1 ? [.inputs] : []
      for event in detector.events(at: record) {
        #expect(event == FlightEvent(level: .warning, source: "network", text: "an input beyond its range"))
        told.append(tick)
      }
    }
    #expect(told == [1, 251, 501])
    record.output.networkLimits = [.states, .elapsed]
    #expect(detector.events(at: record).map(\.source) == ["network", "network"])
  }

  @Test func aFaultThatEndsIsReportedToo() {
    var start = TickRecord.blank
    start.output.faults = FailsafeCondition.tilt.bit
    #expect(
      events({ $0.output.faults = 0 }, from: start)
        == [FlightEvent(level: .information, source: "failsafe", text: "tilt: over")])
  }

  @Test func everyOtherChangeIsNamed() {
    let found = events { record in
      record.input.missed = 2
      record.output.mode = .terminated
      record.output.controller = .classical
      record.output.inhibits = ArmingInhibit.battery.bit
      record.input.pressure.fault = .frozenData
      record.input.actuatorFault = .missing
    }
    #expect(found.map(\.source) == ["loop", "mode", "controller", "arming", "barometer", "actuators"])
    #expect(found[1] == FlightEvent(level: .error, source: "mode", text: "disarmed -> terminated"))
    #expect(found[4].text == "fault: frozenData")
  }

  @Test func aSwitchToASpareIsToldWithItsReason() {
    var start = TickRecord.blank
    start.output.votes.imu.first = .good
    start.output.votes.imu.second = .good
    let found = events(
      { record in
        record.output.votes.imu.first = .flat
        record.output.votes.imu.chosen = .firstSpare
      }, from: start)
    #expect(
      found == [
        FlightEvent(level: .warning, source: "imu", text: "flat: gives the same values again and again"),
        FlightEvent(level: .warning, source: "imu", text: "imu.spares[0] is in use now, instead of imu"),
      ])
  }

  @Test func theFaultOfASpareIsToldByItsPlace() {
    let found = events { $0.input.spares.pressure[1].fault = .badTrim }
    #expect(found == [FlightEvent(level: .warning, source: "barometer.spares[1]", text: "fault: badTrim")])
  }

  @Test func theComingAndGoingOfASensorWithoutSparesIsLeftToItsDriver() {
    #expect(events { $0.output.votes.range.first = .stale }.isEmpty)
    #expect(events { $0.output.votes.range.first = .failing }.map(\.source) == ["range"])
  }
}
