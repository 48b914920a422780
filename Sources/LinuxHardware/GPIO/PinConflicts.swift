/// Refuses lines that carry an I2C bus: taking one as GPIO silently re-routes the pin on many chips, and the bus dies.
///
/// The kernel does not say it in one place, so three are looked at: the line's name, the pins that are known for a chip
/// and an adapter, and the pin controller's own list, which only root may read.
public struct PinConflicts: Sendable {
  private let files: SystemFiles
  private let adapters: [I2CAdapter]

  /// Conflicts with the adapters of this machine.
  public init(_ files: SystemFiles = SystemFiles()) {
    self.files = files
    adapters = I2CAdapters(files).all
  }

  /// SDA and SCL on the header of every Raspberry Pi: chip labels, then pins by adapter.
  private static let knownPins: [(labels: [String], pins: [(adapter: String, lines: [Int])])] = [
    (
      ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"],
      [("i2c-0", [0, 1]), ("i2c-1", [2, 3])]
    )
  ]

  /// Throws when the line is known to belong to an I2C bus.
  public func check(_ place: LinePlace) throws(LinuxError) {
    guard let bus = owner(place) else { return }
    throw LinuxError(
      "\(place.text) is a pin of \(bus): taking it as GPIO would cut the bus off",
      remedy: "Use another line, or turn that bus off in the boot configuration.")
  }

  private func owner(_ place: LinePlace) -> String? {
    let name = place.name.uppercased()
    for word in ["SDA", "SCL"] where name.hasPrefix(word) || name.hasSuffix(word) || name.contains("_\(word)")
    {
      return "an I2C bus by its name"
    }
    for entry in Self.knownPins where entry.labels.contains(place.chip.label) {
      for pins in entry.pins where pins.lines.contains(place.offset) {
        if adapters.contains(where: { $0.device == pins.adapter }) { return pins.adapter }
      }
    }
    return owningFunction(place)
  }

  /// What the pin controller says, for example "pin 2 (gpio2): fe804000.i2c (GPIO UNCLAIMED) function alt0 group gpio2".
  private func owningFunction(_ place: LinePlace) -> String? {
    let folder = "/sys/kernel/debug/pinctrl"
    for controller in files.names(in: folder) where controller.contains(place.chip.label) {
      guard let bytes = files.bytes("\(folder)/\(controller)/pinmux-pins", limit: 1 << 16) else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      where line.hasPrefix("pin \(place.offset) ") {
        guard let owner = line.split(separator: ":").dropFirst().first?.split(separator: " ").first else {
          continue
        }
        if owner.hasSuffix(".i2c") { return String(owner) }
      }
    }
    return nil
  }
}
