import Signals
import Testing

@testable import Control

/// A block that goes by elapsed time, and runs in every so many ticks, is told the time since its own last step.
@Suite struct StepTimeTests {
  /// The elapsed times that a network without a model shows as `ts` would be: here those of its step time.
  private func times(every: Int, phase: Int = 0, _ ticks: [(number: UInt64, time: Int64, elapsed: Int64)])
    throws
    -> [Int64]
  {
    let block = BlockDeclaration(
      "network", "steer",
      settings: [
        "scale": .numbers([1]), "offset": .numbers([0]), "outputs": .names(["turn"]),
        "output_scale": .numbers([1]), "output_offset": .numbers([0]),
      ], inputs: ["inputs": ["speed"]], divisor: every, phase: phase)
    let outside = [Signal("speed", .number, from: .device("board", bus: 0))]
    var program = try ProgramBuilder(outside: outside, blocks: [block]).program()
    let table = program.table
    let elapsed: SignalIndex<Int64>? = table.index(of: "steer_step.elapsed")
    var seen: [Int64] = []
    for tick in ticks {
      #expect(table.put(Double(tick.number), as: "tick.number", in: program.frame))
      #expect(table.put(Double(tick.time), as: "tick.time", in: program.frame))
      #expect(table.put(Double(tick.elapsed), as: "tick.elapsed", in: program.frame))
      program.step()
      let ts = try #require(table.index(of: "steer.ts", as: Float.self))
      let shown = elapsed.map { program.frame[$0] } ?? tick.elapsed
      // What it is told is what the network counts with, in its unit of a second, at most the largest ts of 1.
      #expect(program.frame[ts] == min(Float(Double(shown) * 1e-9), 1))
      seen.append(shown)
    }
    return seen
  }

  private let even = (0..<12).map {
    (number: UInt64($0), time: Int64($0) * 4_000_000, elapsed: Int64(4_000_000))
  }

  @Test func everyTickIsTheTicksOwn() throws {
    #expect(try times(every: 1, even) == even.map(\.elapsed))
  }

  @Test func aDivisorAddsUp() throws {
    let seen = try times(every: 5, even)
    #expect(seen == [20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20].map { $0 * 1_000_000 })
  }

  @Test func aLateStepIsToldSo() throws {
    // Ticks 4 to 6 are missed: the step of tick 5 comes with tick 7.
    var ticks = Array(even[0...3])
    ticks += [(7, 30_000_000, 18_000_000), (8, 32_000_000, 2_000_000), (9, 36_000_000, 4_000_000)]
    ticks += [(10, 40_000_000, 4_000_000)]
    #expect(try times(every: 5, ticks).suffix(4) == [30_000_000, 30_000_000, 30_000_000, 10_000_000])
  }

  @Test func aClockThatGoesBackGivesNothing() throws {
    let ticks = [
      (UInt64(0), Int64(8_000_000), Int64(4_000_000)), (1, 9_000_000, 4_000_000), (2, 4_000_000, 0),
    ]
    #expect(try times(every: 2, ticks).last == 0)
  }
}
