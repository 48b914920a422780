import PortableMath
import Testing

@testable import FlightLog

/// Which rows can stand in one order of time.
@Suite struct RowOrderTests {
  /// `count` times from `start` s on, at 250 Hz, in ns.
  private func times(_ count: Int, from start: Double) -> [Int64] {
    (0..<count).map { Int64(start * 1e9) + Int64($0) * 4_000_000 }
  }

  private func lost(_ order: RowOrder) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: order.losses.map { ($0.reason, $0.count) })
  }

  @Test func rowsInOrderAreKept() {
    let order = RowOrder(times(100, from: 5))
    #expect(order.kept == Array(0..<100))
    #expect(order.losses.isEmpty)
    #expect(order.part == 0..<100)
    #expect(RowOrder([]).kept.isEmpty)
    #expect(RowOrder([.min]).kept == [0])
  }

  @Test(arguments: [
    [0], [1], [500], [999], [500, 501], [100, 700], [998, 999], [0, 1, 2], Array(300..<310),
  ])
  func rowsFarAheadLoseThemselves(rows: [Int]) {
    for ahead in [50.0, 61, 3600, 9e9] {
      var all = times(1000, from: 5)
      for row in rows { all[row] += Int64(ahead * 1e9) }
      let order = RowOrder(all)
      #expect(order.kept == Array(0..<1000).filter { !rows.contains($0) }, "\(ahead) s")
      #expect(lost(order) == [RowOrder.isFarAhead: rows.count])
      #expect(order.part == 0..<1000)
    }
  }

  @Test func rowsBehindAndRepeatedOnesLoseThemselves() {
    var all = times(1000, from: 5)
    all[0] = 0
    all[400] = all[399]
    all[700] -= 1_000_000_000
    let order = RowOrder(all)
    #expect(order.kept.count == 997)
    // Of two rows of one time either may go.
    #expect(order.losses.reduce(0) { $0 + $1.count } == 3)
    #expect(lost(order)[RowOrder.goesBack] == 1)
    #expect(lost(order)[RowOrder.isRepeated] == 1)
  }

  @Test func aSmallSlipForwardLosesOneRow() {
    var all = times(1000, from: 5)
    all[500] += 20_000_000
    #expect(RowOrder(all).kept == Array(0..<1000).filter { $0 != 500 })
  }

  @Test func aClockThatGoesBackBeginsAPartAndTheLongestIsTaken() {
    let order = RowOrder(times(1250, from: 100) + times(5000, from: 5))
    #expect(order.kept == Array(1250..<6250))
    #expect(lost(order) == [RowOrder.isOfAnotherPart: 1250])
    #expect(order.part == 1250..<6250)
    let other = RowOrder(times(5000, from: 100) + times(1250, from: 5))
    #expect(other.kept == Array(0..<5000))
    #expect(other.part == 0..<5000)
  }

  @Test func partsOverTheSameTimeAreNotMixed() {
    let order = RowOrder(times(1000, from: 5.001) + times(1001, from: 5))
    #expect(order.kept == Array(1000..<2001))
    let slip = RowOrder(times(1000, from: 5) + times(2000, from: 8))
    #expect(slip.kept == Array(1000..<3000))
    #expect(lost(slip) == [RowOrder.isOfAnotherPart: 1000])
  }

  @Test func manyRowsFarAheadAreAPartAndWhatSurroundsThemIsOne() {
    var all = times(3000, from: 5)
    for row in 1000..<1040 { all[row] += 50_000_000_000 }
    let order = RowOrder(all)
    #expect(order.kept == Array(0..<1000) + Array(1040..<3000))
    #expect(lost(order) == [RowOrder.isOfAnotherPart: 40])
  }

  @Test func gapsStayAndLeapsDoNot() {
    let gap = RowOrder(times(500, from: 5) + times(500, from: 50))
    #expect(gap.kept.count == 1000)
    let leap = RowOrder(times(400, from: 5) + times(500, from: 70))
    #expect(leap.kept == Array(400..<900))
    #expect(lost(leap) == [RowOrder.isBehindALeap: 400])
    let unjudged = RowOrder(times(400, from: 5) + times(1, from: 7000), judgesGaps: false)
    #expect(unjudged.kept.count == 401)
  }

  @Test(.timeLimit(.minutes(1))) func anyTimesGiveAnOrderAndAFullAccount() {
    var random = RandomGenerator(seed: 5)
    for round in 0..<600 {
      let wild: [Int64] = [.min, .max, 0, -1, 1 << 60]
      let all = (0..<Int(random.nextBits() % 90)).map { row -> Int64 in
        switch random.nextBits() % UInt64(2 + round % 8) {
        case 0: wild[Int(random.nextBits() % 5)]
        case 1: Int64(random.nextBits() % 1_000_000_000_000)
        default: Int64(row) * 4_000_000
        }
      }
      let order = RowOrder(all, judgesGaps: round % 2 == 0)
      #expect(zip(order.kept, order.kept.dropFirst()).allSatisfy { $0 < $1 && all[$0] < all[$1] })
      #expect(order.kept.count + order.losses.reduce(0) { $0 + $1.count } == all.count)
      #expect(order.kept.isEmpty == all.isEmpty)
    }
    // Hostile: every row a step back, and a part each 26 rows.
    _ = RowOrder((0..<100_000).map { Int64(-$0) })
    _ = RowOrder((0..<100_000).map { Int64($0 % 26) - Int64($0 / 26) * 1_000_000_000_000 })
  }
}
