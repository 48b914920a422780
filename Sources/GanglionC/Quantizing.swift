import CGanglion
import LiquidModel

/// See `ganglion.h`.
@_cdecl("ganglion_quantize")
public func quantize(
  _ path: UnsafePointer<CChar>?, _ arithmetic: UnsafePointer<CChar>?, _ rowCount: Int,
  _ inputs: UnsafePointer<Float>?, _ inputCount: Int, _ ts: UnsafePointer<Float>?,
  _ outputPath: UnsafePointer<CChar>?, _ text: UnsafeMutablePointer<CChar>?, _ textSize: Int
) -> ganglion_status {
  explaining(text, textSize) { () throws(Refusal) in
    guard let path else { throw .null("path") }
    guard let arithmetic else { throw .null("arithmetic") }
    guard let outputPath else { throw .null("output_path") }
    let name = String(cString: arithmetic)
    guard let arithmetic = ModelFile.Arithmetic(rawValue: name), arithmetic == .int16 || arithmetic == .int8
    else {
      throw .model(
        ModelError(
          "arithmetic", "\(name.debugDescription) is not in fixed point", remedy: "choose int16 or int8"))
    }
    let source = try ModelFile.read(at: String(cString: path))
    let rows = try Rows(
      count: rowCount, width: source.inputs.count, inputs: inputs, inputCount: inputCount, ts: ts)
    let steps = (0..<rows.count).map { Calibration.Step(inputs: Array(rows.inputs($0)), ts: rows.ts[$0]) }
    let report: QuantisationReport
    do throws(ModelError) {
      guard source.arithmetic == .float32 else {
        throw ModelError(
          "\(String(cString: path))", "is \(source.arithmetic.rawValue) already",
          remedy: "quantize the float32 original")
      }
      let model = try source.model()
      let split = try CalibrationSplit([steps])
      let fixed = try FixedModel(
        quantising: model, to: arithmetic, Calibration(model, steps: split.calibrated))
      let file = fixed.file(describing: model)
      report = try QuantisationReport(file, of: model, split)
      try file.write(path: String(cString: outputPath))
    } catch {
      throw .model(error)
    }
    write(report.warnings.joined(separator: "\n"), to: text, size: textSize)
  }
}
