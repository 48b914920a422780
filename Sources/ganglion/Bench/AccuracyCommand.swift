import BenchmarkNetworks
import Foundation
import LiquidCore
import LiquidModel

private let help = """
  ganglion bench accuracy [options]

  Steps the benchmark networks over recorded input with irregular ts in each arithmetic and says how far their outputs
  are from Float64: the largest error and the root of the mean square, in units of the range of the outputs. Every machine
  prints the same.

    --network NAMES       only these, separated by commas (default: ncp19, ncp64, cfc64, cfc128, cfc302)
    --arithmetic NAMES    only these: int8, int16, float16, float32
    --steps N             so many steps (default 100000)
    --json                the result as one JSON object

  Example: ganglion bench accuracy --network ncp19
  """

/// `ganglion bench accuracy`.
func accuracyCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "bench accuracy", help: help, arguments, options: ["network", "arithmetic", "steps"], flags: ["json"]
  ) { arguments in
    guard arguments.positional.isEmpty else { throw UsageError("expected no argument") }
    let networks = try arguments.choices("network", BenchmarkNetwork.self) ?? BenchmarkNetwork.timed
    let arithmetics =
      try arguments.choices("arithmetic", ModelFile.Arithmetic.self) ?? [.int8, .int16, .float16, .float32]
    let steps = try arguments.integer("steps", atLeast: 1, atMost: 10_000_000) ?? 100_000
    var rows: [AccuracyRow] = []
    for network in networks {
      Terminal.showProgress("\(network.rawValue): Float64")
      let reference = ReferenceRun(network, steps: steps)
      for file in try network.files(arithmetics) {
        Terminal.showProgress("\(network.rawValue): \(file.arithmetic.rawValue)")
        var runtime = try NetworkRuntime(file)
        rows.append(
          AccuracyRow(
            network: network, arithmetic: file.arithmetic, error: reference.error(of: &runtime),
            range: reference.range, wideShare: try file.wideShare))
      }
    }
    Terminal.endProgress()
    Terminal.printResult(
      arguments.has("json")
        ? Terminal.json(["steps": steps, "rows": rows.map(\.json)])
        : ([AccuracyRow.title] + rows.map(\.text)).joined(separator: "\n"))
    return .success
  }
}

/// A line of what `ganglion bench accuracy` says.
struct AccuracyRow {
  let network: BenchmarkNetwork
  let arithmetic: ModelFile.Arithmetic
  let error: ReferenceRun.Error
  /// Largest minus least output in Float64.
  let range: Double
  /// Share of the weights that have 16 bits in an int8 file.
  let wideShare: Double?

  /// The largest error that is aimed at; none for networks and arithmetics without a goal.
  static func goal(_ network: BenchmarkNetwork, _ arithmetic: ModelFile.Arithmetic) -> Double? {
    switch (arithmetic, network) {
    case (.int8, .ncp19), (.int8, .ncp64): 1.5e-3
    case (.int8, .cfc64), (.int8, .cfc128), (.int8, .cfc302): 6e-3
    case (.int16, _), (.float16, _): 5e-4
    default: nil
    }
  }

  static let title = "network  arithmetic   largest error      goal       rms   range  16-bit weights"

  var text: String {
    let goal = Self.goal(network, arithmetic).map { String(format: "%9.1e", $0) } ?? "        -"
    let wide = wideShare.map { String(format: "%13.0f %%", 100 * $0) } ?? "              -"
    return network.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
      + arithmetic.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
      + String(format: "%16.2e %@ %9.1e %7.3f %@", error.largest, goal, error.rms, range, wide)
  }

  var json: [String: Any] {
    [
      "network": network.rawValue, "arithmetic": arithmetic.rawValue, "largest_error": error.largest,
      "rms_error": error.rms, "range": range, "goal": Self.goal(network, arithmetic) ?? NSNull(),
      "wide_share": wideShare ?? NSNull(),
    ]
  }
}

extension ModelFile {
  /// Share of the weights that have 16 bits, of an int8 file; otherwise nil.
  fileprivate var wideShare: Double? {
    get throws(ModelError) {
      guard arithmetic == .int8 else { return nil }
      return try FixedModel(self).wideShare
    }
  }
}
