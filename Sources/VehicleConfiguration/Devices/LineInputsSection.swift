import Devices
import HardwareInterfaces
import Sampling

extension Configuration {
  /// A line of the processor that is read: a button, a bumper, a wheel's pulses.
  struct LineDevice: ConfigurationSection {
    var input: LineInput
    var staleAfter: Int64
  }
}

extension Configuration.LineDevice {
  private static let chip = Key<String>.text("chip", "`\"line\"`: a line of the processor.")
  private static let active = Key<ActiveLevel>.choice(
    "active", standard: .high,
    "Level at which it is active: `\"low\"` for a switch to ground, with `bias: \"pull_up\"`.")
  private static let bias = Key<LineBias>.choice("bias", standard: .asIs, "How its chip pulls it.")
  private static let debounce = Key<Double>.number(
    "debounce_ms", 0...1000, unit: "ms", standard: 0,
    "How long a level must last without a break before it counts. Switches bounce for 1 to 10 ms; 0 takes every edge."
  )
  private static let counts = Key<CountedEdges>.choice(
    "counts", standard: .rising,
    "The edges that `NAME.edges` and `NAME.rate` are of: `\"rising\"` when it becomes active, `\"falling\"` when it no longer is."
  )
  private static let stale = Key<Int>.integer(
    "stale_after_ms", 200...60_000, unit: "ms", standard: 500,
    "Time without a look at it after which it is stale; it is looked at every 50 ms, and at every edge.")

  static let schema = SectionSchema(
    path: "devices.NAME of a line",
    about:
      "A line of the processor that is read: a button, a bumper, a wheel's pulses. One with `command` is an actuator.",
    keys: [
      chip.description,
      .section(
        "line", as: "name or object",
        "Name of the line, as `gpioinfo` shows it, or its chip and its name or number there: `{ chip: \"pinctrl-bcm2711\", line: \"22\" }`."
      ),
      active.description, bias.description, debounce.description, counts.description, stale.description,
    ])

  init?(_ section: Section) {
    _ = section.read(Self.chip)
    let (active, bias, counts) = (
      section.read(Self.active), section.read(Self.bias), section.read(Self.counts)
    )
    let (debounce, stale) = (section.read(Self.debounce), section.read(Self.stale))
    guard let name = section.readLineName("line"), let active, let bias, let counts, let debounce, let stale
    else { return nil }
    input = LineInput(
      chip: name.chip, line: name.line, active: active, bias: bias,
      use: LineUse(debounce: Int64((debounce * 1e6).rounded()), counts: counts))
    staleAfter = Int64(stale) * 1_000_000
  }

  func group(_ naming: DeviceNaming) -> SensorGroup {
    naming.group([
      DeviceDeclaration(
        naming.name, path: naming.path, line: input, staleAfter: staleAfter,
        twin: naming.twin(0, identity: nil))
    ])
  }
}

extension VehicleTables {
  /// The lines that something other than an actuator has, in the order of their claims.
  var takenLines: [TakenLine] {
    var taken: [TakenLine] = []
    if let line = lines.enable {
      taken.append(TakenLine(path: "lines.enable", chip: line.chip, line: line.line))
    }
    if let line = lines.killSwitch {
      taken.append(TakenLine(path: "lines.kill_switch", chip: line.chip, line: line.line))
    }
    if let line = lines.status {
      taken.append(TakenLine(path: "lines.status", chip: line.chip, line: line.line))
    }
    for device in devices {
      guard let line = device.line else { continue }
      taken.append(TakenLine(path: device.path, chip: line.chip, line: line.line))
    }
    return taken
  }

  /// Complains about devices whose line something else has.
  func checkLineDevices(_ file: Section) {
    let taken = takenLines
    for (place, line) in taken.enumerated() where devices.contains(where: { $0.path == line.path }) {
      guard let other = taken[..<place].first(where: { $0.isOne(with: line) }) else { continue }
      file.complain(
        "\(line.path).line",
        "the line \(line.text) is taken by \(other.path): give the device another"
          + (other.path == "lines.kill_switch" ? ", or read `lines.kill_switch` in its place" : ""))
    }
  }
}
