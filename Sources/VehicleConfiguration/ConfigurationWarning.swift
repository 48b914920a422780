import HardwareInterfaces

/// What a valid configuration says that its owner should think about: `ganglion check` shows it, and nothing is refused.
public struct ConfigurationWarning: Equatable, Sendable, CustomStringConvertible {
  /// The key, for example `lines.kill_switch.bias`.
  public var path: String
  /// What may go wrong and what to do, in one sentence.
  public var message: String

  /// A warning from its parts.
  public init(path: String, message: String) { (self.path, self.message) = (path, message) }

  /// `lines.kill_switch.bias: …`
  public var description: String { "\(path): \(message)" }
}

extension Configuration {
  /// All that is worth a word, in the order of the file.
  public var warnings: [ConfigurationWarning] {
    var warnings: [ConfigurationWarning] = []
    if let warning = lines.killSwitch?.brokenWireWarning { warnings.append(warning) }
    return warnings
  }
}

extension Configuration.SwitchLine {
  /// What the chip reads when the switch's wire is broken: whether the switch counts as pulled, or `nil` when nothing in
  /// the chip decides.
  var isPulledByBrokenWire: Bool? {
    switch (bias, active) {
    case (.pullUp, .high), (.pullDown, .low): true
    case (.pullUp, .low), (.pullDown, .high): false
    case (.asIs, _), (.disabled, _): nil
    }
  }

  fileprivate var brokenWireWarning: ConfigurationWarning? {
    let way =
      active == .high
      ? "bias: \"pull_up\" and a switch that closes to ground while all is well"
      : "bias: \"pull_down\" and a switch that closes to the supply while all is well"
    return switch isPulledByBrokenWire {
    case true: nil
    case false:
      ConfigurationWarning(
        path: "lines.kill_switch.bias",
        message: "with a broken wire the switch reads \"released\", and cannot stop the vehicle; take \(way)")
    default:
      ConfigurationWarning(
        path: "lines.kill_switch.bias",
        message:
          "nothing in the chip says what a broken wire reads, which may be \"released\"; take \(way), or, where the "
          + "chip cannot, wire a resistor that does the same")
    }
  }
}
