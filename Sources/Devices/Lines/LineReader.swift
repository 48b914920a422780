import HardwareInterfaces
import PortableMath

/// The edges that a line's counter counts.
public enum CountedEdges: String, CaseIterable, Sendable {
  /// Those with which the line becomes active.
  case rising
  /// Those with which it becomes inactive.
  case falling
  case both

  /// Whether the edge counts with which the line became active, or inactive.
  func include(_ becameActive: Bool) -> Bool { self == .both || becameActive == (self == .rising) }
}

/// How a line is read.
public struct LineUse: Sendable, Equatable {
  /// How long a level must last to count, in ns; 0 for any.
  public var debounce: Int64
  /// What is counted.
  public var counts: CountedEdges

  /// A use from its parts.
  public init(debounce: Int64 = 0, counts: CountedEdges = .rising) {
    self.debounce = max(debounce, 0)
    self.counts = counts
  }
}

/// A line of the processor as a device: a button, a bumper, a wheel's pulses. It makes of edges and of looks at the level what is
/// pressed, how many edges there were, and how fast they come.
///
/// A level counts once it has lasted as long as the debouncing asks for, without a break; it began with the edge that led to it. So what is
/// counted depends on the edges and their times alone, and not on when anybody looked.
public struct LineReader: Sendable {
  /// What is known of a line, as far as a configuration can name it.
  public static let facts = ChipFacts(
    name: "line", addresses: [], maximumRate: 1000, bitsPerSample: 0, identity: nil)

  /// Time in ns after which a line without edges stands still: what is slower than one edge in it has the rate 0.
  public static let standstill: Int64 = 2_000_000_000
  /// Shortest time between edges, in ns, that a rate is computed from: what claims to be faster came in one moment.
  private static let shortestTime: Int64 = 1_000

  /// Longest time in ns from an edge to the kernel's look at the level that it led to.
  private static let longestDelay: Int64 = 1_000_000

  private let use: LineUse
  /// The level as it is, and since when; `nil` before the first look.
  private var raw: (isActive: Bool, since: Int64)?
  private var sample = LineSample(isPressed: false, edges: 0)
  /// When the newest edge came, in ns, if it led to the level that was there already.
  private var shortPulse: Int64?
  /// Times of the newest counted edges, the newest first, and how many of them are known.
  private var times: (Int64, Int64, Int64) = (0, 0, 0)
  private var known = 0

  /// A reader that has not looked yet. `edges` is where the counter begins.
  public init(_ use: LineUse, edges: UInt32 = 0) {
    self.use = use
    sample.edges = edges
  }

  /// The level as the newest edge or look left it, before debouncing; `nil` before the first.
  public var level: Bool? { raw?.isActive }

  /// When the level will have lasted long enough to count; `nil` when it counts already.
  public var due: MonotonicTime? {
    guard let raw, raw.isActive != sample.isPressed else { return nil }
    return MonotonicTime(nanoseconds: raw.since &+ use.debounce)
  }

  /// Takes an edge that came at `time`, in ns. A time that cannot be, before the edge in front of it or after `now`, becomes one that can.
  public mutating func take(edge time: Int64, becameActive: Bool, now: Int64) {
    guard let before = raw else {
      raw = (!becameActive, max(min(time, now), 0))
      sample.isPressed = !becameActive
      return take(edge: time, becameActive: becameActive, now: now)
    }
    let time = max(min(time, now), before.since)
    settle(until: time)
    // The kernel asks for the level after the edge: of a pulse that is over by then it reports both edges with the second's level. So the
    // first of them stands for the pulse, and the second for nothing more.
    let isSecond = shortPulse.map { time &- $0 <= Self.longestDelay } ?? false
    shortPulse = nil
    if before.isActive == becameActive, !isSecond {
      raw = (!becameActive, time)
      settle(until: time)
      shortPulse = time
    }
    raw = (becameActive, time)
    settle(until: time)
  }

  /// Takes note that edges came and were not reported. Times on both sides of such a gap give no rate.
  public mutating func lose(_ edges: UInt32) {
    sample.lost.countUp(by: edges)
    known = 0
  }

  /// Takes the level at `now`, in ns, by when all reported edges were taken. Returns what is known then. A level that no edge led to
  /// came with an edge that was seen only now.
  public mutating func look(isActive: Bool, now: Int64) -> LineSample {
    if raw == nil {
      raw = (isActive, now)
      sample.isPressed = isActive
    }
    if level != isActive { take(edge: now, becameActive: isActive, now: now) }
    settle(until: now)
    sample.rate = rate(at: now)
    return sample
  }

  /// Lets the level count when it has lasted long enough at `time`.
  private mutating func settle(until time: Int64) {
    guard let raw, raw.isActive != sample.isPressed, time &- raw.since >= use.debounce else { return }
    sample.isPressed = raw.isActive
    guard use.counts.include(raw.isActive) else { return }
    sample.edges.countReading()
    sample.edgeTime = raw.since
    times = (raw.since, times.0, times.1)
    known = min(known + 1, 3)
  }

  /// The rate by the time between the newest edges, whose times the kernel took; it falls while the next one does not come. Of both kinds
  /// of edges two of one kind count, since pulses are not as long as the pauses between them.
  private func rate(at now: Int64) -> Float {
    let steps: Int64 = use.counts == .both ? 2 : 1
    guard known > Int(steps) else { return 0 }
    let period = (times.0 &- (steps == 2 ? times.2 : times.1)) / steps
    let longest = max(period, now &- times.0, Self.shortestTime)
    return longest >= Self.standstill ? 0 : Float(1e9 / Double(longest))
  }
}
