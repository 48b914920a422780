import Foundation
import LinuxHardware
import VehicleConfiguration
import VehicleRuntime

private let help = """
  ganglion bench loop CONFIG [options]

  Measures how punctual the loop of a vehicle is on this machine: the loop at its rate, priority and processor, with its
  network and its log's ring but without buses and lines, in turns with a thread that only wakes up, as cyclictest does.
  The ratio of the two says what the loop adds; the absolute times say what the machine is worth.

    --rate HZ          in place of loop.rate_hz
    --seconds S        how long, both together (default 30)
    --json             the result as one JSON object, times in microseconds, with the whole histograms

  Example: ganglion bench loop firmware-configs/quadrotor-hold.json5 --seconds 60
  """

/// `ganglion bench loop`.
func benchLoopCommand(_ arguments: [String]) -> ExitStatus {
  perform("bench loop", help: help, arguments, options: ["rate", "seconds"], flags: ["json"]) { arguments in
    var loaded = try LoadedVehicle(
      path: try arguments.exactly("CONFIG")[0], overrides: ConfigurationOverrides())
    if let rate = try arguments.integer("rate", atLeast: 10) {
      guard rate <= 10_000 else { throw UsageError("--rate takes at most 10000, not '\(rate)'") }
      loaded = loaded.at(rateHz: rate)
    }
    let rate = loaded.tables.loop.rateHz
    var benchmark = LoopBenchmark()
    // Half a second of each in turn.
    benchmark.periodsPerBlock = max(rate / 2, 1)
    benchmark.blocks = try arguments.integer("seconds", atLeast: 1, atMost: 1_000_000) ?? 30
    let result = try benchmark.run(loaded)
    Terminal.printResult(
      arguments.has("json") ? Terminal.json(result.json(rate: rate)) : result.table(rate: rate))
    return .success
  }
}

extension LoopBenchmark.Result {
  /// For people.
  fileprivate func table(rate: Int) -> String {
    func ratio(_ quantile: Double) -> String {
      self.ratio(quantile).map { String(format: "%.2f", $0) } ?? "-"
    }
    var lines = [
      "\(rate) Hz, \(loop.wakeUp.total) periods of each",
      "wake-up, loop    \(loop.wakeUp.summary), \(loop.missed) missed",
      "wake-up, bare    \(bare.wakeUp.summary), \(bare.missed) missed",
      "ratio            p50 \(ratio(0.5)), p99 \(ratio(0.99)), p99.9 \(ratio(0.999)), max \(ratio(1))",
      "work of a tick   \(loop.work.summary)",
    ]
    for grant in grants { lines.append("real time        \(grant.text)") }
    return lines.joined(separator: "\n")
  }

  /// For machines.
  fileprivate func json(rate: Int) -> [String: Any] {
    func side(_ side: LoopBenchmark.Side) -> [String: Any] {
      ["wake_up_us": side.wakeUp.json, "work_us": side.work.json, "missed": side.missed]
    }
    var ratios: [String: Any] = [:]
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p99_9", 0.999), ("max", 1)] {
      if let ratio = ratio(quantile) { ratios[name] = ratio }
    }
    return [
      "rate_hz": rate, "loop": side(loop), "bare": side(bare), "ratio": ratios,
      "realtime": grants.map { ["name": $0.name, "obtained": $0.isObtained] as [String: Any] },
    ]
  }
}
