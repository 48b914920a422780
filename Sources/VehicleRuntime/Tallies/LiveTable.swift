import Control
import Files
import Signals
import VehicleConfiguration

/// How a vehicle is, as a few lines that a terminal rewrites: who commands, what is asked for and what is, what is wrong, and its networks.
struct LiveTable {
  /// A number that is asked for, and the estimate of the same.
  private struct Row {
    var name, wanted: String
    var estimate: String?
    var range: ClosedRange<Double>
    /// What one of it is in the unit that people read.
    var factor: Double
    var unit: String
  }

  /// Estimates of what templates ask for, and how far their bars reach where a file sets no limits.
  private static let known: [String: (estimate: String, range: ClosedRange<Double>)] = [
    "roll": ("attitude.roll", -0.8...0.8), "pitch": ("attitude.pitch", -0.8...0.8),
    "yaw_rate": ("imu.rate_z", -3...3), "altitude": ("altitude.altitude", 0...3),
    "speed": ("odometry.speed", -1...1),
  ]
  private static let mostRows = 8, mostConditions = 4

  private let rows: [Row]
  private let networks: [NetworkSignals]
  private let safety: SafetySignals
  private let name: String
  private let colours: Bool
  private let plain: @Sendable (String) -> String

  /// The table of a vehicle in a window.
  init(_ tables: VehicleTables, _ table: SignalTable, in window: LiveTableView) {
    (name, colours, plain) = (window.plain(tables.name), window.colours, window.plain)
    rows = tables.commands.signals.prefix(Self.mostRows).map { signal in
      let known = Self.known[signal.name]
      let isLimited = signal.lowest > -1e6 && signal.highest < 1e6
      let range = known?.range ?? (isLimited ? signal.lowest...signal.highest : -1...1)
      let isAngle = "\(signal.unit)".hasPrefix("rad")
      return Row(
        name: signal.name, wanted: "setpoint.\(signal.name)",
        estimate: known.flatMap { table[$0.estimate] == nil ? nil : $0.estimate }, range: range,
        factor: isAngle ? 180 / .pi : 1,
        unit: isAngle ? "\(signal.unit)".replacing("rad", with: "°") : "\(signal.unit)")
    }
    networks = NetworkSignals.all(table)
    safety = SafetySignals(table)
  }

  /// The lines for a window of so many columns and rows.
  func lines(_ view: FrameView, seconds: Double, columns: Int, rows most: Int) -> [String] {
    var lines = [head(view, seconds)]
    let width = max(columns, 20)
    let names = max(rows.map(\.name.count).max() ?? 0, networks.map(\.name.count).max() ?? 0)
    let bar = min(max(width - names - 30, 10), 60)
    lines += rows.map { row($0, view, names: names, bar: bar) }
    for network in networks {
      lines.append(
        "\(Self.padded(network.name, names))  \(Self.blocks(network, view.frame, atMost: width - names - 3))")
    }
    let wrong = safety.conditions(in: view.frame)
    let held = view.isSet("safety.armed") ? [] : safety.inhibits(in: view.frame)
    for flag in wrong.prefix(Self.mostConditions) { lines.append(coloured("  \(plain(flag.text))", "31")) }
    for flag in held.prefix(Self.mostConditions) { lines.append("  does not arm: \(plain(flag.text))") }
    if wrong.isEmpty, held.isEmpty { lines.append("  no faults") }
    return lines.prefix(max(most - 1, 1)).map { Self.shortened($0, to: width - 1) }
  }

  private func head(_ view: FrameView, _ seconds: Double) -> String {
    var parts = [name, formatted("%.1f s", seconds), view.choice("safety.mode") ?? ""]
    parts.append(view.isSet("safety.armed") ? coloured("armed", "33") : "disarmed")
    if let source = view.choice("setpoint.source"), source != "none" {
      parts.append("commanded by \(source)")
    }
    if let flown = view.choice("command.source"), flown != "none" { parts.append("flown by \(flown)") }
    return parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func row(_ row: Row, _ view: FrameView, names: Int, bar: Int) -> String {
    let wanted = view[row.wanted]
    let found = row.estimate.flatMap { view[$0] }
    var cells = [Character](repeating: "─", count: bar)
    func put(_ mark: Character, _ value: Double?) {
      guard let value, value.isFinite else { return }
      let share = (value - row.range.lowerBound) / (row.range.upperBound - row.range.lowerBound)
      cells[Int((min(max(share, 0), 1) * Double(bar - 1)).rounded())] = mark
    }
    put("┼", row.range.contains(0) ? 0 : nil)
    put("○", wanted)
    put("●", found)
    let number = { (value: Double?) in
      value.map { formatted("%8.2f", $0 * row.factor) } ?? String(repeating: " ", count: 8)
    }
    return "\(Self.padded(row.name, names))  \(String(cells)) \(number(found ?? wanted)) \(row.unit)"
      + (found == nil ? "" : "  of\(number(wanted))")
  }

  /// A network's inputs and outputs as blocks: low ones are negative, high ones positive.
  private static func blocks(_ network: NetworkSignals, _ frame: Frame, atMost: Int) -> String {
    let text = [network.inputs, network.outputs].map { places in
      String(places.map { block(frame[$0]) })
    }.joined(separator: " → ")
    return String(text.prefix(max(atMost, 0)))
  }

  private static func block(_ value: Float) -> Character {
    let steps: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    guard value.isFinite else { return "?" }
    return steps[Int((min(max((value + 1) / 2, 0), 1) * 7).rounded())]
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private func coloured(_ text: String, _ colour: String) -> String {
    colours ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }

  /// The first characters of a line, its colours not counted.
  private static func shortened(_ line: String, to width: Int) -> String {
    var (text, count, isColour) = ("", 0, false)
    for character in line {
      if character == "\u{1B}" { isColour = true }
      if !isColour {
        guard count < width else { continue }
        count += 1
      }
      text.append(character)
      if isColour, character == "m" { isColour = false }
    }
    return text
  }
}
