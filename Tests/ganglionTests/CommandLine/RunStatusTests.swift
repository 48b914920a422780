import FlightLog
import Foundation
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

private func fly(_ loaded: LoadedVehicle, seed: UInt64 = 1, fault: String? = nil, log: String? = nil) throws
  -> FlightReport
{
  try VehicleRuntime.fly(Flight(loaded, seed: seed, fault: fault, logPath: log), showsProgress: false)
}

/// The shipped quadrotor in eight seconds that nobody judges.
private func unjudgedMission() throws -> LoadedVehicle {
  var text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
  let section = try #require(text.range(of: #"\n  evaluation: \{[^}]*\},"#, options: .regularExpression))
  text.removeSubrange(section)
  text = text.replacing("duration_s: 20", with: "duration_s: 8")
  return try LoadedVehicle(
    configuration: Array(text.utf8), models: [:], overrides: ["controller": "classical"])
}

@Suite("The exit status of a simulated run")
struct RunStatusTests {
  @Test("A flight that holds is a success, one that crashes is none, and its crash is a fault")
  func crash() throws {
    let good = try fly(try shippedVehicle())
    #expect(good.status == .success && good.held == true)
    #expect(good.table.contains("held            yes"))
    let report = try fly(try shippedVehicle(), fault: "imu:off@6s")
    #expect(report.score.crash == "impact")
    #expect(report.status == .resultSaysNo)
    #expect(report.held == false)
    #expect(report.faultNames.first == "imu_stale" && report.faultNames.last == "crash")
    #expect(report.table.contains("the vehicle crashed: impact"), "\(report.table)")
    #expect(report.table.contains("held            no: crashed: impact"), "\(report.table)")
    #expect(report.json["faults"] as? [String] == report.faultNames)
    #expect(report.json["held"] as? Bool == false)
    #expect((report.json["not_held_because"] as? [String])?.first == "crashed: impact")
  }

  @Test("A crash that no condition has seen is not beside 'faults none'")
  func unseenCrash() throws {
    var report = try fly(try shippedVehicle())
    report.score.crash = "tippedOver"
    #expect(!report.table.contains("faults          none"))
    #expect(report.faultNames == ["crash"])
    #expect(report.status == .resultSaysNo)
  }

  @Test("What stood at the end of its range is told at the end of the run, with how long")
  func endOfRange() throws {
    let good = try fly(try shippedVehicle())
    #expect(!good.table.contains("end of its range"))
    #expect(good.json["sensors_beyond_range_ticks"] as? [String: UInt64] == [:])
    let report = try fly(try shippedVehicle([("shunt_ohm: 0.002", "shunt_ohm: 0.1")]))
    let ticks = try #require(report.json["sensors_beyond_range_ticks"] as? [String: UInt64])
    let power = try #require(ticks["power"])
    // From the take-off at 1.5 s on, at 250 ticks a second.
    #expect(ticks.count == 1 && power > 1500 && power < report.ticks)
    #expect(
      report.table.contains(
        "sensors         sensors.power stood at the end of its range in \(power) ticks: the current was beyond it"
      ))
  }

  @Test("A battery monitor that does not answer, or is another chip, is named like any other sensor")
  func powerMonitor() throws {
    let report = try fly(try shippedVehicle(), fault: "power:off@4s")
    #expect(report.complaints == ["sensors.power: nothing answers at 0x41, where the ina219 should be"])
  }

  @Test("The crash is an event in the log, which replays as before")
  func crashInLog() throws {
    try withFolder { folder in
      let path = "\(folder)/a.mcap"
      let report = try fly(try shippedVehicle(), fault: "imu:off@6s", log: path)
      var replay = try Replay(path: path)
      let outcome = try replay.run()
      #expect(outcome.isIdentical)
      #expect(outcome.ticks == report.ticks)
      let csv = "\(folder)/events.csv"
      #expect(runLogCommand(["export", "--csv", path, "--topic", "/events", "--output", csv]) == .success)
      let events = try String(contentsOfFile: csv, encoding: .utf8)
      #expect(events.contains("simulation,the vehicle crashed: impact"), "\(events)")
      #expect(runLogCommand(["verify", path]) == .success)
    }
  }

  @Test("A flight that does not hold is told why")
  func notHeld() throws {
    let strict = try fly(try shippedVehicle([("altitude_rms_m: 0.3", "altitude_rms_m: 0.001")]))
    #expect(strict.status == .resultSaysNo)
    #expect(strict.table.contains("held            no: altitude error "), "\(strict.table)")
    let disarmed = try fly(try shippedVehicle(), fault: "imu:wrong-identity@0s")
    #expect(disarmed.status == .resultSaysNo)
    #expect(disarmed.table.contains("not armed in all of the time that is judged"), "\(disarmed.table)")
  }

  @Test("Without an evaluation nothing is judged: null, and only a crash says no")
  func unjudged() throws {
    let report = try fly(try unjudgedMission())
    #expect(report.status == .success)
    #expect(report.held == nil)
    #expect(report.json["held"] is NSNull)
    #expect(report.table.contains("held            not judged: the configuration has no section evaluation"))
    #expect(!report.table.contains("limit"))
    let crashed = try fly(try unjudgedMission(), fault: "imu:off@6s")
    #expect(crashed.status == .resultSaysNo)
    #expect(crashed.json["held"] is NSNull)
    // An empty section asks for the standard one.
    #expect(try shippedVehicle().tables.evaluation.isJudged)
  }

  @Test("A fault that the chip cannot have is said to have shown nothing")
  func faultOfAnotherChip() throws {
    let report = try fly(
      try shippedVehicle(), fault: "power:flat@4s,barometer:saturated@4s,barometer:bias@7s")
    #expect(
      report.faultsWithoutEffect == [
        "power:flat@4s did nothing: this chip knows only off, stuck, garbage, bias, slow, nack, wrong-identity, brown-out",
        "barometer:saturated@4s did nothing: this chip knows only off, stuck, flat, garbage, bias, slow, nack, "
          + "wrong-identity, brown-out",
      ])
    #expect(report.status == .success)
  }

  @Test("A fault that comes after the end is said to have shown nothing")
  func lateFault() throws {
    let report = try fly(try shippedVehicle(), fault: "range:off@4s,imu:off@30s")
    #expect(report.faultsWithoutEffect == ["imu:off@30s did not strike: the run ended after 8.000 s"])
    #expect(report.table.contains("fault           imu:off@30s did not strike"))
    // A crash can come first.
    let crashed = try fly(try shippedVehicle(), fault: "imu:off@6s,range:off@7.9s")
    #expect(crashed.faultsWithoutEffect.count == 1)
  }

  @Test("A request to end ends a flight at its next tick; it is judged only when its time was over")
  func interrupted() throws {
    let stop = StopRequest()
    var flight = try Flight(try shippedVehicle(), seed: 1, fault: nil, logPath: nil, stop: stop)
    let vehicle = flight.vehicle
    var ticks = 0
    while let start = flight.nextTick() {
      try flight.fly(start, vehicle)
      ticks += 1
      if ticks == 1600 { stop.request(.interrupt) }
    }
    let report = try flight.finish()
    #expect(report.ticks == 1600)
    #expect(report.status == .interrupted)
    #expect(report.held == nil)
    #expect(report.json["interrupted"] as? String == "SIGINT")
    #expect(report.table.contains("not judged: interrupted before evaluation.until_s"), "\(report.table)")
  }
}

@Suite("The exit status of many flights")
struct EpisodeStatusTests {
  private func reports() throws -> (good: FlightReport, crashed: FlightReport) {
    (try fly(try shippedVehicle()), try fly(try shippedVehicle(), seed: 2, fault: "imu:off@4s"))
  }

  @Test("All must hold, or the share that is asked for")
  func minimumHeld() throws {
    let (good, crashed) = try reports()
    let flights = [good, good, good, crashed]
    #expect(EpisodeSummary([good, good]).status == .success)
    #expect(EpisodeSummary(flights).status == .resultSaysNo)
    #expect(EpisodeSummary(flights, minimumHeld: 0.75).status == .success)
    #expect(EpisodeSummary(flights, minimumHeld: 0.76).status == .resultSaysNo)
    #expect(EpisodeSummary([crashed], minimumHeld: 0).status == .success)
    #expect(EpisodeSummary(flights, asked: 9, interruption: .terminate).status == .terminated)
    // A log that is not whole, as `run --help` says.
    var unlogged = good
    unlogged.logFailure = "the disk is full"
    let summary = EpisodeSummary([good, unlogged])
    #expect(summary.status == .resultSaysNo)
    #expect(summary.table.contains("logs ended early 1, the first of seed \(good.seed): the disk is full"))
    #expect(summary.json["log_failure_seeds"] as? [UInt64] == [good.seed])
  }

  @Test("The summary tells faults, what was not measured, and flights that never armed")
  func summary() throws {
    let (good, crashed) = try reports()
    let summary = EpisodeSummary([good, crashed], asked: 2)
    #expect(
      summary.table.contains(
        "faults          altitude_lost in 1, attitude_lost in 1, crash in 1, imu_stale in 1"),
      "\(summary.table)")
    #expect(summary.table.contains("not measured in 1 that ended too early"), "\(summary.table)")
    #expect(!summary.table.contains("inf"), "\(summary.table)")
    #expect(
      summary.json["faults"] as? [String: Int] == [
        "altitude_lost": 1, "attitude_lost": 1, "crash": 1, "imu_stale": 1,
      ])
    #expect(summary.json["crashed_seeds"] as? [UInt64] == [2])
    let wrong = try fly(try shippedVehicle(), fault: "imu:wrong-identity@0s")
    #expect(EpisodeSummary([wrong]).table.contains("never armed     1"))
    let none = EpisodeSummary([crashed])
    #expect(none.table.contains("not measured: every flight ended too early"), "\(none.table)")
    #expect(JSONSerialization.isValidJSONObject(none.json))
  }

  @Test("Without an evaluation a crash decides, and a share cannot be asked for")
  func unjudged() throws {
    let (good, crashed) = (
      try fly(try unjudgedMission()), try fly(try unjudgedMission(), seed: 2, fault: "imu:off@4s")
    )
    #expect(EpisodeSummary([good]).status == .success)
    #expect(EpisodeSummary([good, crashed]).status == .resultSaysNo)
    #expect(EpisodeSummary([good]).json["held_share"] is NSNull)
    #expect(EpisodeSummary([good]).table.contains("held            not judged"))
  }

  @Test("The work is done once each, by however many threads there are", arguments: [1, 2, 7, 100])
  func parallelWork(_ threads: Int) {
    let done = Counts(50)
    ParallelWork.run(50, threads: threads) { done.add($0) }
    #expect(done.values == [Int](repeating: 1, count: 50))
    ParallelWork.run(0, threads: threads) { _ in Issue.record("there was nothing to do") }
  }
}

/// How often each number came, from any thread.
private final class Counts: @unchecked Sendable {
  // Sendable: the lock guards the numbers.
  private let lock = NSLock()
  private var numbers: [Int]
  init(_ count: Int) { numbers = [Int](repeating: 0, count: count) }
  func add(_ index: Int) { lock.withLock { numbers[index] += 1 } }
  var values: [Int] { lock.withLock { numbers } }
}
