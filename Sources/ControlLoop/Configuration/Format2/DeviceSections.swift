import Devices

// What the sections of sensors say of the device that each is. (They are what `DeviceSection` asks for.)
extension Configuration.InertialSensor: DeviceSection {}
extension Configuration.Barometer: DeviceSection {}
extension Configuration.Magnetometer: DeviceSection {}
extension Configuration.RangeFinder: DeviceSection {}
extension Configuration.PowerMonitor: DeviceSection {}
extension Configuration.Encoder: DeviceSection {}
