import PortableMath
import Testing

@testable import Devices

@Suite struct StickScalingTests {
  /// Sticks of all kinds: a receiver's, a gamepad's, the widest that there can be.
  private func sticks() throws -> [(StickScaling, low: Int32, middle: Int32, high: Int32, band: Int32)] {
    var sticks: [(StickScaling, low: Int32, middle: Int32, high: Int32, band: Int32)] = []
    for (low, middle, high) in [
      (7_904, 12_000, 16_096), (8_100, 12_011, 15_800), (0, 127, 255), (-32_768, 0, 32_767), (-1, 0, 1),
      (Int32.min, 7, Int32.max),
    ] as [(Int32, Int32, Int32)] {
      for (share, expo) in [(0, 0), (8, 0), (8, 20_000), (3, 32_768)] as [(Int32, Int32)] {
        let least = min(Int64(middle) - Int64(low), Int64(high) - Int64(middle))
        let band = share == 0 ? 0 : Int32(least / Int64(share))
        guard Int64(band) < least else { continue }
        for isReversed in [false, true] {
          let stick = try StickScaling(
            low: low, middle: middle, high: high, deadBand: band, expo: expo, isReversed: isReversed)
          sticks.append((stick, low, middle, high, band))
        }
      }
    }
    return sticks
  }

  @Test func `the ends are exact, beyond them it stays, and in the dead band it is 0`() throws {
    for (stick, low, middle, high, band) in try sticks() {
      let high1 = stick(high)
      #expect(abs(high1) == StickScaling.one && stick(low) == -high1)
      #expect(stick(.max) == high1 && stick(.min) == -high1)
      for offset in [0, band, -band, band / 2] { #expect(stick(middle + offset) == 0) }
    }
  }

  @Test func `it never turns back, and is odd about the middle where the ends are alike`() throws {
    var random = RandomGenerator(seed: 4)
    for (stick, low, middle, high, _) in try sticks() {
      let direction: Int32 = stick(high) > 0 ? 1 : -1
      var last = -StickScaling.one
      let steps: Int64 = 5_000
      var step: Int64 = 0
      while step <= steps {
        let input = Int32(Int64(low) + (Int64(high) - Int64(low)) * step / steps)
        let now = stick(input) * direction
        #expect(now >= last && now <= StickScaling.one)
        last = now
        step += 1
      }
      guard Int64(high) - Int64(middle) == Int64(middle) - Int64(low) else { continue }
      for _ in 0..<100 {
        let offset = Int32(Int64(random.nextBits() >> 33) % (Int64(high) - Int64(middle) + 1))
        #expect(stick(middle + offset) == -stick(middle - offset))
      }
    }
  }

  @Test func `the curve is what its formula says, to the nearest`() throws {
    let expo = 0.4
    let stick = try StickScaling(
      low: -10_000, middle: 0, high: 10_000, expo: Int32(expo * Double(StickScaling.one)))
    for input in stride(from: -10_000, through: 10_000, by: 37) {
      let x = Double(input) / 10_000
      let expected = ((1 - expo) * x + expo * x * x * x) * Double(StickScaling.one)
      #expect(abs(Double(stick(Int32(input))) - expected) < 1.6)
    }
  }

  @Test func `a throttle is its stick over the whole way`() {
    #expect(StickScaling.throttle(-32_768) == 0 && StickScaling.throttle(0) == 16_384)
    #expect(StickScaling.throttle(32_768) == 32_768 && StickScaling.throttle(.max) == 32_768)
    #expect(StickScaling.throttle(.min) == 0)
  }

  @Test func `what is no stick is refused`() {
    func refusal(_ body: () throws(StickScalingError) -> Void) -> StickScalingError? {
      do throws(StickScalingError) { try body() } catch { return error }
      return nil
    }
    #expect(
      refusal { () throws(StickScalingError) in _ = try StickScaling(low: 5, middle: 5, high: 9) }
        == .endsOutOfOrder)
    #expect(
      refusal { () throws(StickScalingError) in _ = try StickScaling(low: 0, middle: 9, high: 5) }
        == .endsOutOfOrder)
    #expect(
      refusal { () throws(StickScalingError) in
        _ = try StickScaling(low: 0, middle: 10, high: 90, deadBand: 10)
      }
        == .deadBandTooWide)
    #expect(
      refusal { () throws(StickScalingError) in
        _ = try StickScaling(low: 0, middle: 10, high: 90, expo: 32_769)
      }
        == .expoOutOfRange)
    #expect(
      refusal { () throws(StickScalingError) in _ = try SwitchScaling(low: 0, high: 90, places: 1) }
        == .noSwitch)
    #expect(
      refusal { () throws(StickScalingError) in _ = try SwitchScaling(low: 0, high: 2, places: 3) }
        == .noSwitch)
    #expect(
      refusal { () throws(StickScalingError) in
        _ = try SwitchScaling(low: 0, high: 90, places: 3, hysteresis: 15)
      }
        == .noSwitch)
    #expect(
      refusal { () throws(StickScalingError) in _ = try SwitchScaling(low: 9, high: 9, places: 3) }
        == .endsOutOfOrder)
  }

  @Test func `a switch has its places, and noise at a border does not move it`() throws {
    let three = try SwitchScaling(low: 8_000, high: 16_000, places: 3, hysteresis: 400)
    #expect(three(8_000) == 0 && three(12_000) == 1 && three(16_000) == 2)
    #expect(three(.min) == 0 && three(.max) == 2)
    // The border is at 10,666.7.
    #expect(three(10_660) == 0 && three(10_670) == 1)
    #expect(three(11_000, previous: 0) == 0 && three(11_100, previous: 0) == 1)
    #expect(three(10_300, previous: 1) == 1 && three(10_200, previous: 1) == 0)
    #expect(three(16_000, previous: 0) == 2, "a switch may pass a place")
    #expect(three(12_000, previous: 9) == 1 && three(12_000, previous: -1) == 1)
    let wide = try SwitchScaling(low: .min, high: .max, places: 2)
    #expect(wide(.min) == 0 && wide(-1) == 0 && wide(1) == 1 && wide(.max) == 1)
  }
}
