import LiquidCore

/// How far a quantised network is off its original, judged in Float64, on steps that it was calibrated on and on those that
/// were kept aside; and what speaks against trusting that.
public struct QuantisationReport: Sendable {
  /// Errors of an output, or of all, as shares of the range of all outputs over the recordings.
  public struct Errors: Sendable, Equatable {
    /// The largest.
    public var largest = 0.0
    /// The root of the mean square.
    public var rootMeanSquare = 0.0
  }

  /// Largest minus smallest value of the original's outputs over the recordings.
  public private(set) var range = 0.0
  /// Steps calibrated on, and kept aside.
  public private(set) var calibratedCount = 0, asideCount = 0
  /// Steps of a very long recording that were neither.
  public private(set) var unusedCount = 0
  /// Of all outputs on the steps that were calibrated on.
  public private(set) var calibrated = Errors()
  /// Of all outputs on the steps that were kept aside.
  public private(set) var aside = Errors()
  /// Of each output on the steps that were kept aside, by its name.
  public private(set) var outputs: [(name: String, errors: Errors)] = []
  /// What went beyond its range over the recordings.
  public private(set) var saturation = Saturation()
  /// What speaks against trusting the result, with what to do.
  public private(set) var warnings: [String] = []

  /// Runs the network in `file` and its original over the recordings.
  ///
  /// - Throws: `ModelError` for a file that does not run, or for a step that it refuses.
  public init(_ file: ModelFile, of model: NetworkModel, _ split: CalibrationSplit) throws(ModelError) {
    try self.init(file, of: model, split, most: Calibration.mostSteps(model))
  }

  /// The same where `most` steps of the recordings were calibrated on.
  init(_ file: ModelFile, of model: NetworkModel, _ split: CalibrationSplit, most: Int) throws(ModelError) {
    var network = try NetworkRuntime(file)
    var sums = [Sum](repeating: Sum(), count: network.outputCount)
    var (fitted, all) = (Sum(), Sum())
    var seen = 0
    var (lowest, highest) = (Double.infinity, -Double.infinity)
    var found = [Float](repeating: 0, count: network.outputCount)
    for recording in split.recordings {
      network.reset()
      var reference = ReferenceNetwork(model)
      let first = CalibrationSplit.calibrated(of: recording)
      for (index, step) in recording.enumerated() {
        let wanted = reference.step(step.inputs, ts: step.ts)
        var span = found.mutableSpan
        do throws(NetworkError) {
          try network.step(inputs: step.inputs.span, ts: step.ts, outputs: &span)
        } catch {
          throw ModelError(
            "calibration, step \(index)", "\(error)",
            remedy: "check the scales of the inputs in the recording")
        }
        for (output, value) in wanted.enumerated() {
          (lowest, highest) = (min(lowest, value), max(highest, value))
          let error = abs(Double(found[output]) - value)
          guard index >= first else {
            if seen < most { fitted.add(error) }
            continue
          }
          all.add(error)
          sums[output].add(error)
        }
        if index < first { seen += 1 }
      }
    }
    range = max(highest - lowest, .leastNormalMagnitude)
    (calibratedCount, asideCount) = (min(seen, most), split.asideCount)
    unusedCount = seen - calibratedCount
    (calibrated, aside) = (fitted.errors(range), all.errors(range))
    outputs = zip(model.outputs, sums).map { ($0.name, $1.errors(range)) }
    saturation = network.saturation
    warnings = Self.warnings(self, file, model, split)
  }

  private struct Sum {
    var largest = 0.0
    var squares = 0.0
    var count = 0

    mutating func add(_ error: Double) {
      largest = max(largest, error)
      squares += error * error
      count += 1
    }

    func errors(_ range: Double) -> Errors {
      Errors(largest: largest / range, rootMeanSquare: (squares / Double(max(count, 1))).squareRoot() / range)
    }
  }

  /// The errors on unseen steps that are no cause for a warning.
  static func expected(_ arithmetic: ModelFile.Arithmetic) -> Double { arithmetic == .int8 ? 1.5e-2 : 2e-3 }

  private static func warnings(
    _ report: Self, _ file: ModelFile, _ model: NetworkModel, _ split: CalibrationSplit
  ) -> [String] {
    var warnings: [String] = []
    let steps = split.recordings.joined()
    // A sum over so many columns is not shown from all sides by fewer steps than some for each.
    let columns = model.inputs.count + (model.cells.map(\.units).max() ?? 0)
    let enough = max(400, 2 * columns)
    if report.calibratedCount < enough {
      warnings.append(
        "the recording is short: \(report.calibratedCount) steps to calibrate on, for this network better \(enough) or "
          + "more: what it will do on other input is hardly known")
    }
    if report.unusedCount > 0 {
      warnings.append(
        "the recording is longer than is used: calibrated on its first \(report.calibratedCount) steps, and \(report.unusedCount) "
          + "more were left out: put what matters most first, or record less")
    }
    let unreached = model.inputs.indices.filter { index in
      let port = model.inputs[index]
      let values = steps.lazy.map { Double($0.inputs[index]) }
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      return high - low < 0.5 * (port.maximum - port.minimum)
    }
    if !unreached.isEmpty {
      let names = unreached.prefix(4).map { model.inputs[$0].name }.joined(separator: ", ")
      warnings.append(
        "the recording shows less than half of the range of \(unreached.count) of \(model.inputs.count) inputs (\(names)"
          + (unreached.count > 4 ? ", ..." : "") + "): record more, or narrow the ports' ranges")
    }
    if report.aside.largest > expected(file.arithmetic) {
      warnings.append(
        "on the steps kept aside it is off by \(percent(report.aside.largest)) of the outputs' range, more than the "
          + "\(percent(expected(file.arithmetic))) that \(file.arithmetic.rawValue) is good for: record more of what "
          + "the network will see"
          + (file.arithmetic == .int8 ? ", lower --tolerance, or take int16" : ", or take float16"))
    }
    let (inputs, states) = (report.saturation.inputs, report.saturation.states)
    if inputs + states + report.saturation.elapsed > 0 {
      warnings.append(
        "over the recording \(inputs) inputs, \(states) states and \(report.saturation.elapsed) elapsed times were beyond "
          + "their range: record more, or widen the ports' ranges and the range of ts")
    }
    return warnings
  }

  /// A share as per cent with two digits.
  static func percent(_ share: Double) -> String {
    let hundredths = (share * 10_000).rounded()
    return "\(hundredths / 100) %"
  }
}
