import LiquidCore

/// Input to judge a quantised model by, with what the Float64 reference answers.
struct CalibrationJudge: Sendable {
  /// Steps from rest, and the outputs of each.
  struct Run: Sendable {
    var steps: [Calibration.Step]
    var outputs: [[Double]]
  }

  /// One after the other, each from rest.
  let runs: [Run]

  /// Recordings put together anew, which nothing was calibrated on: as many steps as cost little.
  init(anew steps: [Calibration.Step], _ model: NetworkModel) {
    var recordings = RecordingAnew(model, steps)
    runs = [false, true, false, true].map { shifted in
      let steps = recordings.next(Array(steps.prefix(Self.mostAnew)), shifted: shifted)
      var network = ReferenceNetwork(model)
      return Run(steps: steps, outputs: steps.map { network.step($0.inputs, ts: $0.ts) })
    }
  }

  init(runs: [Run]) { self.runs = runs }

  private static let mostAnew = 500

  /// How far a quantised model's outputs are off over the steps, in units of the range that the reference's outputs
  /// have; infinite for a model that does not run.
  func error(of model: FixedModel) -> (largest: Double, norm: Double) {
    var (largest, low, high) = (0.0, Double.infinity, -Double.infinity)
    // The 8-norm: nearly the largest error, but it also sees what brings the other large ones down.
    var (sum, count) = (0.0, 0)
    do throws(ModelError) {
      var runtime = try NetworkRuntime(model)
      var found = [Float](repeating: 0, count: runtime.outputCount)
      for run in runs {
        runtime.reset()
        for (step, expected) in zip(run.steps, run.outputs) {
          var span = found.mutableSpan
          do throws(NetworkError) {
            try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
          } catch {
            return (.infinity, .infinity)
          }
          for (output, value) in expected.enumerated() {
            let error = abs(Double(found[output]) - value)
            largest = max(largest, error)
            let square = error * error
            sum += square * square * square * square
            (low, high) = (min(low, value), max(high, value))
          }
          count += expected.count
        }
      }
    } catch {
      return (.infinity, .infinity)
    }
    let range = max(high - low, .leastNormalMagnitude)
    let mean = sum / Double(max(count, 1))
    return (largest / range, mean.squareRoot().squareRoot().squareRoot() / range)
  }
}
