import Signals

extension DeviceKind {
  /// The topic called `name` of a reading of this kind.
  func topic(_ name: String, _ reading: DeviceReading) -> any LogTopic {
    switch self {
    case .inertial: ImuTopic(name: name, reading: reading)
    case .pressure: BarometerTopic(name: name, reading: reading)
    case .angle: EncoderTopic(name: name, reading: reading)
    case .range: RangeTopic(name: name, reading: reading)
    case .power: BatteryTopic(name: name, reading: reading)
    case .magnetic: MagneticTopic(name: name, reading: reading)
    }
  }
}

/// A topic of a device's readings, each written when it is new.
protocol DeviceTopic: LogTopic {
  var reading: DeviceReading { get }
  /// Appends what follows the header.
  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder)
}

extension DeviceTopic {
  func occasion(_ frame: Frame) -> TopicOccasion { .reading(frame[reading.places(frame).count]) }

  func encode(_ frame: Frame, into encoder: inout CDREncoder) {
    let places = reading.places(frame)
    // The frame of reference has the topic's name.
    encoder.putHeader(time: frame[places.time], frame: String(name.dropFirst()))
    encode(places, frame, into: &encoder)
  }
}

/// `/imu`: an inertial sensor as ROS knows it, in the axes of the body (forward, right, down), without an orientation.
struct ImuTopic: DeviceTopic {
  static let schemaName = "sensor_msgs/msg/Imu"
  static let schemaText =
    """
    std_msgs/Header header
    geometry_msgs/Quaternion orientation
    float64[9] orientation_covariance  # first element -1: no orientation here, see /attitude
    geometry_msgs/Vector3 angular_velocity  # rad/s; axes of the body: x forward, y right, z down
    float64[9] angular_velocity_covariance
    geometry_msgs/Vector3 linear_acceleration  # m/s^2, specific force
    float64[9] linear_acceleration_covariance

    """ + SchemaParts.type("geometry_msgs/Quaternion", "float64 x\nfloat64 y\nfloat64 z\nfloat64 w\n")
    + SchemaParts.vector + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    for value in [0.0, 0, 0, 1] { encoder.put(value) }
    encoder.putUnknownCovariance(first: -1)
    for place in places.numbers.prefix(3) { encoder.put(Double(frame[place])) }
    encoder.putUnknownCovariance()
    for place in places.numbers.dropFirst(3) { encoder.put(Double(frame[place])) }
    encoder.putUnknownCovariance()
  }
}

/// `/barometer`: a barometer as ROS knows it.
struct BarometerTopic: DeviceTopic {
  static let schemaName = "sensor_msgs/msg/FluidPressure"
  static let schemaText =
    """
    std_msgs/Header header
    float64 fluid_pressure  # Pa
    float64 variance  # 0: unknown

    """ + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    encoder.put(Double(frame[places.numbers[0]]))
    encoder.put(0.0)
  }
}

/// A magnetometer as ROS knows it, in the axes of the body.
struct MagneticTopic: DeviceTopic {
  static let schemaName = "sensor_msgs/msg/MagneticField"
  static let schemaText =
    """
    std_msgs/Header header
    geometry_msgs/Vector3 magnetic_field  # T; axes of the body: x forward, y right, z down
    float64[9] magnetic_field_covariance  # 0: unknown

    """ + SchemaParts.vector + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    for place in places.numbers { encoder.put(Double(frame[place])) }
    encoder.putUnknownCovariance()
  }
}

/// `/range`: a range finder.
struct RangeTopic: DeviceTopic {
  static let schemaName = "ganglion_msgs/msg/Range"
  static let schemaText =
    """
    std_msgs/Header header
    float32 distance  # m along the sensor's axis
    bool valid  # whether the sensor vouches for the distance

    """ + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    encoder.put(frame[places.numbers[0]])
    encoder.put(places.seen.map { frame[$0] } ?? true)
  }
}

/// `/battery`: voltage and current.
struct BatteryTopic: DeviceTopic {
  static let schemaName = "ganglion_msgs/msg/Battery"
  static let schemaText =
    """
    std_msgs/Header header
    float32 voltage  # V
    float32 current  # A

    """ + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    for place in places.numbers { encoder.put(frame[place]) }
  }
}

/// An angle sensor as read.
struct EncoderTopic: DeviceTopic {
  static let schemaName = "ganglion_msgs/msg/Encoder"
  static let schemaText =
    """
    std_msgs/Header header
    float32 angle  # rad within a turn
    uint8 magnet  # 0 good, 1 weak, 2 strong

    """ + SchemaParts.header

  let name: String
  let reading: DeviceReading

  func encode(_ places: DeviceReading.Places, _ frame: Frame, into encoder: inout CDREncoder) {
    encoder.put(frame[places.numbers[0]])
    encoder.put(places.magnet.map { frame[$0] } ?? 0)
  }
}
