import Devices
import HardwareInterfaces

/// A digital input.
public struct LineInput: Sendable, Equatable {
  /// The GPIO chip's label; `nil` when the line's name alone says which it is.
  public var chip: String?
  /// The line's name, or its number on the chip.
  public var line: String
  /// The level at which it is active.
  public var active: ActiveLevel
  /// How it is pulled inside the chip.
  public var bias: LineBias
  /// How it is read.
  public var use: LineUse

  /// An input from its parts.
  public init(
    chip: String? = nil, line: String, active: ActiveLevel = .high, bias: LineBias = .asIs,
    use: LineUse = LineUse()
  ) {
    (self.chip, self.line, self.active, self.bias, self.use) = (chip, line, active, bias, use)
  }

  /// The chip's label, if it has one, and the line, for messages; also the line's name on a simulated board.
  public var text: String { [chip, line].compactMap(\.self).joined(separator: " ") }

  /// How often its level is asked for beside the edges that are reported, in ns.
  public static let lookPeriod: Int64 = 50_000_000
}

extension DeviceDeclaration {
  /// A line as a device.
  ///
  /// - Parameter staleAfter: Age in ns at which a look at it counts as stale.
  public init(_ name: String, path: String, line: LineInput, staleAfter: Int64, twin: DeviceTwin) {
    (self.name, self.path, self.line) = (name, path, line)
    (chip, kin, bus, channel, address) = (LineReader.facts, [], "", nil, 0)
    (rateHz, self.staleAfter) = (Int(1_000_000_000 / LineInput.lookPeriod), staleAfter)
    (acceptedIdentities, rank, self.twin) = (nil, .inputs, twin)
    channels = LineSample.channels.enumerated().map { DeviceChannel(name: $1.name, channel: $1, place: $0) }
    job = nil
  }
}
