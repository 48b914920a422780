import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Devices

/// The BMP388's driver against the chip at register level.
@Suite struct BMP388SimulatedTests {
  private func board(_ chip: SimulatedBMP388 = SimulatedBMP388()) throws -> SimulatedBoard {
    let board = SimulatedBoard(seed: 4, biasScale: 0)
    try board.attach(chip, name: "barometer", address: 0x76)
    return board
  }

  @Test(arguments: [(31_000.0, -35.0), (85_000.0, 5.0), (101_325.0, 25.0), (112_000.0, 60.0)])
  func `readings scatter about the truth, at the rate, without a fault`(
    _ pressure: Double, _ temperature: Double
  ) throws {
    let board = try board()
    board.physics.pressure = pressure
    board.physics.temperature = temperature
    var rig = Rig(board, BMP388())
    rig.run(until: 10)
    #expect(rig.faults == [])
    #expect(rig.samples.count >= 248 && rig.samples.count <= 250)
    let pressures = rig.samples.map { Double($0.pressure) }
    #expect(abs(pressures.mean - pressure) < 0.4)
    #expect(pressures.deviation > 1 && pressures.deviation < 1.5)
    #expect(abs(rig.samples.map { Double($0.temperature) }.mean - temperature) < 0.01)
  }

  @Test func `its successor BMP390 is taken, and named`() throws {
    var rig = Rig(try board(SimulatedBMP388(identity: 0x60)), BMP388())
    rig.run(until: 1)
    #expect(rig.faults == [])
    #expect(BMP388.likelyPart(identity: rig.driver.identity ?? 0) == .compatible("BMP390"))
  }

  @Test(arguments: BMP388.Oversampling.allCases)
  func `every oversampling gets a data rate that the chip can keep`(_ oversampling: BMP388.Oversampling)
    throws
  {
    var options = BMP388.Options()
    options.pressureOversampling = oversampling
    options.rate = 200
    var rig = Rig(try board(), BMP388(options: options))
    rig.run(until: 2)
    #expect(rig.faults == [])
    #expect(Double(rig.samples.count) > 1.9 * options.maximumRate)
  }
}
