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
  /// What the errors of each run are divided by.
  private let ranges: [Double]

  /// Recordings put together anew, which nothing was calibrated on: as many steps as cost little.
  ///
  /// - Parameter exchanged: So many recordings in which inputs that are alike take each other's courses, each judged by the
  ///   range of its own outputs, unless that is much smaller than all have together: what a recording that shows few courses
  ///   (`Calibration.showsFewCourses`) asks for. Otherwise nil.
  init(anew steps: [Calibration.Step], _ model: NetworkModel, exchanged: Int? = nil) {
    let cost = max(Architecture(of: model).multiplyCount, 1)
    let count = exchanged ?? Self.usualRuns
    let few = min(max(Self.budget / (count * cost), Self.leastAnew), Self.mostAnew)
    let steps = Array(steps.prefix(exchanged != nil ? few : Self.mostAnew))
    var recordings = RecordingAnew(model, steps)
    let runs = (0..<count).map { run in
      let steps = recordings.next(steps, shifted: run % 2 == 1, exchanged: exchanged != nil)
      var network = ReferenceNetwork(model)
      return Run(steps: steps, outputs: steps.map { network.step($0.inputs, ts: $0.ts) })
    }
    self.init(runs: runs, eachByItsRange: exchanged != nil)
  }

  init(runs: [Run], eachByItsRange: Bool = false) {
    self.runs = runs
    let all = max(Self.range(runs.flatMap(\.outputs)), .leastNormalMagnitude)
    ranges = runs.map { eachByItsRange ? max(Self.range($0.outputs), all * Self.leastShare) : all }
  }

  /// The first half of the runs, and the second.
  var halves: [Self] {
    let half = runs.count / 2
    return [0..<half, half..<runs.count].map { Self(runs: Array(runs[$0]), ranges: Array(ranges[$0])) }
  }

  private init(runs: [Run], ranges: [Double]) { (self.runs, self.ranges) = (runs, ranges) }

  private static let usualRuns = 4
  /// Steps of a recording put together anew.
  private static let (leastAnew, mostAnew) = (100, 500)
  /// Multiplications that exchanged recordings may take.
  private static let budget = 2_500_000_000
  /// The least range that a run is judged by, of that over all runs.
  private static let leastShare = 0.25

  /// How far a quantised model's outputs are off over the steps, in units of the range that the reference's outputs
  /// have; infinite for a model that does not run.
  ///
  /// The norm is the 8-norm: nearly the largest error, but it also sees what brings the other large ones down.
  func error(of model: FixedModel) -> (largest: Double, norm: Double) {
    var (largest, sum, count) = (0.0, 0.0, 0)
    do throws(ModelError) {
      var runtime = try NetworkRuntime(model)
      for (run, range) in zip(runs, ranges) {
        guard let error = Self.error(of: &runtime, run, range) else { return (.infinity, .infinity) }
        largest = max(largest, error.largest)
        sum += error.sum
        count += run.outputs.count
      }
    } catch {
      return (.infinity, .infinity)
    }
    let mean = sum / Double(max(count, 1))
    return (largest, mean.squareRoot().squareRoot().squareRoot())
  }

  /// The largest error over a run, and the sum of the eighth powers, averaged over the outputs; nil if a step is refused.
  private static func error(of runtime: inout NetworkRuntime, _ run: Run, _ range: Double) -> (
    largest: Double, sum: Double
  )? {
    runtime.reset()
    var found = [Float](repeating: 0, count: runtime.outputCount)
    var (largest, sum) = (0.0, 0.0)
    for (step, expected) in zip(run.steps, run.outputs) {
      var span = found.mutableSpan
      do throws(NetworkError) {
        try runtime.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
      } catch {
        return nil
      }
      for (output, value) in expected.enumerated() {
        let error = abs(Double(found[output]) - value) / range
        largest = max(largest, error)
        let square = error * error
        sum += square * square * square * square
      }
    }
    return (largest, sum / Double(max(found.count, 1)))
  }

  /// Largest minus least of all outputs.
  private static func range(_ outputs: [[Double]]) -> Double {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in outputs.joined() { (low, high) = (min(low, value), max(high, value)) }
    return max(high - low, 0)
  }
}
