/// What the options of every sensor with registers hold; those of the chip stand beside it.
protocol SensorOptions: Sendable {
  /// The defaults.
  init()
  /// 7-bit address.
  var address: UInt8 { get set }
  /// Samples per second.
  var rate: Double { get set }
  /// Values of the identity register that are taken for this chip.
  var acceptedIdentities: [UInt8] { get set }
  /// Identical readings in a row that mean the chip no longer measures; `nil` never complains.
  var frozenAfter: Int? { get set }
}

extension SensorOptions {
  /// The defaults, but for what a configuration says.
  init(_ use: SensorUse) {
    self.init()
    (address, rate, acceptedIdentities) = (use.address, use.rate, use.acceptedIdentities)
    if use.playsBack { frozenAfter = nil }
  }
}
