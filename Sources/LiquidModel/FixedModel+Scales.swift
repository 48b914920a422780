extension FixedModel {
  /// Proves that no product of a scale is beyond what a Float holds, or no number: of input and output scales with the
  /// largest integers, and of ts with its factor.
  func proveScales() throws(ModelError) {
    for (index, scale) in inputScales.enumerated() {
      let place = "tensor input_scale, element \(index)"
      try Self.check(place, scale)
      guard (scale * Self.largestValue).isFinite else {
        throw Self.refusal(place, "\(scale) times 32767 is more than a number holds")
      }
      // The number that the largest integer stands for.
      guard (Self.largestValue / scale).isFinite else {
        throw Self.refusal(place, "\(scale) lets the integer 32767 stand for more than a number holds")
      }
    }
    // Without a projection an output is a state; with one, a requantised sum below 2³⁰, as `prove` finds.
    let largest: Float = architecture.hasProjection ? 0x1p30 : 32768
    for (index, scale) in outputScales.enumerated() {
      let place = "tensor output_scale, element \(index)"
      try Self.check(place, scale)
      guard (scale * largest).isFinite else {
        throw Self.refusal(
          place, "\(scale) times the largest integer, \(Int(largest)), is more than a number holds")
      }
    }
    guard (0...30).contains(elapsedFraction), (0...(1 << 30)).contains(elapsedLimit) else {
      throw Self.refusal(
        "time.format", "[\(elapsedFraction), \(elapsedLimit)] is outside [0...30, 0...2³⁰]")
    }
  }

  /// Proves the same of the scales with the ranges that `file` states, and that both know the same largest ts.
  func proveScales(of file: ModelFile) throws(ModelError) {
    for (index, (scale, port)) in zip(inputScales, file.inputs).enumerated() {
      let largest = Float(max(abs(port.minimum), abs(port.maximum)))
      guard (scale * largest).isFinite else {
        throw Self.refusal(
          "tensor input_scale, element \(index)",
          "\(scale) times the range's end, \(largest), is more than a number holds")
      }
    }
    // As the quantiser rounds it: up, and at most to 2³⁰.
    let limit = (min(file.maximumTs, 0x1p30) * Double(1 << elapsedFraction)).rounded(.up)
    guard abs(limit - Double(elapsedLimit)) <= 1 else {
      throw Self.refusal(
        "tensor time.format",
        "its largest ts is \(Double(elapsedLimit) / Double(1 << elapsedFraction)), that of ganglion.time \(file.maximumTs)"
      )
    }
  }

  /// The largest input that a network is given.
  private static let largestValue: Float = 32767

  /// A scale is a number above 0 that can be divided by. What is smaller than a normal number has lost its digits.
  private static func check(_ place: String, _ scale: Float) throws(ModelError) {
    guard scale > 0, scale.isNormal else {
      throw refusal(place, "\(scale) is not a positive number of full precision")
    }
  }

  private static func refusal(_ place: String, _ cause: String) -> ModelError {
    ModelError(place, cause, remedy: "quantize the model again with this version of Ganglion")
  }
}
