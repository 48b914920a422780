import PortableMath
import Sampling

extension VehicleTables {
  /// The devices whose channel a signal is, and the channel; a sensor and its spares have one under the sensor's name. None when it is no
  /// channel.
  public func channels(of signal: String) -> [(device: DeviceDeclaration, channel: DeviceChannel)] {
    guard let dot = signal.lastIndex(of: ".") else { return [] }
    let (owner, name) = (String(signal[..<dot]), String(signal[signal.index(after: dot)...]))
    let devices =
      groups.filter { $0.name == owner }.flatMap(\.devices) + self.devices.filter { $0.name == owner }
    var seen: Set<String> = []
    return devices.compactMap { device in
      guard seen.insert(device.name).inserted,
        let channel = device.channels.first(where: { $0.name == name })
      else { return nil }
      return (device, channel)
    }
  }

  /// Complains about inputs in simulation that are no channels, or that no simulated chip could read.
  func checkInputs(_ context: ReadingContext) {
    for input in simulation.inputs {
      func complain(_ message: String) { context.complain("simulation.inputs.\(input.signal)", message) }
      let found = channels(of: input.signal)
      guard let (device, channel) = found.first else {
        if context.broken.mayWrite(input.signal) { continue }
        let names = devices.flatMap { device in
          device.channels.filter(\.channel.canBeDriven).map { "\(device.name).\($0.name)" }
        }
        complain("is no channel of a device" + context.hint(input.signal, among: names))
        continue
      }
      guard channel.channel.canBeDriven else {
        let names = device.channels.filter(\.channel.canBeDriven).map { "\(device.name).\($0.name)" }
        complain("follows from what is read; what can be driven is " + names.joined(separator: ", "))
        continue
      }
      if (channel.channel.kind == .flag) != input.isOfFlags {
        complain(
          channel.channel.kind == .flag
            ? "is a flag, expected true or false, or steps of them" : "is a number, expected numbers")
      }
      if device.line != nil, channel.channel.kind == .number, input.course.largest > Self.fastestPulses {
        complain("is at most \(Self.fastestPulses.shown) pulses in a second")
      }
      if device.line != nil, channel.channel.kind == .number,
        simulation.inputs.contains(where: { $0.signal == "\(device.name).pressed" })
      {
        complain("cannot be driven beside \(device.name).pressed: the pulses are what is pressed")
      }
    }
  }

  /// Pulses at a line in a second at most.
  private static let fastestPulses = 20_000.0
}

extension SampleChannel {
  /// Whether something outside decides it, so that a simulation can say what it is.
  public var canBeDriven: Bool {
    switch kind {
    case .number: true
    case .flag: name == "pressed" || name.hasPrefix("line_")
    default: false
    }
  }
}

extension TimeCourse {
  /// The largest value.
  fileprivate var largest: Double {
    switch self {
    case .steps(let steps): steps.map(\.value).max() ?? 0
    case .sine(let offset, let amplitude, _, _): offset + amplitude
    }
  }
}
