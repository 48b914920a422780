import BenchmarkNetworks
import Foundation
import LiquidModel
import VehicleRuntime

/// What `ganglion bench core` says.
struct CoreBenchmarkReport {
  let benchmark: CoreBenchmark
  let plan: CoreBenchmark.Plan

  /// The ratio to the yardstick that is aimed at; none for networks that have no goal.
  static func goal(_ network: BenchmarkNetwork, _ arithmetic: ModelFile.Arithmetic) -> Double? {
    let goals: (int8: Double, int16: Double, float16: Double, float32: Double)
    switch network {
    case .ncp19: goals = (0.25, 0.25, 0.40, 0.40)
    case .ncp64: goals = (0.20, 0.25, 0.30, 0.35)
    case .cfc64: goals = (0.15, 0.22, 0.28, 0.36)
    case .cfc128: goals = (0.15, 0.22, 0.28, 0.38)
    case .cfc302: goals = (0.15, 0.25, 0.28, 0.45)
    case .ncp34, .ncp302, .ltc19: return nil
    }
    switch arithmetic {
    case .int8: return goals.int8
    case .int16: return goals.int16
    case .float16: return goals.float16
    case .float32: return goals.float32
    }
  }

  /// A table for people.
  var text: String {
    var lines = [
      "network  arithmetic  kernel     median µs   best µs   ratio   goal   ratio to split   largest error"
    ]
    for row in benchmark.rows {
      lines.append(
        [
          padded(row.network.rawValue, 8), padded(row.arithmetic.rawValue, 11),
          padded("\(row.kernel.name)", 10),
          String(format: "%9.3f %9.3f", median(row.times), row.times.min() ?? 0),
          number(row.ratio(.plain), 7), number(Self.goal(row.network, row.arithmetic), 6),
          number(row.ratio(.split), 16), String(format: "%15.1e", row.largestError),
        ].joined(separator: " "))
    }
    if let error = benchmark.yardstickError {
      lines.append("")
      lines += yardstickLines
      lines.append(
        String(
          format: "(%@; its outputs are within %.1e of Float64)", Yardstick.command(march: plan.march), error)
      )
    }
    lines.append(
      "\(plan.rounds) rounds; ratio: median over the rounds of a step's time over the plain C program's; "
        + "largest error: of an output against Float64, in units of the outputs' range")
    return lines.joined(separator: "\n")
  }

  private var yardstickLines: [String] {
    yardsticks.map { network, form, times in
      [
        padded(network.rawValue, 8), padded("float32", 11), padded("C \(form.rawValue)", 10),
        String(format: "%9.3f %9.3f", median(times), times.min() ?? 0),
      ].joined(separator: " ")
    }
  }

  /// The yardstick's times, of all the rounds beside every arithmetic.
  private var yardsticks: [(BenchmarkNetwork, Yardstick.Form, [Double])] {
    BenchmarkNetwork.allCases.flatMap { network in
      Yardstick.Form.allCases.compactMap { form in
        let times = benchmark.rows.filter { $0.network == network }.flatMap { $0.yardstick[form] ?? [] }
        return times.isEmpty ? nil : (network, form, times)
      }
    }
  }

  /// The same for machines.
  var json: [String: Any] {
    var object: [String: Any] = [
      "rounds": plan.rounds,
      "rows": benchmark.rows.map { row -> [String: Any] in
        [
          "network": row.network.rawValue, "arithmetic": row.arithmetic.rawValue,
          "kernel": "\(row.kernel.name)",
          "median_us": median(row.times), "best_us": row.times.min() ?? 0,
          "ratio": row.ratio(.plain) ?? NSNull(), "ratio_to_split": row.ratio(.split) ?? NSNull(),
          "goal": Self.goal(row.network, row.arithmetic) ?? NSNull(), "largest_error": row.largestError,
        ]
      },
    ]
    if let error = benchmark.yardstickError {
      object["yardstick"] =
        [
          "command": Yardstick.command(march: plan.march), "largest_error": error,
          "rows": yardsticks.map { network, form, times -> [String: Any] in
            [
              "network": network.rawValue, "form": form.rawValue, "median_us": median(times),
              "best_us": times.min() ?? 0,
            ]
          },
        ] as [String: Any]
    }
    return object
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }

  private func number(_ value: Double?, _ width: Int) -> String {
    let text = value.map { String(format: "%.3f", $0) } ?? "-"
    return String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
