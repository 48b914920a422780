import Devices
import HardwareInterfaces
import PortableMath
import Testing

@Suite("A line that is read")
struct LineReaderTests {
  private static let ms: Int64 = 1_000_000

  /// Edges of a line that is inactive at 0, and a time behind the last of them.
  private static func edges(seed: UInt64) -> (times: [Int64], end: Int64) {
    var random = RandomGenerator(seed: seed, stream: 7)
    var (times, now) = ([Int64](), Int64(0))
    for _ in 0..<Int(random.nextUniform(0, 60)) {
      // Bounces, presses, and sometimes two edges in one moment.
      let longest = random.nextUniform() < 0.6 ? 3e6 : 4e7
      now += random.nextUniform() < 0.05 ? 0 : Int64(random.nextUniform(0, longest))
      times.append(now)
    }
    return (times, now + Int64(random.nextUniform(0, 2e7)))
  }

  /// What such edges come to, by their definition: each stretch of one level that lasts long enough counts, with the time of its beginning.
  private static func expected(
    _ edges: [Int64], end: Int64, _ use: LineUse
  ) -> (isPressed: Bool, counted: [Int64]) {
    let begins = [0] + edges
    var (isPressed, counted) = (false, [Int64]())
    for (place, begin) in begins.enumerated() {
      let isActive = place % 2 == 1
      let until = place + 1 < begins.count ? begins[place + 1] : end
      guard until - begin >= use.debounce, isActive != isPressed else { continue }
      isPressed = isActive
      let isCounted =
        switch use.counts {
        case .rising: isActive
        case .falling: !isActive
        case .both: true
        }
      if isCounted { counted.append(begin) }
    }
    return (isPressed, counted)
  }

  @Test(
    "is pressed and counts by its edges alone, whenever anybody looks", arguments: CountedEdges.allCases,
    [0, 1, 5_000_000, 12_345_678] as [Int64])
  func property(_ counts: CountedEdges, _ debounce: Int64) {
    var (presses, edges) = (0, 0)
    for seed in 0..<300 as Range<UInt64> {
      let (times, end) = Self.edges(seed: seed)
      let use = LineUse(debounce: debounce, counts: counts)
      let truth = Self.expected(times, end: end, use)
      var random = RandomGenerator(seed: seed, stream: 8)
      for looks in [0.0, 0.5, 1] {
        var reader = LineReader(use)
        _ = reader.look(isActive: false, now: 0)
        var isActive = false
        for (place, time) in times.enumerated() {
          isActive.toggle()
          reader.take(edge: time, becameActive: isActive, now: time)
          let next = place + 1 < times.count ? times[place + 1] : end
          guard random.nextUniform() < looks else { continue }
          _ = reader.look(isActive: isActive, now: time + Int64(random.nextUniform() * Double(next - time)))
        }
        let sample = reader.look(isActive: isActive, now: end)
        #expect(sample.isPressed == truth.isPressed && sample.edges == UInt32(truth.counted.count), "\(seed)")
        #expect(sample.lost == 0 && sample.edgeTime == truth.counted.last ?? 0, "\(seed)")
        presses += truth.isPressed ? 1 : 0
        edges += truth.counted.count
      }
    }
    #expect(presses > 100 && edges > 1000, "there is something to see")
  }

  @Test("gives the rate by the kernel's times of the newest edges, whatever the time of the look")
  func rate() {
    var reader = LineReader(LineUse())
    #expect(reader.look(isActive: false, now: 0).rate == 0)
    var time: Int64 = 0
    for pulse in 0..<10 as Range<Int64> {
      time = 100 * Self.ms + 25 * Self.ms * pulse
      reader.take(edge: time, becameActive: true, now: time)
      if pulse == 0 { #expect(reader.look(isActive: true, now: time).rate == 0, "one edge has no rate") }
      reader.take(edge: time + 3 * Self.ms, becameActive: false, now: time + 3 * Self.ms)
    }
    #expect(reader.look(isActive: false, now: time + 4 * Self.ms).rate == 40)
    #expect(reader.look(isActive: false, now: time + 24 * Self.ms).rate == 40)
    // The next edge does not come: it cannot be faster than that.
    #expect(reader.look(isActive: false, now: time + 100 * Self.ms).rate == 10)
    #expect(reader.look(isActive: false, now: time + LineReader.standstill - 1).rate > 0.4)
    #expect(reader.look(isActive: false, now: time + LineReader.standstill).rate == 0)
  }

  @Test("gives of both kinds of edges the rate of whole pulses, as long as the pauses or not")
  func rateOfBoth() {
    var reader = LineReader(LineUse(counts: .both))
    _ = reader.look(isActive: false, now: 0)
    for pulse in 1...9 as ClosedRange<Int64> {
      for (offset, isActive) in [(0, true), (1, false)] as [(Int64, Bool)] {
        let time = (10 * pulse + offset) * Self.ms
        reader.take(edge: time, becameActive: isActive, now: time)
        guard pulse > 1 else { continue }
        #expect(reader.look(isActive: isActive, now: time).rate == 200)
      }
    }
  }

  @Test("counts on behind the largest count as every counter does: 0 stands for none")
  func wrap() {
    var reader = LineReader(LineUse(counts: .both), edges: .max - 1)
    _ = reader.look(isActive: false, now: 0)
    let edges: [(Int64, Bool)] = [(1, true), (2, false), (3, true)]
    let counts = edges.map { time, isActive in
      reader.take(edge: time, becameActive: isActive, now: time)
      return reader.look(isActive: isActive, now: time).edges
    }
    #expect(counts == [.max, 1, 2])
  }

  @Test(
    "takes a pulse that was over before the kernel asked for one, with both of its edges or with one reported"
  )
  func shortPulses() {
    var reader = LineReader(LineUse())
    _ = reader.look(isActive: false, now: 0)
    for (number, time) in [(1, 1_000), (2, 2_000)] as [(UInt32, Int64)] {
      reader.take(edge: time * Self.ms, becameActive: false, now: .max)
      reader.take(edge: time * Self.ms + 5_000, becameActive: false, now: .max)
      #expect(reader.look(isActive: false, now: time * Self.ms + 6_000).edges == number)
    }
    // Of pulses far apart each had one edge reported.
    for (number, time) in [(3, 3_000), (4, 3_002), (5, 3_004)] as [(UInt32, Int64)] {
      reader.take(edge: time * Self.ms, becameActive: false, now: .max)
      #expect(reader.look(isActive: false, now: time * Self.ms + 1).edges == number)
    }
    var slow = LineReader(LineUse(debounce: 5 * Self.ms))
    _ = slow.look(isActive: false, now: 0)
    slow.take(edge: 10 * Self.ms, becameActive: false, now: .max)
    #expect(slow.look(isActive: false, now: 99 * Self.ms) == LineSample(isPressed: false, edges: 0))
  }

  @Test("says what was lost, gives no rate across it, and takes a level that no edge led to")
  func lost() {
    var reader = LineReader(LineUse())
    _ = reader.look(isActive: false, now: 0)
    for time in [10, 20] as [Int64] {
      reader.take(edge: time * Self.ms, becameActive: true, now: .max)
      reader.take(edge: (time + 1) * Self.ms, becameActive: false, now: .max)
    }
    #expect(reader.look(isActive: false, now: 22 * Self.ms).rate == 100)
    reader.lose(3)
    let after = reader.look(isActive: true, now: 30 * Self.ms)
    #expect(
      after == LineSample(isPressed: true, edges: 3, lost: 3, rate: 0, edgeTime: 30 * Self.ms))
    reader.lose(.max)
    #expect(reader.look(isActive: true, now: 31 * Self.ms).lost == .max)
  }

  @Test("is what it is found as at the start, without an edge, and at once")
  func beginning() {
    var reader = LineReader(LineUse(debounce: 5 * Self.ms))
    #expect(reader.level == nil)
    #expect(reader.look(isActive: true, now: 7) == LineSample(isPressed: true, edges: 0))
    #expect(reader.due == nil)
    reader.take(edge: 10, becameActive: false, now: 11)
    #expect(reader.due == MonotonicTime(nanoseconds: 10 + 5 * Self.ms))
    #expect(reader.look(isActive: false, now: 9 + 5 * Self.ms).isPressed)
    #expect(!reader.look(isActive: false, now: 10 + 5 * Self.ms).isPressed)
  }

  @Test("bears any times and levels, and never stays pressed on a line that rests")
  func hostile() {
    let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    for seed in 0..<200 as Range<UInt64> {
      var random = RandomGenerator(seed: seed, stream: 9)
      func time() -> Int64 {
        random.nextUniform() < 0.5
          ? ends[Int(random.nextUniform(0, 7))] : Int64(random.nextUniform(0, 1e10))
      }
      var reader = LineReader(LineUse(debounce: 5 * Self.ms, counts: .both))
      for _ in 0..<40 {
        let isActive = random.nextUniform() < 0.5
        switch Int(random.nextUniform(0, 3)) {
        case 0: reader.take(edge: time(), becameActive: isActive, now: Int64(random.nextUniform(0, 1e10)))
        case 1: _ = reader.look(isActive: isActive, now: Int64(random.nextUniform(0, 1e10)))
        default: reader.lose(UInt32(random.nextUniform(0, 1e9)))
        }
      }
      _ = reader.look(isActive: false, now: 10_000_000_000)
      let sample = reader.look(isActive: false, now: 20_000_000_000)
      #expect(!sample.isPressed && sample.rate == 0)
    }
  }
}
