import Files
import FlightLog
import Foundation
import HardwareInterfaces
import LiquidCore
import LiquidModel
import VehicleRuntime

private let help = """
  ganglion quantize MODEL --calibrate LOG [options]

  Writes a float32 model as fixed point or Float16. A fixed-point model gets its scales from what the network saw in
  a log: the inputs of every tick. The last fifth of each log is kept aside; afterwards both networks are run over all of
  it, and the errors on the part that was kept aside are printed, with an account of what was used of each log.

    --calibrate LOG       a log of a flight with this network's inputs; may be several, separated by commas. Float16
                          can do without, and is more exact with one. Rows of your own calibrate from Python
                          (docs/python.md).
    --to NAME             int16 (default), int8 or float16
    --tolerance NUMBER    with int8: the largest error of an output on the recording, as a share of the outputs' range, up
                          to which weights keep 8 bits; beyond it the rows that need them most get 16 (default 0.0016
                          for small networks, 0.006 for more than 16,384 weights)
    --output FILE         where it goes (default: the model's name with the arithmetic behind it)
    --replace             replace FILE if it exists; the model and the logs never are
    --json                the result as one JSON object

  Example: ganglion quantize quadrotor-ncp19.safetensors --calibrate out/quadrotor-hold-1.mcap
  """

/// `ganglion quantize`.
func quantizeCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "quantize", help: help, arguments, options: ["calibrate", "to", "tolerance", "output"],
    flags: ["json", "replace"]
  ) { arguments in
    let path = try arguments.exactly("MODEL")[0]
    let name = arguments.value("to") ?? "int16"
    guard let arithmetic = ModelFile.Arithmetic(rawValue: name), arithmetic != .float32 else {
      throw UsageError("--to takes int16, int8 or float16, not '\(name)'")
    }
    let tolerance = try tolerance(arguments, arithmetic)
    let source = try ModelFile.read(path: path)
    if let note = source.sealNote { Terminal.printNote("\(path): \(note)") }
    guard source.arithmetic == .float32 else {
      throw CommandFailure("\(path) is \(source.arithmetic.rawValue) already: quantize the float32 original")
    }
    let model = try source.model()
    let logs = arguments.value("calibrate")?.split(separator: ",").map(String.init) ?? []
    guard arithmetic == .float16 || !logs.isEmpty else {
      throw UsageError("--calibrate LOG is needed: fixed point takes its scales from recorded input")
    }
    for (index, log) in logs.enumerated() {
      guard let other = logs[..<index].first(where: { FileIdentity(path: $0) == FileIdentity(path: log) }),
        FileIdentity(path: log) != nil
      else { continue }
      throw CommandFailure(
        place: "--calibrate", "\(log) is \(other), which is named already: twice the same steps say no more",
        remedy: "name it once")
    }
    let output = arguments.value("output") ?? outputPath(path, arithmetic)
    let inputs = [path] + logs.flatMap(LogPart.paths)
    // Before the work, and again when the file is written.
    try OutputFile.check(path: output, replacing: arguments.has("replace"), inputs: inputs)
    let recordings = try logs.map { try RecordedSteps(path: $0, for: model) }
    let split = try logs.isEmpty ? nil : CalibrationSplit(recordings.map(\.steps))

    let file: ModelFile
    var notes: [String] = []
    if let split {
      let calibration = try Calibration(model, steps: split.calibrated)
      let (used, given) = (calibration.stepCount, split.calibrated.count)
      if used < given {
        notes.append(
          "of the \(given) steps to calibrate on the first \(used) were used: more would take too long")
      }
      file =
        arithmetic == .float16
        ? try ModelFile(model.roundedToHalf(calibration), arithmetic: .float16)
        : try FixedModel(quantising: model, to: arithmetic, calibration, tolerance: tolerance)
          .file(describing: model)
    } else {
      file = try ModelFile(model, arithmetic: .float16)
    }
    let report = try split.map { try QuantisationReport(file, of: model, $0) }
    try file.write(path: output, replacing: arguments.has("replace"), inputs: inputs)
    let result = QuantisationResult(
      output: output, arithmetic: arithmetic, report: report, notes: notes, recordings: recordings)
    Terminal.printResult(arguments.has("json") ? Terminal.json(result.json) : result.text)
    return .success
  }
}

/// What `--tolerance` says; nil without it.
private func tolerance(_ arguments: Arguments, _ arithmetic: ModelFile.Arithmetic) throws(UsageError)
  -> Double?
{
  guard let text = arguments.value("tolerance") else { return nil }
  guard arithmetic == .int8 else { throw UsageError("--tolerance goes with --to int8") }
  guard let number = Double(text), number > 0, number <= 1 else {
    throw UsageError("--tolerance takes a share above 0 and up to 1, not '\(text)'")
  }
  return number
}

/// `model.safetensors` with the arithmetic behind its name.
private func outputPath(_ path: String, _ arithmetic: ModelFile.Arithmetic) -> String {
  let suffix = ".safetensors"
  let stem = path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
  return "\(stem)-\(arithmetic.rawValue)\(suffix)"
}

/// What was written and how good it is.
private struct QuantisationResult {
  var output: String
  var arithmetic: ModelFile.Arithmetic
  /// Nil without recordings.
  var report: QuantisationReport?
  /// What else is worth knowing of the calibration.
  var notes: [String]
  /// What the calibration is from.
  var recordings: [RecordedSteps]

  private var warnings: [String] {
    recordings.compactMap { log in log.account.lossText.map { "\(log.path): \($0)" } }
      + (report?.warnings ?? [])
  }

  var text: String {
    var lines = ["wrote \(output), \(arithmetic.rawValue)"]
    guard let report else { return lines[0] }
    lines.append(
      String(
        format:
          "calibrated on %d steps, and there off by at most %.2e (RMS %.2e) of the outputs' range of %.3g",
        report.calibratedCount, report.calibrated.largest, report.calibrated.rootMeanSquare, report.range))
    lines.append(
      String(
        format: "on the %d steps kept aside, the last fifth of each log, off by at most %.2e (RMS %.2e)",
        report.asideCount, report.aside.largest, report.aside.rootMeanSquare))
    for (name, errors) in report.outputs {
      lines.append(
        String(
          format: "  %@ at most %.2e, RMS %.2e", name.padding(toLength: 16, withPad: " ", startingAt: 0),
          errors.largest, errors.rootMeanSquare))
    }
    lines += notes
    for warning in warnings { lines.append("warning: \(warning)") }
    for log in recordings {
      lines.append("account of \(log.path)")
      lines += log.account.lines.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  var json: [String: Any] {
    var object: [String: Any] = ["output": output, "arithmetic": arithmetic.rawValue]
    guard let report else { return object }
    object["output_range"] = report.range
    object["calibrated"] = json(report.calibratedCount, report.calibrated)
    var aside = json(report.asideCount, report.aside)
    aside["outputs"] = report.outputs.map { name, errors in
      ["name": name, "largest_error": errors.largest, "rms_error": errors.rootMeanSquare] as [String: Any]
    }
    object["kept_aside"] = aside
    object["beyond_range"] = [
      "inputs": report.saturation.inputs, "states": report.saturation.states,
      "elapsed": report.saturation.elapsed,
    ]
    object["warnings"] = warnings
    object["notes"] = notes
    object["accounts"] = recordings.map { log in log.account.json.merging(["log": log.path]) { $1 } }
    return object
  }

  private func json(_ steps: Int, _ errors: QuantisationReport.Errors) -> [String: Any] {
    ["steps": steps, "largest_error": errors.largest, "rms_error": errors.rootMeanSquare]
  }
}
