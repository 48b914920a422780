/// What is measured of a loop on Linux, each in fixed memory.
public struct LoopLatencies: BitwiseCopyable, Sendable {
  /// From the time a tick was due to the moment it began.
  public var wakeUp = LatencyHistogram()
  /// From the beginning of a tick to its end, the log's ring included.
  public var tick = LatencyHistogram()
  /// Age of the newest inertial sample when a tick looked at it.
  public var sampleAge = LatencyHistogram()
  /// From that sample to the moment at which the pulses that follow from it were written.
  public var actuation = LatencyHistogram()

  /// All of them by name.
  public var all: [(name: String, title: String, histogram: LatencyHistogram)] {
    [
      ("wake_up", "wake-up latency", wakeUp), ("tick", "tick time", tick),
      ("sample_age", "sample age", sampleAge), ("actuation", "sensor to actuator", actuation),
    ]
  }
}
