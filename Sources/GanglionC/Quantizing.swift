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
    guard let arithmetic = ModelFile.Arithmetic(rawValue: name), arithmetic != .float32 else {
      throw .model(
        ModelError(
          "arithmetic", "\(name.debugDescription) is none that a model can be quantized to",
          remedy: "choose int16, int8 or float16"))
    }
    let source = try ModelFile.read(at: String(cString: path))
    let rows = try Rows(
      count: rowCount, width: source.inputs.count, inputs: inputs, inputCount: inputCount, ts: ts)
    let steps = (0..<rows.count).map { Calibration.Step(inputs: Array(rows.inputs($0)), ts: rows.ts[$0]) }
    var warnings: [String] = []
    do throws(ModelError) {
      guard source.arithmetic == .float32 else {
        throw ModelError(
          "\(String(cString: path))", "is \(source.arithmetic.rawValue) already",
          remedy: "quantize the float32 original")
      }
      let model = try source.model()
      let file: ModelFile
      if arithmetic == .float16, steps.isEmpty {
        // Each weight to its nearest; with rows, so that errors make each other good.
        file = try ModelFile(model, arithmetic: .float16)
      } else {
        let split = try CalibrationSplit([steps])
        let calibration = try Calibration(model, steps: split.calibrated)
        file =
          arithmetic == .float16
          ? try ModelFile(model.roundedToHalf(calibration), arithmetic: .float16)
          : try FixedModel(quantising: model, to: arithmetic, calibration).file(describing: model)
        warnings = try QuantisationReport(file, of: model, split).warnings
      }
      try file.write(path: String(cString: outputPath), inputs: [String(cString: path)])
    } catch {
      throw .model(error)
    }
    write(warnings.joined(separator: "\n"), to: text, size: textSize)
  }
}
