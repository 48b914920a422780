import Glibc
import LinuxHardware

/// Two wires on a real board, by which these tests see and touch what the program under test does: one from the enable
/// output to a spare input, one from a spare output to the kill switch's input.
final class LoopBack {
  private let sense: InputLine
  private let drive: OutputLine
  private let isActiveHigh: Bool

  /// Takes the two spare lines, each given as "CHIP:LINE". `enableActiveHigh` is the enable line's active level in the
  /// configuration.
  init(enableSense: String, killDrive: String, enableActiveHigh: Bool = true) throws(HILError) {
    isActiveHigh = enableActiveHigh
    let chips = GPIOChips()
    do throws(LinuxError) {
      sense = try InputLine(
        Self.place(enableSense, chips), activeHigh: true, bias: .asIs, chips: chips)
      drive = try OutputLine(Self.place(killDrive, chips), activeHigh: true, chips: chips)
    } catch {
      throw HILError("\(error)")
    }
  }

  private static func place(_ text: String, _ chips: GPIOChips) throws(LinuxError) -> LinePlace {
    guard let colon = text.lastIndex(of: ":") else {
      throw LinuxError("'\(text)' is no line", remedy: "Write CHIP:LINE, for example pinctrl-bcm2711:GPIO22.")
    }
    return try chips.find(chip: String(text[..<colon]), line: String(text[text.index(after: colon)...]))
  }

  /// Whether the enable line is active.
  func isEnabled() throws(HILError) -> Bool {
    do { return try sense.isActive() == isActiveHigh } catch {
      throw HILError("cannot read the wire of the enable line: \(error)")
    }
  }

  /// Pulls the kill switch, or lets it go.
  func setKillSwitch(_ isPulled: Bool) throws(HILError) {
    do { try drive.set(isPulled) } catch {
      throw HILError("cannot drive the wire of the kill switch: \(error)")
    }
  }
}
