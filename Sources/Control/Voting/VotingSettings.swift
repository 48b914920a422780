import Signals

/// What a voter and a health check are told of the devices: the same keys for each kind of sample.
enum VotingSettings {
  /// What can be set of each of several instances.
  static let ofEach: [SettingDescription] = ofInstances.map { setting in
    switch setting.name {
    case "stale_after", "period": setting.counted(by: "instances")
    case "full_scale": setting.counted(by: "instances", "channels", mayBeEmpty: true)
    default: setting
    }
  }

  /// What can be set of each instance; a list has a value for each.
  static let ofInstances: [SettingDescription] = [
    SettingDescription(
      "stale_after", .numbers(1e-6...3600, count: 1...3, unit: .second),
      about: "age from which a reading of each is stale"),
    SettingDescription(
      "period", .numbers(0...3600, count: 1...3, unit: .second),
      about: "time between two attempts to read each"),
    SettingDescription(
      "full_scale", .numbers(0...1e12, count: 0...24, unit: .none), standard: .numbers([]),
      about: "from where on each channel of each instance is at its end"),
    .number("flat_after", 0...1e6, .none, 0, "equal readings in a row that are flat; 0 for never"),
    .number(
      "saturated_after", 0...1e6, .none, 0, "readings in a row at the end of the range; 0 for never"),
    .number("errors_above", 0...1, .none, 1, "share of failed attempts above which an instance is failing"),
  ]

  /// What can be set of their comparison.
  static let ofComparison: [SettingDescription] = [
    .number("good_for", 0...3600, .second, 0, "how long one must have been good before it is chosen again"),
    SettingDescription(
      "difference", .numbers(0...1e12, count: 0...8, unit: .none), standard: .numbers([]),
      about: "largest difference of two that agree, channel by channel"
    ).counted(by: "channels", mayBeEmpty: true),
    SettingDescription(
      "largest_offset", .numbers(0...1e12, count: 0...8, unit: .none), standard: .numbers([]),
      about: "largest constant difference that is believed to be one, channel by channel"
    ).counted(by: "channels", mayBeEmpty: true),
  ]

  /// The limits for `count` instances of `channels` channels.
  static func limits(_ settings: BlockSettings, count: Int, channels: Int) -> KindLimits {
    var limits = KindLimits()
    limits.count = count
    let (stale, period) = (settings.numbers("stale_after"), settings.numbers("period"))
    let ends = settings.numbers("full_scale")
    for instance in 0..<min(count, limits.instances.count) {
      if instance < stale.count {
        limits.instances[instance].staleAfter = Int64((stale[instance] * 1e9).rounded())
      }
      if instance < period.count {
        limits.instances[instance].period = Int64((period[instance] * 1e9).rounded())
      }
      limits.instances[instance].flatAfter = UInt32(settings.number("flat_after"))
      limits.instances[instance].saturatedAfter = UInt32(settings.number("saturated_after"))
      limits.instances[instance].errorsAbove = settings.float("errors_above")
      for channel in 0..<channels where instance * channels + channel < ends.count {
        limits.instances[instance].fullScale[channel] = Float(ends[instance * channels + channel])
      }
    }
    limits.goodFor = Int64((settings.number("good_for") * 1e9).rounded())
    for (channel, value) in settings.numbers("difference").prefix(8).enumerated() {
      limits.difference[channel] = Float(value)
    }
    for (channel, value) in settings.numbers("largest_offset").prefix(8).enumerated() {
      limits.largestOffset[channel] = Float(value)
    }
    return limits
  }
}

/// Where a voter finds one instance.
struct VotedInputs: BitwiseCopyable {
  let channels: InputList<Float>
  let other: Input<Float>?
  let comparable, present: Input<Bool>?
  let time: Input<Int64>
  let count: Input<UInt32>
  let fault: Input<UInt8>

  /// The inputs whose names end in `suffix`.
  init(_ suffix: String, _ wiring: inout Wiring) {
    channels = wiring.inputList("channels\(suffix)")
    other = wiring.optionalInput("other\(suffix)")
    comparable = wiring.optionalInput("comparable\(suffix)")
    present = wiring.optionalInput("present\(suffix)")
    (time, count) = (wiring.input("read_at\(suffix)"), wiring.input("count\(suffix)"))
    fault = wiring.input("fault\(suffix)")
  }

  /// The ports, whose names end in `suffix`, for as many channels.
  static func ports(_ suffix: String, channels: ClosedRange<Int> = 1...8) -> [InputPort] {
    [
      InputPort("channels\(suffix)", .number, unit: nil, count: channels, about: "what is compared"),
      InputPort("other\(suffix)", .number, unit: nil, count: 0...1, about: "what is handed on only"),
      InputPort(
        "comparable\(suffix)", .flag, unit: nil, count: 0...1, about: "whether there is something to compare"),
      InputPort("present\(suffix)", .flag, unit: nil, count: 0...1, about: "whether the device is there"),
      InputPort("read_at\(suffix)", .time, unit: .nanosecond), InputPort("count\(suffix)", .count, unit: nil),
      InputPort("fault\(suffix)", .deviceFault, unit: nil),
    ]
  }

  /// The newest reading.
  func reading(_ frame: Frame) -> VotedReading {
    var reading = VotedReading()
    for index in 0..<min(channels.count, 8) { reading.channels[index] = frame[channels[index]] }
    if let other { reading.other = frame[other] }
    reading.isComparable = comparable.map { frame[$0] } ?? true
    reading.isPresent = present.map { frame[$0] } ?? true
    (reading.time, reading.count) = (frame[time], frame[count])
    reading.faultValue = frame[fault]
    reading.fault = FaultClass(reading.faultValue)
    return reading
  }
}
