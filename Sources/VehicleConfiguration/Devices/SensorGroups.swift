import Sampling
import Signals

/// A sensor and its spares, as voters and safety see them.
public struct SensorGroup: Sendable {
  /// The name that blocks read, for example `imu`.
  public var name: String
  /// The devices in order of priority.
  public var devices: [DeviceDeclaration]
  /// How they are judged; `nil` for one that is only looked at for its age.
  public var judgement: SensorJudgement?
  /// Whether any row of the program looks at it. What no tick uses is read, logged and not judged.
  public var isWatched = true
}

/// How sensors of a kind are judged and compared. `HealthRules` says what each means.
public struct SensorJudgement: Sendable {
  /// When each counts as healthy.
  public var health: Configuration.HealthRules
  /// For each device its channels' largest magnitudes, in the order of the channels; empty for none.
  public var fullScale: [Double] = []
  /// Largest differences of the channels of two healthy devices.
  public var difference: [Double]
  /// Largest offsets of a channel that are learnt and taken off.
  public var largestOffset: [Double]
}

extension Configuration {
  /// The sensors that are read, each with its spares.
  public var sensorGroups: [SensorGroup] { sensors.groups(calibration) }

  /// The devices that are read.
  public var devices: [DeviceDeclaration] { sensorGroups.flatMap(\.devices) }

  /// The number of the bus called `name` as the origin of signals: 0 is the board itself.
  func number(ofBus name: String) -> Int { 1 + (buses.firstIndex { $0.name == name } ?? 0) }

  /// The name of the device whose samples a tick goes by: the first of those that are read first, and of these the one that is
  /// read most often. `nil` for a vehicle without any.
  public var pacemaker: String? { Self.pacemaker(of: devices) }

  /// The pacemaker among some devices. A line is none: it is read when something happens to it.
  static func pacemaker(of devices: [DeviceDeclaration]) -> String? {
    devices.filter { $0.line == nil }.enumerated().min {
      ($0.element.rank.rawValue, -$0.element.rateHz, $0.offset)
        < ($1.element.rank.rawValue, -$1.element.rateHz, $1.offset)
    }?.element.name
  }

  /// The signals of the devices alone: what is enough to sample them.
  public func deviceTable() throws(SignalErrors) -> SignalTable {
    try SignalTable(devices.flatMap { $0.signals(bus: number(ofBus: $0.bus)) })
  }
}

extension Configuration.Sensors {
  /// The sensors as devices, under the names that templates give them. `calibration` is what is taken off their readings.
  func groups(_ calibration: SensorCalibration?) -> [SensorGroup] {
    func naming(
      _ name: String, twin: String? = nil, shaft: Int = 0, isWatched: Bool = true
    ) -> DeviceNaming {
      DeviceNaming(
        name: name, path: "sensors.\(name)", twin: twin ?? name, isWatched: isWatched, shaft: shaft,
        calibration: calibration)
    }
    var groups = [imu.group(naming("imu"))]
    if let barometer { groups.append(barometer.group(naming("barometer"))) }
    if let magnetometer {
      // What no tick uses is judged only where sensors have spares.
      let isWatched = !kindsWithSpares.isEmpty
      var group = magnetometer.group(naming("magnetometer", isWatched: isWatched), mounting: imu.mounting)
      for index in group.devices.indices {
        let bus = group.devices[index].bus
        // On one bus with a chip that opens the way to its own: behind it, as inside an MPU-9250.
        group.devices[index].twin.carrier = imu.instances.firstIndex { $0.auxiliaryBypass && $0.bus == bus }
          .map { SensorKind.imu.key($0) }
      }
      groups.append(group)
    }
    if let range { groups.append(range.group(naming("range"))) }
    if let power { groups.append(power.group(naming("power"))) }
    if let leftEncoder {
      groups.append(leftEncoder.group(naming("left_encoder", twin: "left-encoder")))
    }
    if let rightEncoder {
      groups.append(rightEncoder.group(naming("right_encoder", twin: "right-encoder", shaft: 1)))
    }
    return groups
  }
}
