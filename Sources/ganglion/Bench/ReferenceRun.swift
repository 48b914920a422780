import BenchmarkNetworks
import LiquidCore
import LiquidModel

/// The outputs of a benchmark network in Float64, to measure others against.
struct ReferenceRun {
  private let input: BenchmarkInput
  private let outputs: [[Double]]
  /// Largest minus least output.
  let range: Double

  /// How far outputs are off, in units of `range`.
  struct Error {
    /// The largest error of an output.
    var largest = 0.0
    /// The root of the mean square.
    var rms = 0.0
  }

  /// The network over recorded input, from rest.
  init(_ network: BenchmarkNetwork, steps: Int) {
    let input = BenchmarkInput(seed: CoreBenchmark.seed, steps: steps)
    var reference = ReferenceNetwork(network.model)
    let outputs = (0..<steps).map {
      reference.step(Array(input.inputs(ofStep: $0)), ts: input.ts(ofStep: $0))
    }
    let values = outputs.joined()
    (self.input, self.outputs) = (input, outputs)
    range = (values.max() ?? 0) - (values.min() ?? 0)
  }

  /// The largest difference of the outputs of the first steps, one row after the other.
  func largestError(of found: [Double]) -> Double {
    zip(outputs.joined(), found).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// The error of a network over the same input, from rest; infinite for one that refuses the input.
  func error(of runtime: inout NetworkRuntime) -> Error {
    runtime.reset()
    var (largest, squares) = (0.0, 0.0)
    var found = [Float](repeating: 0, count: runtime.outputCount)
    for step in 0..<input.steps {
      var span = found.mutableSpan
      do throws(NetworkError) {
        try runtime.step(inputs: input.inputs(ofStep: step).span, ts: input.ts(ofStep: step), outputs: &span)
      } catch {
        return Error(largest: .infinity, rms: .infinity)
      }
      for (value, wanted) in zip(found, outputs[step]) {
        let error = abs(Double(value) - wanted)
        largest = max(largest, error)
        squares += error * error
      }
    }
    let count = max(input.steps * runtime.outputCount, 1)
    return Error(largest: largest / range, rms: (squares / Double(count)).squareRoot() / range)
  }
}
