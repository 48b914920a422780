import LinuxHardware

/// The layers of the system that a vehicle on Linux stands on; tests put others in their place.
package struct LinuxSystems<I2C: I2CSystem>: Sendable {
  /// The buses.
  var i2c: I2C
  /// The lines.
  var gpio: any GPIOSystem
  /// Scheduling and memory.
  var realTime: any RealTimeSystem
  /// What /dev, /sys and /proc say.
  var files: SystemFiles
  /// Whether a second process watches over the first.
  var hasGuardProcess: Bool
}

extension LinuxSystems where I2C == KernelI2C {
  /// This machine.
  package static let machine = LinuxSystems(
    i2c: KernelI2C(), gpio: KernelGPIO(), realTime: KernelRealTime(), files: SystemFiles(),
    hasGuardProcess: true)
}
