import PortableMath

/// What drives a line over time: a level, or pulses.
struct LineDriver {
  private let course: TimeCourse
  private let isPulses: Bool
  private var time: Int64
  /// How much of the present half period has passed, 0 to 1.
  private var share = 0.0
  /// The level; `nil` while nothing drives the line.
  private(set) var level: Bool?
  /// When the level, or what it follows from, may be another next, in ns.
  private(set) var next: Int64

  /// How often a rate that changes all the time is looked at, in ns.
  private static let step: Int64 = 1_000_000

  /// A driver that begins at a time in ns.
  init(_ input: PhysicalInput, from time: Int64) {
    (course, isPulses, self.time, next) = (input.course, input.quantity == .pulses, time, time)
    if isPulses { level = false }
  }

  /// Lets time pass until `now`, which is not behind `next`.
  mutating func advance(to now: Int64) {
    guard isPulses else {
      level = course.value(at: now).map { $0 != 0 } ?? level
      // A level that swings is looked at as often as a rate.
      next = isSteps ? course.nextStep(after: now) : now &+ Self.step
      return
    }
    let rate = course.value(at: time) ?? 0
    if rate > 0 { share += 2 * rate * Double(now &- time) * 1e-9 }
    time = now
    // A nanosecond is what times are rounded to.
    if share >= 1 - rate * 4e-9 {
      share = max(share - 1, 0)
      level?.toggle()
    }
    next = isSteps ? course.nextStep(after: now) : now &+ Self.step
    let newRate = course.value(at: now) ?? 0
    guard newRate > 0 else { return }
    let rest = (1 - share) / (2 * newRate) * 1e9
    if rest < 1e18 { next = min(next, now &+ max(Int64(rest.rounded()), 1)) }
  }

  private var isSteps: Bool {
    if case .steps = course { return true }
    return false
  }
}
