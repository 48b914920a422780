/// Which rows of a topic can stand in one order of time, and why the others cannot.
///
/// Rows come in the order of the file. A few with a time far from their neighbours' lose themselves and nothing else.
/// Where the clock goes back, or leaps, for good, a new part begins, and the longest part is taken.
public struct RowOrder: Sendable {
  /// The rows that are kept, rising; their times strictly increase.
  public private(set) var kept: [Int] = []
  /// How many rows are not, and why.
  public private(set) var losses: [ImportAccount.Loss] = []
  /// The rows of the part that is taken, with what was left out inside of it: other topics' rows between the same places of
  /// the file belong to it.
  public private(set) var part = 0..<0

  /// A gap in ns within a part that is longer is none: it is a leap of the clock.
  public static let longestGap: Int64 = 60_000_000_000
  /// A pause in ns that is no gap at all, as long as the topic is not slower than that by itself.
  static let shortestGap: Int64 = 1_000_000_000
  /// Rows that may be lost before a new part is more likely, and before a gap is.
  static let rowsForAPart = 25, rowsForAGap = 3
  /// Parts among which the best chain is looked for; with more, the longest alone is taken.
  static let mostPieces = 2000

  static let goesBack = "with a time that goes back"
  static let isRepeated = "with a time that was there before"
  static let isFarAhead = "with a time far ahead"
  static let isFarBehind = "with a time far behind"
  static let isOfAnotherPart = "of another part: the clock goes back between the parts"
  static let isBehindALeap = "of another part: the clock leaps by more than a minute between the parts"

  /// The order of rows with these times in ns. Without `judgesGaps` rows may be as far apart as they like, as those of
  /// what is recorded when it changes.
  public init(_ times: [Int64], judgesGaps: Bool = true) {
    guard !times.isEmpty else { return }
    let gap = judgesGaps ? Self.usualGap(times) : .max
    let pieces: [[Int]]
    if zip(times, times.dropFirst()).allSatisfy({ $1 > $0 && Self.distance($0, $1) <= gap }) {
      pieces = [Array(times.indices)]
    } else {
      pieces = Self.pieces(times, gap)
    }
    let chosen = Self.chain(pieces, times)
    kept = chosen.flatMap { pieces[$0] }
    account(pieces, Set(chosen), times)
  }

  /// Nanoseconds from one time to a later one, without overflow.
  private static func distance(_ first: Int64, _ second: Int64) -> Int64 {
    let (value, isOver) = second.subtractingReportingOverflow(first)
    return isOver ? .max : value
  }

  /// The steps' median times 20, and at least a second: what is longer is a gap.
  private static func usualGap(_ times: [Int64]) -> Int64 {
    let steps = zip(times, times.dropFirst()).lazy.map { distance($0, $1) }.filter { $0 > 0 }.sorted()
    guard !steps.isEmpty else { return shortestGap }
    return min(
      max(shortestGap, steps[steps.count / 2].multipliedReportingOverflow(by: 20).partialValue), longestGap)
  }

  // MARK: - Pieces

  /// Rows that follow one another without a gap, a leap or a step back, when a row costs 1 to leave out, a gap
  /// `rowsForAGap` and a new part `rowsForAPart`, and all of it shall cost the least.
  private static func pieces(_ times: [Int64], _ gap: Int64) -> [[Int]] {
    let sorted = Set(times).sorted()
    func place(_ time: Int64) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low
    }
    // Of each time, the row that ends the cheapest way, by its cost less its number: rows between cost their count.
    var ways = LeastOf(count: sorted.count)
    var cheapest: (value: Int, row: Int)?
    var previous = [(row: Int, isSeam: Bool)?](repeating: nil, count: times.count)
    var best = (cost: Int.max, row: 0)
    for (row, time) in times.enumerated() {
      var cost = row
      func consider(_ way: (value: Int, row: Int)?, _ extra: Int) {
        guard let way, way.value + row - 1 + extra < cost else { return }
        cost = way.value + row - 1 + extra
        previous[row] = (way.row, extra > 0)
      }
      let here = place(time)
      consider(ways.least(in: place(earlier(time, gap))..<here), 0)
      consider(ways.least(in: place(earlier(time, longestGap))..<here), rowsForAGap)
      consider(cheapest, rowsForAPart)
      let way = (value: cost - row, row: row)
      ways.lower(here, to: way)
      if way.value < cheapest?.value ?? .max { cheapest = way }
      let whole = cost + times.count - 1 - row
      if whole <= best.cost { best = (whole, row) }
    }
    var reversed: [[Int]] = [[]]
    var next: Int? = best.row
    while let row = next {
      reversed[reversed.count - 1].append(row)
      if previous[row]?.isSeam == true { reversed.append([]) }
      next = previous[row]?.row
    }
    return reversed.reversed().map { $0.reversed() }
  }

  private static func earlier(_ time: Int64, _ by: Int64) -> Int64 {
    let (value, isOver) = time.subtractingReportingOverflow(by)
    return isOver ? .min : value
  }

  // MARK: - Chain

  /// The pieces that follow one another in time and hold the most rows, when rows between them that would be left out
  /// count against it.
  private static func chain(_ pieces: [[Int]], _ times: [Int64]) -> [Int] {
    func first(_ piece: Int) -> Int64 { pieces[piece].first.map { times[$0] } ?? 0 }
    func last(_ piece: Int) -> Int64 { pieces[piece].last.map { times[$0] } ?? 0 }
    let longest = pieces.indices.max { pieces[$0].count < pieces[$1].count } ?? 0
    guard pieces.count <= mostPieces else { return [longest] }
    var rows = 0
    let before = pieces.map { piece in
      defer { rows += piece.count }
      return rows
    }
    var values: [Int] = []
    var previous: [Int?] = []
    for piece in pieces.indices {
      var (value, from) = (0, Int?.none)
      for earlier in 0..<piece where last(earlier) < first(piece) {
        guard distance(last(earlier), first(piece)) <= longestGap else { continue }
        let between = before[piece] - before[earlier] - pieces[earlier].count
        if values[earlier] - between > value { (value, from) = (values[earlier] - between, earlier) }
      }
      values.append(value + pieces[piece].count)
      previous.append(from)
    }
    var chosen: [Int] = []
    var next = values.indices.max { values[$0] < values[$1] }
    while let piece = next {
      chosen.append(piece)
      next = previous[piece]
    }
    return chosen.reversed()
  }

  // MARK: - Account

  private mutating func account(_ pieces: [[Int]], _ chosen: Set<Int>, _ times: [Int64]) {
    guard let start = kept.first, let end = kept.last else { return }
    var counts = LossCounts()
    var reasons: [Int: String] = [:]
    for (index, piece) in pieces.enumerated() where !chosen.contains(index) {
      guard let first = piece.first, let last = piece.last else { continue }
      // Between rows that are kept, a part ahead of them is followed by a step back.
      let isBack =
        first < start ? times[last] >= times[start] : first < end || times[first] <= times[end]
      for row in piece { reasons[row] = isBack ? Self.isOfAnotherPart : Self.isBehindALeap }
    }
    var next = 0
    for row in times.indices {
      if next < kept.count, kept[next] == row {
        next += 1
        continue
      }
      let (last, following) = (next > 0 ? kept[next - 1] : nil, next < kept.count ? kept[next] : nil)
      counts.add(
        reasons[row]
          ?? Self.reason(times[row], after: last.map { times[$0] }, before: following.map { times[$0] }))
    }
    losses = counts.losses
    // A row that is left out at the edge of the part, and is of no other part, still lies in it.
    let before = reasons.keys.filter { $0 < start }.max().map { $0 + 1 } ?? 0
    let behind = reasons.keys.filter { $0 > end }.min() ?? times.count
    part = before..<behind
  }

  private static func reason(_ time: Int64, after last: Int64?, before next: Int64?) -> String {
    if time == last || time == next { return isRepeated }
    guard let last else { return next.map { time < $0 } ?? false ? isFarBehind : isFarAhead }
    return time < last ? goesBack : isFarAhead
  }
}

/// Counts of what is left out, by reason.
struct LossCounts {
  private var counts: [String: Int] = [:]

  mutating func add(_ reason: String, _ count: Int = 1) { counts[reason, default: 0] += count }

  mutating func add(_ losses: [ImportAccount.Loss]) {
    for loss in losses { add(loss.reason, loss.count) }
  }

  /// The counts, the largest first.
  var losses: [ImportAccount.Loss] {
    counts.map { ImportAccount.Loss(reason: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }
}

/// The least of values in a range of places, each place with the least it was given: a tree over pairs.
private struct LeastOf {
  private var nodes: [(value: Int, row: Int)?]
  private let count: Int

  init(count: Int) {
    self.count = count
    nodes = Array(repeating: nil, count: 2 * count)
  }

  private static func lesser(_ a: (value: Int, row: Int)?, _ b: (value: Int, row: Int)?) -> (
    value: Int, row: Int
  )? {
    guard let a else { return b }
    guard let b else { return a }
    // Of two ways as cheap the one from the later row, so that a chain stays together.
    return (a.value, b.row) < (b.value, a.row) ? a : b
  }

  mutating func lower(_ place: Int, to value: (value: Int, row: Int)) {
    var node = place + count
    while node > 0 {
      nodes[node] = Self.lesser(nodes[node], value)
      node /= 2
    }
  }

  func least(in range: Range<Int>) -> (value: Int, row: Int)? {
    guard !range.isEmpty else { return nil }
    var (low, high) = (range.lowerBound + count, range.upperBound + count)
    var result: (value: Int, row: Int)?
    while low < high {
      if low % 2 == 1 {
        result = Self.lesser(result, nodes[low])
        low += 1
      }
      if high % 2 == 1 {
        high -= 1
        result = Self.lesser(result, nodes[high])
      }
      low /= 2
      high /= 2
    }
    return result
  }
}
