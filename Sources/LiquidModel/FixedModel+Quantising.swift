import LiquidCore

extension FixedModel {
  /// `model` in fixed point, calibrated on what it sees and does on recorded input.
  ///
  /// With `.int8` all weights have 8 bits if the error on the calibration stays within `tolerance`; as long as it
  /// does not, the rows whose 16-bit weights help most are given them, panels of eight at a time.
  ///
  /// - Parameters:
  ///   - arithmetic: `.int16` or `.int8`.
  ///   - tolerance: The largest error of an output on the calibration, in units of the outputs' range there;
  ///     `standardTolerance(of:)` if it is nil.
  /// - Throws: `ModelError` for a model that is not valid or that fixed point cannot hold.
  public init(
    quantising model: NetworkModel, to arithmetic: ModelFile.Arithmetic, _ calibration: Calibration,
    tolerance: Double? = nil
  ) throws(ModelError) {
    guard arithmetic == .int16 || arithmetic == .int8 else {
      throw ModelError(
        "arithmetic", "\(arithmetic.rawValue) is floating point", remedy: "choose int16 or int8")
    }
    try model.validate()
    let fewCourses = Calibration.showsFewCourses(calibration.steps)
    var quantised = try Quantiser.quantised(model, arithmetic, calibration)
    self = quantised.fixed
    try prove()
    guard arithmetic == .int8 else {
      guard fewCourses else { return }
      try giveInputBits(model, calibration)
      try prove()
      return
    }
    // Where inputs have a wider range than states, weights that read states become small integers. A coarser state
    // makes them larger, which can be worth more than the state's last bits.
    var error = calibration.judge.error(of: self)
    for bits in 1...Quantiser.mostStateBitsLess {
      let coarser = try Quantiser.quantised(model, arithmetic, calibration, stateBitsLess: bits)
      let found = calibration.judge.error(of: coarser.fixed)
      if found.norm < error.norm { (quantised, error) = (coarser, found) }
    }
    self = quantised.fixed
    // The weights have been rounded for the recording. What was rounded for something else may be further off, but not
    // however far.
    let anew = CalibrationJudge(anew: calibration.steps, model, exchanged: fewCourses ? Self.exchanged : nil)
    let standard = Self.standardTolerance(of: model)
    let anewTolerance =
      fewCourses
      ? max(tolerance ?? 0, Self.fewCoursesTolerance) : max(tolerance ?? standard, Self.unseenTolerance)
    let tolerance = tolerance ?? standard
    if error.largest > tolerance || anew.error(of: self).largest > anewTolerance {
      let (narrow, wide) = try Self.pair(model, calibration, quantised)
      self = narrow
      if error.largest > tolerance { widen(from: wide, calibration.judge, tolerance) }
      guard fewCourses else {
        widen(from: wide, anew, anewTolerance)
        try prove()
        return
      }
      // Rows are chosen by some of many recordings; the others tell whether that will do.
      for judge in anew.halves {
        widen(from: wide, judge, max(anewTolerance, 1.5 * judge.error(of: wide).largest))
      }
    }
    try prove()
  }

  /// Leaves 15 to 13 of 16 bits to the inputs where the others are worth more in the weights that read them.
  ///
  /// Together they have 31 bits, by the proof; where inputs wander, weights of 12 bits cost ten times what inputs of 14 do.
  private mutating func giveInputBits(_ model: NetworkModel, _ calibration: Calibration) throws(ModelError) {
    guard Self.maps(of: architecture).contains(where: { $0.inputs > 0 }) else { return }
    let anew = CalibrationJudge(anew: calibration.steps, model, exchanged: Self.exchanged)
    let first = anew.error(of: self)
    guard first.largest > Self.enough else { return }
    // What is little better may be so by chance.
    var most = first.norm * 0.9
    for bits in Self.fewerInputBits {
      let other = try Quantiser.quantised(model, .int16, calibration, inputBits: bits).fixed
      let norm = anew.error(of: other).norm
      if norm < most { (self, most) = (other, norm * 0.9) }
    }
  }

  /// Recordings put together anew to judge by where the one that there is shows few courses.
  private static let exchanged = 16
  private static let fewerInputBits: [Int32] = [15, 14, 13]
  /// An error below which nothing is to be gained.
  private static let enough = 2.5e-4

  /// The network of `quantised` with 8-bit weights and with 16-bit ones, in formats that suit both widths, so that rows of the
  /// two can stand in one map.
  private static func pair(_ model: NetworkModel, _ calibration: Calibration, _ quantised: Quantiser)
    throws(ModelError) -> (narrow: FixedModel, wide: FixedModel)
  {
    let less = quantised.stateBitsLess
    let wide = try Quantiser.quantised(
      model, .int16, calibration, stateBitsLess: less, finest: quantised.fractions)
    let narrow = try Quantiser.quantised(
      model, .int8, calibration, stateBitsLess: less, finest: wide.fractions)
    return (narrow.fixed, wide.fixed)
  }

  /// The error that 8-bit weights may cost on recordings put together anew.
  static let unseenTolerance = 4e-3
  /// The same after a recording of few courses, which those put together anew are not so unlike as the next one will be.
  static let fewCoursesTolerance = 3e-3

  /// The error that 8-bit weights may cost unless told otherwise: what suits a network so small that its weights hardly
  /// matter for memory and time, or a large one.
  public static func standardTolerance(of model: NetworkModel) -> Double {
    let weights = maps(of: Architecture(of: model)).reduce(0) { $0 + $1.rows * $1.columns }
    return weights <= 16384 ? 1.6e-3 : 6e-3
  }
}
