import Files
import Sampling
import Signals

extension PartsPlant.Measurement {
  static let schema = SectionSchema(
    path: "simulation.measures.\"DEVICE.CHANNEL\"",
    about: "What a device measures: of · scale + offset. A name alone is an object with `of` alone.",
    keys: [
      of.description, scale.description, offset.description, noise.description, scaleWear.description,
      offsetWear.description,
    ])
  private static let of = Key<String>.text("of", "What is measured: `PART.OUTPUT`; of all channels `PART`.")
  private static let scale = Key<Double>.number("scale", -1e9...1e9, standard: 1, "Factor.")
  private static let offset = Key<Double>.number("offset", -1e9...1e9, standard: 0, "Added after scaling.")
  private static let noise = Key<Double>.number(
    "noise", 0...1e9, standard: 0,
    "Standard deviation of noise beside the chip's own, in the channel's unit; times what `sensor_noise` draws."
  )
  private static let scaleWear = Key<Double>.number(
    "scale_wear", 0...0.9, standard: 0,
    "By how much the scale may differ, as a share of it: drawn for each seed, and times `simulation.wear`.")
  private static let offsetWear = Key<Double>.number(
    "offset_wear", 0...1e9, standard: 0, "By how much the offset may differ, in the channel's unit; likewise."
  )

  /// The measures of a section; `nil` after an error was noted.
  static func read(_ section: Section) -> [Self]? {
    guard let entries = section.entries("measures", most: 64, anyName: true) else { return nil }
    let read = entries.compactMap { Self($0, section.context) }
    return read.count == entries.count ? read : nil
  }

  private init?(_ entry: NamedEntry, _ context: ReadingContext) {
    let target = entry.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(target.count), target.allSatisfy(Section.isPart) else {
      context.complain(
        entry.path, "\(JSON5Value.quoted(entry.name)) is no channel: expected \"DEVICE.CHANNEL\", or DEVICE")
      return nil
    }
    var value = entry.value
    if value.text != nil {
      let member = JSON5Member(key: "of", keyPosition: value.position, value: value)
      value = JSON5Value(content: .object([member]), position: value.position)
    }
    guard let section = Section(value, path: entry.path, schema: Self.schema, context: context) else {
      return nil
    }
    let (of, scale, offset) = (section.read(Self.of), section.read(Self.scale), section.read(Self.offset))
    let (noise, scaleWear) = (section.read(Self.noise), section.read(Self.scaleWear))
    guard let of, let scale, let offset, let noise, let scaleWear,
      let offsetWear = section.read(Self.offsetWear)
    else { return nil }
    let source = of.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard source.count == target.count, source.allSatisfy(Section.isPart) else {
      section.complain(
        "of",
        "found \(JSON5Value.quoted(of)), expected "
          + (target.count == 2 ? "`PART.OUTPUT`" : "the name of a part, as all channels are measured"))
      return nil
    }
    self.init(
      device: target[0], channel: target.count == 2 ? target[1] : nil, part: source[0],
      output: source.count == 2 ? source[1] : nil, scale: scale, offset: offset, noise: noise,
      scaleWear: scaleWear, offsetWear: offsetWear)
  }
}

/// Something that simulated chips and lines measure.
public enum MeasuredQuantity: Sendable, Hashable {
  /// Along an axis, from 0.
  case force(Int), rate(Int), field(Int)
  case temperature, pressure, differentialPressure, distance, voltage, current
  /// Of a shaft, by its number.
  case angle(Int)
  /// At an input of all converters of analog inputs, in the order of the devices.
  case input(Int)
  /// At a line, by its name.
  case line(String)
}

/// A channel that is measured, whole.
public struct MeasuredChannel: Sendable {
  /// What is measured.
  public var quantity: MeasuredQuantity
  /// Of which part, and which of its outputs.
  public var part, output: String
  /// How.
  public var measurement: PartsPlant.Measurement
}

extension VehicleTables {
  /// What the devices measure of a plant of parts. Complains in `file` about what cannot be measured, where there is one.
  public func channels(of plant: PartsPlant) -> [MeasuredChannel] { channels(of: plant, in: nil) }

  func channels(of plant: PartsPlant, in file: Section?) -> [MeasuredChannel] {
    var channels: [MeasuredChannel] = []
    var taken: [MeasuredQuantity: String] = [:]
    for measured in plant.measurements {
      let path = "simulation.measures." + measured.device + (measured.channel.map { ".\($0)" } ?? "")
      guard let device = devices.first(where: { $0.name == measured.device }) else {
        let names = devices.map(\.name)
        file?.complain(
          path,
          "there is no device \(JSON5Value.quoted(measured.device))"
            + (file?.context.hint(measured.device, among: names) ?? ""))
        continue
      }
      let outputs = plant.parts.first { $0.name == measured.part }?.outputs.map(\.name) ?? []
      let found = device.channels.filter { channel in
        measured.channel.map { $0 == channel.name } ?? outputs.contains(channel.name)
      }
      let known = found.compactMap { channel in quantity(of: device, channel).map { (channel, $0) } }
      if known.isEmpty {
        let names = device.channels.filter { quantity(of: device, $0) != nil }.map(\.name)
        file?.complain(
          path, "\(device.name) measures nothing of it; its channels are " + names.joined(separator: ", "))
      }
      for (channel, quantity) in known {
        if let other = taken.updateValue(device.name, forKey: quantity) {
          file?.complain(
            path,
            other == device.name
              ? "\(device.name).\(channel.name) is measured twice"
              : "\(device.name) and \(other) measure the same place of the vehicle: one of them is enough here"
          )
        }
        channels.append(
          MeasuredChannel(
            quantity: quantity, part: measured.part, output: measured.output ?? channel.name,
            measurement: measured))
      }
    }
    return channels
  }

  /// The number of a converter of analog inputs among all, from 0; 0 for what is none.
  public func converter(of device: DeviceDeclaration) -> Int {
    devices.filter(\.isConverter).firstIndex { $0.name == device.name } ?? 0
  }

  private func quantity(of device: DeviceDeclaration, _ channel: DeviceChannel) -> MeasuredQuantity? {
    if let line = device.line { return channel.channel.name == "pressed" ? .line(line.text) : nil }
    let axis = ["x", "y", "z"].firstIndex { channel.channel.name.hasSuffix("_\($0)") } ?? 0
    switch channel.channel.name {
    case "acceleration_x", "acceleration_y", "acceleration_z": return .force(axis)
    case "rate_x", "rate_y", "rate_z": return .rate(axis)
    case "field_x", "field_y", "field_z": return .field(axis)
    case "temperature": return .temperature
    case "pressure": return .pressure
    case "differential_pressure": return .differentialPressure
    case "distance": return .distance
    case "voltage": return .voltage
    case "current": return .current
    case "angle": return .angle(device.twin.shaft)
    default:
      guard device.isConverter, channel.place < 4 else { return nil }
      return .input(4 * converter(of: device) + channel.place)
    }
  }
}

extension DeviceDeclaration {
  /// Whether it is a converter of analog inputs.
  fileprivate var isConverter: Bool { channels.contains { $0.channel.name.hasPrefix("input_") } }
}
