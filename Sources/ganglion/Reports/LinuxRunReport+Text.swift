import Control
import Foundation
import LinuxHardware
import VehicleRuntime

extension LinuxRunReport {
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
    for entry in loop.told.sensors { lines.append("sensors         \(entry.text)") }
    lines += loop.told.range.lines + loop.told.network.lines
    lines.append("ended           \(loop.mode)")
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
      "lost_edges": outcome.lostEdges, "faults": faults.map(\.name), "mode": loop.mode,
      "armed": loop.told.wasArmed, "inhibits": inhibits.map(\.name), "devices": outcome.complaints,
      "realtime": outcome.grants.map {
        ["name": $0.name, "obtained": $0.isObtained, "reason": $0.reason, "remedy": $0.remedy]
          as [String: Any]
      },
      "dropped_ticks": droppedTicks, "ticks_held_safe": loop.heldSafe,
      "network_beyond_range_ticks": loop.told.network.json,
      "sensors_beyond_range_ticks": loop.told.range.json,
    ]
    let sensors = loop.told.sensors
    if !sensors.isEmpty {
      object["sensors"] = Dictionary(uniqueKeysWithValues: sensors.map { ($0.name, $0.json) })
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
  /// Quantiles and buckets for machines, in µs.
  var json: [String: Any] {
    [
      "count": total, "p50": Double(quantile(0.5)) * 1e-3, "p99": Double(quantile(0.99)) * 1e-3,
      "p99_9": Double(quantile(0.999)) * 1e-3, "max": Double(maximum) * 1e-3,
      "buckets": buckets.map { [Double($0.upTo) * 1e-3, Double($0.count)] },
    ]
  }
}
