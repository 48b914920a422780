extension UInt32 {
  /// One reading more. After the largest count comes 1, since 0 stands for none yet: a sensor of 1 kHz gets there in 49.7
  /// days.
  @inlinable
  public mutating func countReading() { self = self == .max ? 1 : self &+ 1 }

  /// One more, as far as there is room: for counts that are compared with a limit, and must not begin anew behind it.
  @inlinable
  public mutating func countUp(by more: UInt32 = 1) {
    let (sum, isOver) = addingReportingOverflow(more)
    self = isOver ? .max : sum
  }
}
