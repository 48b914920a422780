import Foundation
import LiquidModel
import VehicleRuntime

private let help = """
  ganglion bench load MODEL... [options]

  Measures how long model files take from the disk to a network that is ready to step: reading, checking the digest,
  proving that nothing overflows, and laying out the parameters. Median and least of processor time.

    --rounds N    loads of each file (default 51)
    --json        the result as one JSON object, times in milliseconds

  Example: ganglion bench load firmware-configs/models/quadrotor-cfc64-int8.safetensors
  """

/// `ganglion bench load`.
func loadCommand(_ arguments: [String]) -> ExitStatus {
  perform("bench load", help: help, arguments, options: ["rounds"], flags: ["json"]) { arguments in
    let rounds = try arguments.integer("rounds", atLeast: 1, atMost: 1_000_000) ?? 51
    guard !arguments.positional.isEmpty else { throw UsageError("expected MODEL") }
    let rows = try arguments.positional.map { try LoadRow(path: $0, rounds: rounds) }
    Terminal.printResult(
      arguments.has("json")
        ? Terminal.json(["rounds": rounds, "rows": rows.map(\.json)])
        : ([LoadRow.title] + rows.map(\.text)).joined(separator: "\n"))
    return .success
  }
}

/// A line of what `ganglion bench load` says.
private struct LoadRow {
  static let title = "median ms   best ms   neurons  arithmetic  file"
  let path: String
  let neurons: Int
  let arithmetic: ModelFile.Arithmetic
  /// Milliseconds of each load.
  let times: [Double]

  init(path: String, rounds: Int) throws {
    let file = try ModelFile.read(path: path)
    (self.path, neurons, arithmetic) = (path, file.architecture.neurons, file.arithmetic)
    times = try (0..<rounds).map { _ in
      let begin = ProcessorTime.nanoseconds
      let runtime: NetworkRuntime
      do throws(ModelError) {
        runtime = try NetworkRuntime(ModelFile.read(path: path))
      } catch {
        throw VehicleError(error, in: path)
      }
      let end = ProcessorTime.nanoseconds
      // Used, so that no load can be left out.
      guard runtime.inputCount > 0 else { throw CommandFailure("\(path): no inputs") }
      return Double(end - begin) * 1e-6
    }
  }

  var text: String {
    let name = arithmetic.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
    return String(format: "%9.3f %9.3f %9d  ", median(times), times.min() ?? 0, neurons) + name + "  " + path
  }

  var json: [String: Any] {
    [
      "file": path, "neurons": neurons, "arithmetic": arithmetic.rawValue, "median_ms": median(times),
      "best_ms": times.min() ?? 0,
    ]
  }
}
