import SimulatedHardware
import Testing

@Suite("Classical controller flies the quadrotor")
struct HoverLoopTests {
  @Test("holds attitude within 5 degrees and altitude within 0.3 m RMS, in wind, with every vehicle of 50")
  func fiftySeeds() throws {
    var held = 0
    var (attitude, altitude, estimate) = ([Double](), [Double](), [Double]())
    for seed in 0..<50 as Range<UInt64> {
      let score = try HoverLoopFlight().fly(seed: seed)
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
  func repeatable() throws {
    let (a, b) = (try HoverLoopFlight().fly(seed: 7), try HoverLoopFlight().fly(seed: 7))
    #expect(a.roll == b.roll && a.altitude == b.altitude && a.estimatedAltitude == b.estimatedAltitude)
  }

  @Test("eight seconds without range finder and twice the noise cost no flight")
  func rangeLost() throws {
    var flight = HoverLoopFlight()
    (flight.noise, flight.rangeLost) = (2, 7...15)
    for seed in 100..<104 as Range<UInt64> {
      let score = try flight.fly(seed: seed)
      #expect(score.held && score.estimatedAltitude < 0.15)
    }
  }

  @Test("wind half as strong again as the vehicle is tuned for costs no flight")
  func moreWind() throws {
    var flight = HoverLoopFlight()
    flight.wind = WindParameters(mean: 6...6, gust: 3...3)
    for seed in 200..<204 as Range<UInt64> { #expect(try flight.fly(seed: seed).held) }
  }

  @Test("every tenth tick missed costs no flight")
  func missedTicks() throws {
    var flight = HoverLoopFlight()
    flight.missed = 0.1
    for seed in 300..<304 as Range<UInt64> { #expect(try flight.fly(seed: seed).held) }
  }

  @Test("lands softly where the setpoint says 0, and stands there")
  func lands() throws {
    var flight = HoverLoopFlight()
    flight.profile = [(1.5, 0, 0, 0, 1), (6, 0, 0, 0, -0.3)]
    flight.duration = 12
    for seed in 400..<404 as Range<UInt64> {
      var last: HoverLoopFlight.Row?
      let score = try flight.fly(seed: seed) { last = $0 }
      #expect(score.crash == .none)
      #expect(abs(last?.truth.altitude ?? 1) < 0.02 && last?.command == [0, 0, 0, 0])
    }
  }
}
