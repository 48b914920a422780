import ControlLoop

/// What is measured of a loop on Linux, each in fixed memory.
struct LoopLatencies: BitwiseCopyable, Sendable {
  /// From the time a tick was due to the moment it began.
  var wakeUp = LatencyHistogram()
  /// From the beginning of a tick to its end, the log's ring included.
  var tick = LatencyHistogram()
  /// Age of the newest inertial sample when a tick looked at it.
  var sampleAge = LatencyHistogram()
  /// From that sample to the moment at which the pulses that follow from it were written.
  var actuation = LatencyHistogram()

  /// All of them by name.
  var all: [(name: String, title: String, histogram: LatencyHistogram)] {
    [
      ("wake_up", "wake-up latency", wakeUp), ("tick", "tick time", tick),
      ("sample_age", "sample age", sampleAge), ("actuation", "sensor to actuator", actuation),
    ]
  }
}
