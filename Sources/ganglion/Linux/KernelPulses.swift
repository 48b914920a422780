import ControlLoop
import HardwareInterfaces
import LinuxHardware
import Signals

/// The motors' pulses from the kernel's PWM: each is one write of a short text, which the loop makes itself.
final class KernelPulses: @unchecked Sendable {
  // Sendable: `set` is for the loop alone; `safePulses` does not change.
  private let outputs: UnsafeMutableBufferPointer<SysfsPulseOutput>
  /// The motors' safe widths, for whoever sets them whatever the loop does at the same time.
  let safePulses: [SafePulse]

  /// Takes the channels of the configuration's motors, each with its safe width. `nil` when a chip on a bus makes the
  /// pulses.
  init?(_ section: Configuration.Actuators, files: SystemFiles) throws(LinuxError) {
    guard let name = section.driver.pwmChip else { return nil }
    let chip = try PWMChips(files).find(name)
    let room = UnsafeMutableBufferPointer<SysfsPulseOutput>.allocate(capacity: section.motors.count)
    var used = 0
    do throws(LinuxError) {
      for motor in section.motors {
        room.initializeElement(
          at: used,
          to: try SysfsPulseOutput(
            chip, channel: motor.channel, rate: Double(section.driver.rateHz),
            safe: Float(motor.safeMicroseconds), files: files))
        used += 1
      }
    } catch {
      UnsafeMutableBufferPointer(start: room.baseAddress, count: used).deinitialize()
      room.deallocate()
      throw error
    }
    outputs = room
    safePulses = room.indices.map { room[$0].safePulse }
  }

  deinit {
    outputs.deinitialize()
    outputs.deallocate()
  }

  /// Makes the pulses as long as a frame says. `false` when one of them was refused.
  func set(_ frame: Frame, _ places: ActuationPlaces) -> Bool {
    var isDone = true
    for motor in 0..<outputs.count {
      do throws(LineError) {
        try outputs[motor].set(microseconds: places.pulse(motor, frame))
      } catch {
        isDone = false
      }
    }
    return isDone
  }
}
