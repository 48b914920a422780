import ControlLoop
import PortableMath
import SimulatedHardware
import Testing

@Suite("Classical controller flies the quadrotor")
struct HoverLoopTests {
  @Test("holds attitude within 5 degrees and altitude within 0.3 m RMS, in wind, with every vehicle of 50")
  func fiftySeeds() {
    var held = 0
    var (attitude, altitude, estimate) = ([Double](), [Double](), [Double]())
    for seed in 0..<50 as Range<UInt64> {
      let score = HoverLoopFlight().fly(seed: seed)
      if score.held { held += 1 }
      attitude.append(max(score.roll, score.pitch))
      altitude.append(score.altitude)
      estimate.append(max(score.estimatedRoll, score.estimatedPitch))
    }
    #expect(held == 50)
    // Not only barely: the typical flight is far better than what is asked.
    #expect(attitude.sorted()[25] < 2)
    #expect(altitude.sorted()[25] < 0.1)
    #expect(estimate.sorted()[25] < 1.5)
  }

  @Test("two flights of one seed are the same to the last bit")
  func repeatable() {
    let (a, b) = (HoverLoopFlight().fly(seed: 7), HoverLoopFlight().fly(seed: 7))
    #expect(a.roll == b.roll && a.altitude == b.altitude && a.estimatedAltitude == b.estimatedAltitude)
  }
}
