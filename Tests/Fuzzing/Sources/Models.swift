import LiquidModel

/// A model file: read, made into a network, stepped, written and read again.
///
/// The first byte says whether the digest is put right first: behind a digest that fits, a random change gets as far as the
/// checks of the values.
@Sendable func fuzzModel(_ input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  var bytes = Array(input.dropFirst())
  if first & 1 != 0 { repairDigest(&bytes) }
  do {
    let file = try ModelFile.read(bytes)
    var network = try NetworkRuntime(file)
    var inputs = [Float](repeating: 0, count: network.inputCount)
    var outputs = [Float](repeating: 0, count: network.outputCount)
    for step in 0..<3 {
      for index in inputs.indices { inputs[index] = step == 2 ? 3e38 : Float(index) * 0.1 - 0.5 }
      var span = outputs.mutableSpan
      do {
        try network.step(inputs: inputs.span, ts: 1, outputs: &span)
        require(outputs.allSatisfy(\.isFinite), "a step gave \(outputs)")
      } catch {
        // Refused, and that is well.
      }
    }
    // Not the digest of what was read: Python writes 1.0 where Swift writes 1.
    let written = try file.encoded()
    let again = try ModelFile.read(written).encoded()
    require(again == written, "written, read and written again, the model is another")
  } catch {
    // Refused.
  }
}
