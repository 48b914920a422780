import Signals
import Testing
import VehicleConfiguration
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite("The live table of a run")
struct LiveTableTests {
  private func fly(
    _ vehicle: LoadedVehicle, named name: String? = nil, until time: Double, columns: Int = 100,
    rows: Int = 24, colours: Bool = false
  ) throws -> [String] {
    var flight = try Flight(vehicle, seed: 1, fault: nil, logPath: nil)
    while let start = flight.nextTick(), start.time.seconds < time {
      let craft = flight.vehicle
      try flight.fly(start, craft)
    }
    let table = flight.controller.table
    var tables = vehicle.tables
    tables.name = name ?? tables.name
    let window = LiveTableView(
      colours: colours, plain: { PrintableText.inline($0) }, size: { (columns, rows) }, show: { _ in })
    return LiveTable(tables, table, in: window).lines(
      FrameView(table, flight.frame), seconds: time, columns: columns, rows: rows)
  }

  @Test("who flies, what is asked for and what is, what is wrong; each within the window")
  func quadrotor() throws {
    let lines = try fly(try shippedVehicle(), until: 5)
    #expect(lines[0].hasPrefix("quadrotor-hold  5.0 s  active  armed"))
    #expect(lines[0].contains("flown by classical"))
    let altitude = try #require(lines.first { $0.hasPrefix("altitude") })
    #expect(altitude.contains("●") && altitude.contains("1.50"))
    #expect(lines.contains { $0.hasPrefix("roll") && $0.contains("°") })
    #expect(lines.last == "  no faults")
    for columns in [20, 40, 57, 80, 300] {
      for line in try fly(shippedVehicle(), until: 0.5, columns: columns) {
        #expect(line.count < max(columns, 20))
      }
    }
    #expect(try fly(shippedVehicle(), until: 0.5, rows: 4).count <= 3)
  }

  @Test("what keeps it from arming is said, and texts of a file's cannot rule the terminal")
  func hostile() throws {
    let vehicle = try shippedVehicle([("minimum_voltage: 10.8", "minimum_voltage: 16")])
    let lines = try fly(vehicle, named: "a\u{1B}[2J\u{202E}b", until: 0.9)
    #expect(lines[0].hasPrefix("a\\u{1B}[2J\\u{202E}b"))
    #expect(lines.contains { $0.hasPrefix("  does not arm: ") })
    #expect(lines.allSatisfy { !$0.contains("\u{1B}") && !$0.contains("\u{202E}") })
  }

  @Test("an armed vehicle is coloured, where colours are wanted, and they take no room")
  func colours() throws {
    let lines = try fly(try shippedVehicle(), until: 5, columns: 60, colours: true)
    #expect(lines[0].contains("\u{1B}[33marmed\u{1B}[0m"))
    let plain = try fly(try shippedVehicle(), until: 5, columns: 60)
    #expect(lines.map { $0.replacing(/\u{1B}\[\d*m/, with: "") } == plain)
  }

  @Test("a table takes the place of the one before")
  func rewriting() {
    #expect(Terminal.tableText(["a", "b"], over: 0) == "\r\u{1B}[Ja\nb\n")
    #expect(Terminal.tableText(["c"], over: 2) == "\r\u{1B}[2A\u{1B}[Jc\n")
  }
}
