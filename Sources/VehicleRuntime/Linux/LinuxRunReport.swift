import Control
import Files
import HardwareInterfaces
import LinuxHardware
import Signals

/// How a run on this machine went, for people and for machines.
public struct LinuxRunReport {
  /// Name of the vehicle.
  public var name: String
  /// What the run left.
  public var outcome: LinuxOutcome
  /// Where the log is; `nil` for none.
  public var logPath: String?
  /// Ticks that the log's writer did not keep up with, and why it stopped, if it did.
  public var droppedTicks: UInt64 = 0
  /// Why the log ends before the run, if it does.
  public var logFailure: String?
  /// Why what the buses carried was not written, if it was to be.
  public var trafficFailure: String?

  /// What the loop has counted.
  public var loop: LoopReport { outcome.loop }
  /// Conditions that were seen while the vehicle was not disarmed.
  public var faults: [SafetyFlag] { loop.told.conditions }
  /// What kept it from arming, if it never did.
  public var inhibits: [SafetyFlag] { loop.told.inhibits }

  /// Transfers that were to be recorded and for which there was no room.
  public var omittedTransfers: Int { outcome.traffic.reduce(0) { $0 + Int(clamping: $1.recorder.omitted) } }
}

extension LatencyHistogram {
  /// Quantiles for people.
  package var summary: String {
    func text(_ nanoseconds: Int64) -> String { formatted("%.1f", Double(nanoseconds) * 1e-3) }
    return
      "p50 \(text(quantile(0.5))) µs, p99 \(text(quantile(0.99))) µs, p99.9 \(text(quantile(0.999))) µs, "
      + "max \(text(maximum)) µs"
  }
}
