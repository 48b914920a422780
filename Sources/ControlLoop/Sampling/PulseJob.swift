import Devices
import HardwareInterfaces
import Signals

/// The actuator driver of a bus: it starts the chip, re-checks it, and sends the motors' pulses.
struct PulseJob: Sendable {
  private var driver: PCA9685
  /// Of each motor its channel, where its pulse lies in a frame, and its safe pulse in µs.
  private let motors: [(channel: Int, pulse: SignalIndex<Float>?, safe: Float)]
  private let first: Int
  private let count: Int
  private var isReady = false
  private var driverFault = DeviceFault.none
  /// Why the chip last had to be started again, and until when it is told.
  private var noted = (fault: DeviceFault.none, until: MonotonicTime.zero)
  /// When the driver wants to be called next.
  private(set) var due: MonotonicTime

  /// A job that starts the chip at `start`.
  init(_ configuration: Configuration, _ table: SignalTable, start: MonotonicTime) {
    let section = configuration.actuators
    var options = PCA9685.Options()
    options.address = section.driver.address
    options.rate = Double(section.driver.rateHz)
    options.oscillator = Double(section.driver.oscillatorHz)
    driver = PCA9685(options: options)
    motors = zip(section.motors, configuration.pulseSignals).map {
      ($0.channel, table.index(of: $1), Float($0.safeMicroseconds))
    }
    let used = section.motors.map(\.channel)
    first = used.min() ?? 0
    count = min((used.max() ?? 0) - first + 1, PCA9685.channels)
    due = start
  }

  /// How long a fault is told after it is over, in ms. A chip that lost its supply for a moment runs again in a fraction
  /// of a tick, and its motors have stopped nevertheless: the slowest loop must see that.
  private static let toldFor: Int64 = 150

  /// What keeps the motors from their commands, or did a moment ago; a chip that is still starting is not ready.
  var fault: DeviceFault {
    if driverFault != .none { return driverFault }
    return isReady ? noted.fault : .notReady
  }

  mutating func run<Bus: I2CBus & ~Copyable>(_ bus: inout Bus, now: MonotonicTime) {
    let wasReady = isReady
    let result = driver.poll(&bus, now: now)
    (isReady, driverFault) = (result.isReady, result.fault)
    if wasReady, !isReady {
      noted = (fault, now.advanced(milliseconds: Self.toldFor))
    } else if now >= noted.until {
      noted.fault = .none
    }
    due = max(result.next, now.advanced(microseconds: 1))
  }

  /// Sends the motors' pulse widths as they lie in a frame, or their safe ones; channels between theirs are off. Returns whether
  /// the chip has taken them.
  mutating func write<Bus: I2CBus & ~Copyable>(
    _ frame: Frame?, _ bus: inout Bus, now: MonotonicTime
  ) -> Bool {
    guard isReady else { return false }
    var widths = InlineArray<16, Float>(repeating: 0)
    for motor in motors {
      let slot = motor.channel - first
      guard slot >= 0, slot < widths.count else { continue }
      if let frame {
        widths[slot] = motor.pulse.map { frame[$0] } ?? 0
      } else {
        widths[slot] = motor.safe
      }
    }
    do throws(BusError) {
      isReady = try driver.write(
        microseconds: widths.span.extracting(first: count), from: first, to: &bus, now: now)
      return isReady
    } catch {
      // The driver has counted the failure and says when it goes on; until a write succeeds it is a fault.
      driverFault = .transfer
      due = min(due, now.advanced(microseconds: 1))
      return false
    }
  }
}

extension Configuration {
  /// The names of the motors among signals, in the order of `actuators.motors`.
  public var motorNames: [String] {
    type(of: vehicle.parts).actuation.motors.map { String($0.map { $0 == " " ? "_" : $0 }) }
  }

  /// The signals of the motors' pulses, in µs as they are sent.
  public var pulseSignals: [String] { motorNames.map { "\($0).pulse" } }
}
