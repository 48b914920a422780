import HardwareInterfaces
import LiquidModel

/// The vehicle's whole control logic: estimator, network, classical controller, safety, limits and mixer.
///
/// `step` is a pure function of the controller's state and its input: it looks at no clock, file or bus, takes
/// no heap block and never waits. That is what makes a log replay bit for bit.
public struct VehicleController: ~Copyable {
  private let settings: ControllerSettings
  private var estimator: AttitudeAltitudeEstimator
  private var safety: SafetyMonitor
  private var phase = FlightPhase()
  private var classical: ClassicalController
  private var network: NetworkController
  private var slew: MotorSlew
  private var override = SetpointOverride()
  private var lastCommand = BodyCommand.none
  private var carried: CarriedThrust
  private var consecutiveMisses: UInt32 = 0
  private var classicalFailed = false
  private var firstTick: MonotonicTime?

  /// How long after its first tick a vehicle that is not armed may be without what its sensors have yet to give,
  /// in ns: the chips and filters are still starting.
  public static let startUpTime: Int64 = 1_500_000_000

  /// A controller at rest, for a configuration that was found valid.
  ///
  /// - Parameters:
  ///   - network: The network to step; without one the classical controller flies.
  ///   - timing: What the network's `ts` means; ignored without a network.
  public init(_ configuration: Configuration, network: consuming NetworkRuntime?, timing: NetworkTiming) {
    settings = ControllerSettings(configuration)
    estimator = AttitudeAltitudeEstimator(settings: EstimatorSettings(configuration.estimator))
    safety = SafetyMonitor { configuration.failsafe.rules[$0] ?? $0.standardRule }
    classical = ClassicalController()
    self.network = NetworkController(network, configuration.network, timing: timing)
    carried = CarriedThrust(settings.hoverThrust)
    slew = MotorSlew(perSecond: Float(configuration.actuators.slewPerSecond))
  }

  /// Moves on by one tick.
  public mutating func step(_ input: TickInput) -> TickOutput {
    var output = TickOutput()
    let seconds = Float(input.elapsed) * 1e-9
    output.estimate = estimator.update(input, armed: safety.isArmed)
    monitor(input, &output)

    let setpoint = override.apply(
      to: input.setpoint, mode: safety.mode, estimate: output.estimate,
      altitudeIsKnown: estimator.health.altitudeValid,
      seconds: seconds, largestTilt: settings.largestTilt)
    let wasFlying = phase.isFlying
    let isFlying = phase.update(
      estimate: output.estimate, setpoint: setpoint, seconds: seconds, armed: safety.isArmed,
      mayTakeOff: safety.mode == .active)
    carried.update(
      command: lastCommand, estimate: output.estimate, seconds: seconds,
      isKnown: isFlying && estimator.health.altitudeValid)
    output.classicalCommand = classical.step(
      estimate: output.estimate, setpoint: setpoint, elapsed: seconds, flying: isFlying)
    if isFlying && !wasFlying { network.reset() }
    if !safety.isArmed {
      // Only the last step's failure counts, or a vehicle could never arm again.
      network.recover()
      classicalFailed = false
    }
    let signals = SignalValues(
      estimate: output.estimate, setpoint: setpoint, integrals: classical.integrals)
    let networkCommand = network.step(signals, elapsed: input.elapsed, &output)

    let command = isFlying ? choose(networkCommand, &output) : .none
    actuate(command, isFlying: isFlying, seconds: seconds, &output)
    return output
  }

  // MARK: - Safety

  private mutating func monitor(_ input: TickInput, _ output: inout TickOutput) {
    consecutiveMisses = input.missed == 0 ? 0 : consecutiveMisses &+ input.missed
    var facts = SafetyFacts()
    facts.time = input.time
    facts.armRequested = input.setpoint.arm
    facts.conditions = conditions(input, output.estimate)
    let start = firstTick ?? input.time
    firstTick = start
    if !safety.isArmed, input.time.nanoseconds(since: start) < Self.startUpTime {
      facts.conditions &= FailsafeCondition.killSwitch.bit
    }
    facts.inhibits = inhibits(input, output.estimate)
    facts.onGround = !phase.isFlying || override.blindLandingIsOver
    if safety.step(facts) {
      slew.reset(to: MotorValues(all: 0))
      lastCommand = .none
      carried = CarriedThrust(settings.hoverThrust)
      network.recover()
      classicalFailed = false
    }
    output.mode = safety.mode
    // A vehicle that is armed has nothing to be held back from.
    output.inhibits = safety.isArmed ? 0 : safety.inhibits
    output.faults = safety.reacting
  }

  private func conditions(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    let now = input.time
    let health = estimator.health
    mask.set(
      FailsafeCondition.imuStale.bit,
      when: input.inertial.isMissing(at: now, staleAfter: settings.inertialStaleAfter))
    mask.set(FailsafeCondition.attitudeLost.bit, when: !health.attitudeValid || classicalFailed)
    mask.set(
      FailsafeCondition.rangeStale.bit,
      when: input.range.isMissing(at: now, staleAfter: settings.rangeStaleAfter))
    mask.set(
      FailsafeCondition.barometerStale.bit,
      when: input.pressure.isMissing(at: now, staleAfter: settings.pressureStaleAfter))
    mask.set(FailsafeCondition.altitudeLost.bit, when: !health.altitudeValid)
    mask.set(
      FailsafeCondition.powerStale.bit,
      when: input.power.isMissing(at: now, staleAfter: settings.powerStaleAfter))
    mask.set(FailsafeCondition.networkFault.bit, when: settings.networkFlies && network.hasFailed)
    mask.set(FailsafeCondition.tilt.bit, when: estimate.cosineOfTilt < settings.failsafeCosineOfTilt)
    mask.set(FailsafeCondition.overruns.bit, when: consecutiveMisses > settings.maximumConsecutiveMisses)
    mask.set(
      FailsafeCondition.lowBattery.bit,
      when: input.power.sequence > 0 && estimate.voltage < settings.lowVoltage)
    mask.set(FailsafeCondition.actuatorFault.bit, when: input.actuatorFault != .none)
    mask.set(FailsafeCondition.killSwitch.bit, when: input.killSwitch)
    return mask
  }

  private func inhibits(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask: UInt32 = 0
    let health = estimator.health
    let now = input.time
    mask.set(
      ArmingInhibit.inertialSensor.bit,
      when: input.inertial.health(at: now, staleAfter: settings.inertialStaleAfter) != .good)
    mask.set(ArmingInhibit.attitude.bit, when: !health.attitudeValid)
    mask.set(ArmingInhibit.moving.bit, when: estimate.rateSquared > settings.stillRate * settings.stillRate)
    mask.set(ArmingInhibit.tilted.bit, when: estimate.cosineOfTilt < settings.armingCosineOfTilt)
    mask.set(ArmingInhibit.altitude.bit, when: !health.altitudeValid)
    mask.set(
      ArmingInhibit.battery.bit,
      when: input.power.isPresent && (input.power.sequence == 0 || estimate.voltage < settings.armingVoltage))
    mask.set(ArmingInhibit.actuators.bit, when: input.actuatorFault != .none)
    mask.set(ArmingInhibit.network.bit, when: settings.networkFlies && network.hasFailed)
    mask.set(ArmingInhibit.overruns.bit, when: consecutiveMisses > settings.maximumConsecutiveMisses)
    mask.set(ArmingInhibit.throttle.bit, when: input.setpoint.altitude > FlightPhase.takeOffAltitude)
    return mask
  }

  // MARK: - Command

  /// The network's command when the network flies and has one, else the classical controller's.
  private mutating func choose(_ networkCommand: BodyCommand?, _ output: inout TickOutput) -> BodyCommand {
    if settings.networkFlies, !safety.isClassical, let networkCommand {
      do throws(CommandFault) {
        let command = try settings.limits.limit(networkCommand)
        output.controller = .network
        return command
      } catch {
        network.fail()
      }
    }
    output.controller = .classical
    do throws(CommandFault) {
      var wanted = output.classicalCommand
      if override.isBlind { wanted.thrust = carried.sinking(estimate: output.estimate) }
      return try settings.limits.limit(wanted)
    } catch {
      // The safety logic disarms in the next tick; until then the motors keep what they have.
      classicalFailed = true
      return lastCommand
    }
  }

  private mutating func actuate(
    _ command: BodyCommand, isFlying: Bool, seconds: Float, _ output: inout TickOutput
  ) {
    guard safety.isArmed else {
      lastCommand = .none
      output.motors = FixedVector(zeros: settings.pulses.count)
      output.pulses = settings.safePulses
      return
    }
    lastCommand = command
    output.command = command
    output.enable = true
    let wanted = isFlying ? settings.mixer.thrusts(command) : MotorValues(all: settings.mixer.idle)
    let thrusts = slew.limit(wanted, seconds: seconds)
    for motor in 0..<settings.pulses.count {
      output.motors.append(thrusts[motor])
      let range = settings.pulses[motor]
      output.pulses.append(
        range.minimum + QuadMixer.speed(forThrust: thrusts[motor]) * (range.maximum - range.minimum))
    }
  }
}

extension UInt32 {
  /// Sets the bits of `bit` when `holds`.
  fileprivate mutating func set(_ bit: UInt32, when holds: Bool) {
    if holds { self |= bit }
  }
}
