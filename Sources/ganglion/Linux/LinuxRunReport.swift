import ControlLoop
import Foundation
import HardwareInterfaces
import LinuxHardware
import Signals

/// How a run on this machine went, for people and for machines.
struct LinuxRunReport {
  var name: String
  var outcome: LinuxOutcome
  var logPath: String?
  /// Ticks that the log's writer did not keep up with, and why it stopped, if it did.
  var droppedTicks: UInt64 = 0
  var logFailure: String?
  /// Why what the buses carried was not written, if it was to be.
  var trafficFailure: String?

  private var loop: LoopReport { outcome.loop }
  private var faults: [FailsafeCondition] { FailsafeCondition.list(loop.faults) }
  private var mode: String { loop.values?.choice("safety.mode") ?? "disarmed" }
  private var inhibits: [ArmingInhibit] {
    loop.wasArmed
      ? [] : ArmingInhibit.allCases.filter { loop.values?.isSet("safety.no_arming_\($0.name)") ?? false }
  }

  /// Transfers that were to be recorded and for which there was no room.
  private var omittedTransfers: Int { outcome.traffic.reduce(0) { $0 + Int(clamping: $1.recorder.omitted) } }

  /// A short table.
  var table: String {
    var lines = [
      "flight          \(name), \(String(format: "%.1f", Double(loop.last.elapsed) * 1e-9)) s",
      "ticks           \(loop.last.ticks), \(loop.last.missed) missed, at most \(loop.longestGap) in a row",
    ]
    for entry in loop.latencies.all where entry.histogram.total > 0 {
      lines.append(entry.title.padding(toLength: 20, withPad: " ", startingAt: 0) + entry.histogram.summary)
    }
    lines.append("page faults     \(loop.pageFaults.major) major, \(loop.pageFaults.minor) minor")
    for bus in outcome.buses {
      let s = bus.statistics
      lines.append(
        "bus             \(bus.name): \(s.transfers) transfers, \(s.repetitions) repeated, \(s.failures) failed"
          + (s.reopened > 0 ? ", adapter back \(s.reopened) times" : ""))
    }
    if loop.heldSafe > 0 {
      lines.append(
        "held safe       the loop had fallen silent: its outputs were made safe from outside, for \(loop.heldSafe) tick(s)"
      )
    }
    if outcome.lostEdges > 0 { lines.append("kill switch     \(outcome.lostEdges) edges lost by the kernel") }
    lines.append("faults          " + (faults.isEmpty ? "none" : faults.map(\.text).joined(separator: "; ")))
    for entry in loop.sensors.entries { lines.append("sensors         \(entry.text)") }
    lines += loop.range.lines + loop.network.lines
    lines.append("ended           \(mode)")
    for inhibit in inhibits { lines.append("never armed     \(inhibit.text): \(inhibit.remedy)") }
    for complaint in outcome.complaints { lines.append("device          \(complaint)") }
    for grant in outcome.grants where !grant.isObtained { lines.append("real time       \(grant.text)") }
    if let logPath {
      lines.append(
        "log             \(logPath)" + (droppedTicks > 0 ? ", \(droppedTicks) ticks dropped" : "")
          + (hasMadeRoom(logPath) ? madeRoomText : ""))
    }
    if let logFailure { lines.append("log ended early \(logFailure)") }
    if let trafficFailure { lines.append("bus traffic     \(trafficFailure)") }
    if omittedTransfers > 0 {
      lines.append("bus traffic     the last \(omittedTransfers) transfers did not fit and were not written")
    }
    return lines.joined(separator: "\n")
  }

  /// The same as an object.
  var json: [String: Any] {
    var object: [String: Any] = [
      "name": name, "seconds": Double(loop.last.elapsed) * 1e-9, "ticks": loop.last.ticks,
      "missed_ticks": loop.last.missed, "longest_gap_ticks": loop.longestGap,
      "latency_us": Dictionary(uniqueKeysWithValues: loop.latencies.all.map { ($0.name, $0.histogram.json) }),
      "page_faults": ["major": loop.pageFaults.major, "minor": loop.pageFaults.minor],
      "buses": outcome.buses.map { bus in
        [
          "name": bus.name, "transfers": bus.statistics.transfers, "repetitions": bus.statistics.repetitions,
          "failures": bus.statistics.failures, "reopened": bus.statistics.reopened,
          "busy_s": Double(bus.statistics.busy) * 1e-9,
        ] as [String: Any]
      },
      "lost_edges": outcome.lostEdges, "faults": faults.map(\.name), "mode": mode,
      "armed": loop.wasArmed, "inhibits": inhibits.map { "\($0)" }, "devices": outcome.complaints,
      "realtime": outcome.grants.map {
        ["name": $0.name, "obtained": $0.isObtained, "reason": $0.reason, "remedy": $0.remedy]
          as [String: Any]
      },
      "dropped_ticks": droppedTicks, "ticks_held_safe": loop.heldSafe,
      "network_beyond_range_ticks": loop.network.json, "sensors_beyond_range_ticks": loop.range.json,
    ]
    let sensors = loop.sensors.entries
    if !sensors.isEmpty {
      object["sensors"] = Dictionary(uniqueKeysWithValues: sensors.map { ($0.kind.rawValue, $0.json) })
    }
    if let logPath {
      object["log"] = logPath
      if hasMadeRoom(logPath) { object["log_first_part_deleted"] = true }
    }
    if let logFailure { object["log_failure"] = logFailure }
    if let trafficFailure { object["bus_traffic_failure"] = trafficFailure }
    if omittedTransfers > 0 { object["omitted_transfers"] = omittedTransfers }
    return object
  }
}

extension LatencyHistogram {
  /// Quantiles for people.
  var summary: String {
    func text(_ nanoseconds: Int64) -> String { String(format: "%.1f", Double(nanoseconds) * 1e-3) }
    return
      "p50 \(text(quantile(0.5))) µs, p99 \(text(quantile(0.99))) µs, p99.9 \(text(quantile(0.999))) µs, "
      + "max \(text(maximum)) µs"
  }

  /// Quantiles and buckets for machines, in µs.
  var json: [String: Any] {
    [
      "count": total, "p50": Double(quantile(0.5)) * 1e-3, "p99": Double(quantile(0.99)) * 1e-3,
      "p99_9": Double(quantile(0.999)) * 1e-3, "max": Double(maximum) * 1e-3,
      "buckets": buckets.map { [Double($0.upTo) * 1e-3, Double($0.count)] },
    ]
  }
}
