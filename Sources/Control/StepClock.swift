/// Time between a block's own steps, whatever its divisor, and however long it held.
struct StepClock {
  private var last: Int64 = 0
  private var hasBegun = false

  /// Seconds since the last call, at the time `now` in ns; 0 at the first, and when the clock goes back.
  mutating func seconds(at now: Int64) -> Float {
    defer { (last, hasBegun) = (now, true) }
    guard hasBegun else { return 0 }
    return max(Float(now &- last) * 1e-9, 0)
  }
}
