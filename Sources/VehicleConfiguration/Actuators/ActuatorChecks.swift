import Control
import Devices
import HardwareInterfaces
import Sampling
import Signals

extension ActuatorPlan {
  /// Puts together what all actuators need, or says everything that is wrong with them, each with its key and what to do.
  ///
  /// - Parameters:
  ///   - devices: What else is on the buses.
  ///   - taken: The lines that something else has.
  public init(
    _ actuators: [ActuatorDeclaration], besides devices: [DeviceDeclaration] = [],
    lines taken: [TakenLine] = []
  ) throws(ConfigurationErrors) {
    var planner = ActuatorPlanner(devices: devices, lines: taken)
    for actuator in actuators { planner.add(actuator) }
    planner.finish()
    if !planner.errors.isEmpty { throw ConfigurationErrors(file: nil, errors: planner.errors) }
    self = planner.plan
  }
}

/// A plan of actuators that is being put together.
private struct ActuatorPlanner {
  private(set) var plan = ActuatorPlan()
  private(set) var errors: [ConfigurationError] = []
  private let devices: [Spot: DeviceDeclaration]
  /// The keys of devices behind multiplexers, by their address as the bus itself sees it.
  private let hidden: [Spot: String]
  /// The chips of the plan by where they are.
  private var chips: [Spot: Int] = [:]
  /// Whose each used channel is: of a chip of the plan, or of one of the kernel's.
  private var channels: [Channel: String] = [:]
  private var lines: [String: [TakenLine]] = [:]

  /// A place on a bus.
  private struct Spot: Hashable {
    var bus: String
    var behind: BusChannel?
    var address: UInt8
  }

  private struct Channel: Hashable {
    var chip: String
    var number: Int
  }

  init(devices: [DeviceDeclaration], lines: [TakenLine]) {
    self.devices = Dictionary(
      devices.map { (Spot(bus: $0.bus, behind: $0.channel, address: $0.address), $0) }
    ) { first, _ in first }
    hidden = Dictionary(
      devices.filter { $0.channel != nil }.map {
        (Spot(bus: $0.bus, behind: nil, address: $0.address), $0.path)
      }
    ) { first, _ in first }
    for line in lines { self.lines[line.line, default: []].append(line) }
    for device in devices {
      if let behind = device.channel { plan.multiplexers[device.bus, default: []].insert(behind.multiplexer) }
    }
  }

  private mutating func complain(_ path: String, _ message: String) {
    errors.append(ConfigurationError(path: path, line: nil, message: message))
  }

  mutating func add(_ actuator: ActuatorDeclaration) {
    guard actuator.claimed.isEmpty else { return claim(actuator.claimed, of: actuator) }
    let sent: [SentSignal]
    do throws(ProgramErrors) { sent = try actuator.conversion.sentSignals() } catch {
      for mistake in error.errors { complain(actuator.path, "\(mistake)") }
      return
    }
    for output in actuator.outputs {
      let name = "\(actuator.name).\(output.port)"
      guard let signal = sent.first(where: { $0.name == name }) else {
        let there = sent.map { $0.name.dropFirst(actuator.name.count + 1) }.joined(separator: ", ")
        complain(
          actuator.path,
          "the conversion \"\(actuator.conversion.kindName)\" sends no \(output.port), "
            + (there.isEmpty ? "and nothing else: it is no conversion" : "only \(there)"))
        continue
      }
      add(signal, output.carrier, of: actuator)
    }
  }

  private mutating func add(
    _ signal: SentSignal, _ carrier: ActuatorCarrier, of actuator: ActuatorDeclaration
  ) {
    let sent = PlannedSignal(signal: signal.name, safe: signal.safe, needsArming: actuator.needsArming)
    switch carrier {
    case .chip(let place, let channel):
      add(signal, place, channel, of: actuator)
    case .kernelPWM(let chip, let channel, let rateHz):
      guard let quantity = quantity(of: signal, [.pulse, .duty], "a PWM output of the kernel", actuator)
      else {
        return
      }
      claim(pwm: chip, channel, actuator)
      let period = 1e6 / Double(max(rateHz, 1))
      checkWidth(signal, quantity, period, Double(rateHz), actuator)
      plan.pwm.append(
        PlannedPWM(
          chip: chip, channel: channel, rateHz: rateHz, factor: quantity == .duty ? period : 1, sent: sent))
    case .line(let line):
      guard quantity(of: signal, [.level], "a line", actuator) != nil else { return }
      claim(line, actuator)
      plan.lines.append(PlannedLines(forward: line, backward: nil, sent: sent))
    case .direction(let forward, let backward):
      guard quantity(of: signal, [.duty], "a bridge's direction", actuator) != nil else { return }
      claim(forward, actuator)
      claim(backward, actuator)
      plan.lines.append(PlannedLines(forward: forward, backward: backward, sent: sent))
    }
  }

  // MARK: - Chips

  private mutating func add(
    _ signal: SentSignal, _ place: ActuatorChipPlace, _ channel: Int, of actuator: ActuatorDeclaration
  ) {
    let facts = place.chip.facts
    let whose = "a \(facts.name)"
    guard let quantity = quantity(of: signal, facts.takes, whose, actuator) else { return }
    guard (0..<facts.channels).contains(channel) else {
      let expected = facts.channels == 1 ? "0, the only channel" : "0 to \(facts.channels - 1), the channels"
      return complain("\(actuator.path).channel", "found \(channel), expected \(expected) of \(whose)")
    }
    guard let number = chip(at: place) else { return }
    claim(place, number, channel, actuator)
    let settings = plan.chips[number].use.settings
    if let most = facts.most(quantity, settings) {
      let largest = max(signal.range.lowerBound.magnitude, signal.range.upperBound.magnitude)
      if quantity == .pulse {
        checkWidth(signal, quantity, most, settings["rate_hz"], actuator)
      } else if largest > most {
        complain(
          actuator.path,
          "\(signal.name) may be \(rounded(largest, 3)) \(signal.unit), expected at most \(rounded(most, 3)), which is "
            + "what \(whose) can give")
      }
    }
    plan.chips[number].use.channels.append(ActuatorChannel(channel, quantity, safe: signal.safe))
    plan.chips[number].sent.append(
      PlannedSignal(signal: signal.name, safe: signal.safe, needsArming: actuator.needsArming))
  }

  /// The number of the chip at a place among those of the plan; `nil` when it cannot be there.
  private mutating func chip(at place: ActuatorChipPlace) -> Int? {
    let spot = Spot(bus: place.bus, behind: place.behind, address: place.address)
    guard let number = chips[spot] else { return addChip(at: place, spot) }
    let first = plan.chips[number].place
    guard first.chip.name == place.chip.name else {
      complain(
        "\(place.path).address", "\(words(place)) is taken by \(first.path) (\(first.chip.name))")
      return nil
    }
    let (wanted, had) = (settings(of: place, spot), plan.chips[number].use.settings)
    for setting in place.chip.facts.settings where wanted[setting.name] != had[setting.name] {
      complain(
        "\(place.path).\(setting.name)",
        "found \(wanted[setting.name].shown), expected \(had[setting.name].shown) as \(first.path) says: one "
          + "\(place.chip.name) has one for all of its channels; write the same, or use a second chip")
    }
    return number
  }

  private mutating func addChip(at place: ActuatorChipPlace, _ spot: Spot) -> Int? {
    let facts = place.chip.facts
    check(place, facts)
    if let other = devices[spot], other.chip.name != facts.name {
      complain("\(place.path).address", "\(words(place)) is taken by \(other.path) (\(other.chip.name))")
      return nil
    }
    if let behind = place.behind { plan.multiplexers[place.bus, default: []].insert(behind.multiplexer) }
    let use = ActuatorUse(address: place.address, channels: [], settings: settings(of: place, spot))
    plan.chips.append(PlannedChip(place: place, use: use, sent: []))
    chips[spot] = plan.chips.count - 1
    return plan.chips.count - 1
  }

  /// What is set of a chip. Lines that are read, too, are so as their device asks for.
  private func settings(of place: ActuatorChipPlace, _ spot: Spot) -> ActuatorSettings {
    let shared = devices[spot]?.shared ?? [:]
    return ActuatorSettings(place.settings.merging(shared) { given, _ in given }, of: place.chip.facts)
  }

  private mutating func check(_ place: ActuatorChipPlace, _ facts: ActuatorFacts) {
    if !facts.addresses.contains(place.address) {
      let (first, last) = (facts.addresses.first ?? 0, facts.addresses.last ?? 0)
      complain(
        "\(place.path).address",
        "found \(hexadecimal(place.address)), expected \(hexadecimal(first)) to \(hexadecimal(last)), which a "
          + "\(facts.name) can have")
    }
    for name in place.settings.keys.sorted() {
      guard let setting = facts.settings.first(where: { $0.name == name }) else {
        complain(
          "\(place.path).\(name)",
          "a \(facts.name) has no such key" + hint(name, among: facts.settings.map(\.name)))
        continue
      }
      guard let value = place.settings[name], !setting.range.contains(value) else { continue }
      complain("\(place.path).\(name)", "found \(value.shown), expected \(setting.range.shown)")
    }
  }

  /// Looks for chips that hear the same address: one on the bus itself, one behind a multiplexer of it; or a chip and a multiplexer.
  mutating func finish() {
    for planned in plan.chips {
      let place = planned.place
      if place.behind != nil {
        let bare = Spot(bus: place.bus, behind: nil, address: place.address)
        let other = chips[bare].map { plan.chips[$0].place.path } ?? devices[bare]?.path
        if let other {
          complain("\(place.path).address", "\(words(place)) is that of \(other) on the bus itself, too")
        }
      } else {
        if let other = hidden[Spot(bus: place.bus, behind: nil, address: place.address)] {
          complain(
            "\(place.path).address", "\(words(place)) is that of \(other) behind a multiplexer, too")
        }
        if plan.multiplexers[place.bus]?.contains(place.address) == true {
          complain("\(place.path).address", "\(words(place)) is taken by a multiplexer")
        }
      }
    }
  }

  // MARK: - What carriers take

  /// What a signal is to a carrier; `nil` with a complaint when it does not take it.
  private mutating func quantity(
    of signal: SentSignal, _ taken: [ActuatorQuantity], _ carrier: String, _ actuator: ActuatorDeclaration
  ) -> ActuatorQuantity? {
    let quantity = ActuatorQuantity(signal)
    if let quantity, taken.contains(quantity) { return quantity }
    let remedies = taken.flatMap { BlockTable.conversions(sending: $0.kind, $0.unit) }
    complain(
      actuator.path,
      "\(signal.name) is \(quantity?.words ?? "nothing that an actuator takes"), but \(carrier) takes "
        + "\(taken.map(\.words).joined(separator: " or ")): use another carrier, or a conversion of "
        + Set(remedies).sorted().joined(separator: ", "))
    return nil
  }

  private mutating func checkWidth(
    _ signal: SentSignal, _ quantity: ActuatorQuantity, _ period: Double, _ rate: Double,
    _ actuator: ActuatorDeclaration
  ) {
    guard quantity == .pulse, signal.range.upperBound > period else { return }
    complain(
      actuator.path,
      "\(signal.name) may be \(signal.range.upperBound.shown) µs, expected at most the time between pulses, "
        + "\(rounded(period, 1)) µs at rate_hz \(rate.shown): lower rate_hz, or the pulse")
  }

  // MARK: - What has one owner

  /// Claims what an actuator would have if its settings were right.
  private mutating func claim(_ carriers: [ActuatorCarrier], of actuator: ActuatorDeclaration) {
    for carrier in carriers {
      switch carrier {
      case .chip(let place, let channel):
        if let number = chip(at: place) { claim(place, number, channel, actuator) }
      case .kernelPWM(let chip, let channel, _): claim(pwm: chip, channel, actuator)
      case .line(let line): claim(line, actuator)
      case .direction(let forward, let backward):
        claim(forward, actuator)
        claim(backward, actuator)
      }
    }
  }

  private mutating func claim(pwm chip: String, _ channel: Int, _ actuator: ActuatorDeclaration) {
    claim(Channel(chip: "pwm \(chip)", number: channel), "output \(channel) of \(chip)", actuator)
  }

  private mutating func claim(
    _ place: ActuatorChipPlace, _ number: Int, _ channel: Int, _ actuator: ActuatorDeclaration
  ) {
    let text = "channel \(channel) of the \(place.chip.facts.name) at \(words(place))"
    claim(Channel(chip: "chip \(number)", number: channel), text, actuator)
  }

  private mutating func claim(_ channel: Channel, _ text: String, _ actuator: ActuatorDeclaration) {
    if let other = channels[channel] {
      complain("\(actuator.path).channel", "\(text) is taken by \(other): give it another")
    } else {
      channels[channel] = actuator.path
    }
  }

  private mutating func claim(_ line: DigitalLine, _ actuator: ActuatorDeclaration) {
    let wire = TakenLine(path: actuator.path, chip: line.chip, line: line.line)
    if let other = lines[line.line]?.first(where: { $0.isOne(with: wire) }) {
      complain(actuator.path, "the line \(wire.text) is taken by \(other.path): give it another")
    }
    lines[line.line, default: []].append(wire)
  }

  private func words(_ place: ActuatorChipPlace) -> String {
    let behind = place.behind.map { "\(hexadecimal($0.multiplexer)).\($0.number) " } ?? ""
    return behind + hexadecimal(place.address) + " on the bus \"\(place.bus)\""
  }
}
