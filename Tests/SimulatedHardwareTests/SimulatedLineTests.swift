import HardwareInterfaces
import Testing

@testable import SimulatedHardware

@Suite("A simulated line that is read")
struct SimulatedLineTests {
  private func edges(_ line: SimulatedLine) -> [SimulatedLine.Edge] {
    var edges: [SimulatedLine.Edge] = []
    #expect(line.takeEdges { edges.append($0) } == 0)
    return edges
  }

  private func at(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime.zero.advanced(milliseconds: milliseconds)
  }

  @Test("keeps the edges of what drives it, with their times, until they are taken")
  func driven() throws {
    let board = SimulatedBoard(seed: 1)
    let line = try board.placeInput("bumper", at: "GPIO22")
    for (time, level) in [(3, true), (5, true), (8, false)] as [(Int64, Bool)] {
      board.advance(to: at(time))
      board.drive("GPIO22", active: level)
    }
    board.drive("GPIO23", active: true)
    #expect(
      edges(line) == [
        .init(time: 3_000_000, becameActive: true), .init(time: 8_000_000, becameActive: false),
      ])
    #expect(edges(line).isEmpty && !line.isActive)
    for number in 0..<5000 { board.drive("GPIO22", active: number % 2 == 0) }
    #expect(line.takeEdges { _ in } == 904)
  }

  @Test("has a level that is driven before it is there")
  func early() throws {
    let board = SimulatedBoard(seed: 1)
    board.drive("GPIO22", active: true)
    #expect(try board.placeInput("bumper", at: "GPIO22").isActive)
  }

  @Test("sticks, bounces and goes as faults say, and has no others")
  func faults() throws {
    let board = SimulatedBoard(seed: 1)
    let line = try board.placeInput("bumper", at: "GPIO22")
    #expect(board.faultKinds(of: "bumper") == [.off, .stuckActive, .stuckInactive, .bouncing])
    for (kind, start) in [("stuck-active", 10), ("stuck-inactive", 30), ("bouncing", 50), ("off", 90)] {
      try board.inject(
        FaultInjection(parsing: "bumper:\(kind)@\(start)ms+10ms", targets: board.chipNames))
    }
    board.advance(to: at(15))
    #expect(line.isActive)
    board.advance(to: at(25))
    #expect(!line.isActive)
    #expect(edges(line).map(\.time) == [10_000_000, 20_000_000])
    board.drive("GPIO22", active: true)
    board.advance(to: at(35))
    #expect(!line.isActive)
    board.advance(to: at(49))
    _ = edges(line)
    board.advance(to: at(80))
    let bounced = edges(line)
    #expect(bounced.count >= 4 && bounced.count <= 51 && line.isActive)
    #expect(
      zip(bounced, bounced.dropFirst()).allSatisfy { $1.time - $0.time >= 200_000 || $1.time == 60_000_000 })
    #expect(zip(bounced, bounced.dropFirst()).allSatisfy { $0.becameActive != $1.becameActive })
    #expect(bounced.allSatisfy { $0.time >= 50_000_000 && $0.time <= 60_000_000 })
    board.advance(to: at(95))
    #expect(!line.isThere)
    board.drive("GPIO22", active: false)
    board.advance(to: at(105))
    #expect(line.isThere && !line.isActive && edges(line).isEmpty)
  }

  @Test("a chip on a bus has no fault of lines")
  func chips() throws {
    let board = SimulatedBoard(seed: 1)
    try board.attach(SimulatedINA219(), name: "power", address: 0x41)
    #expect(board.faultKinds(of: "power").allSatisfy { !$0.isOfLines })
  }
}
