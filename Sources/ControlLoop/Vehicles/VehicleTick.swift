import HardwareInterfaces
import LiquidModel

/// The tick of every vehicle, around the `Logic` of one kind.
struct VehicleTick<Logic: VehicleLogic>: ~Copyable {
  private let settings: TickSettings
  private var voter: SensorVoter
  private var logic: Logic
  private var safety: SafetyMonitor
  private var network: NetworkController
  private var lastCommand = BodyCommand.none
  private var consecutiveMisses: UInt32 = 0
  private var classicalFailed = false
  private var firstTick: MonotonicTime?
  /// See `VehicleController`.
  var othersFly = false

  init(
    _ configuration: Configuration, _ parts: Logic.Parts, network: consuming NetworkRuntime?,
    timing: NetworkTiming
  ) {
    settings = TickSettings(configuration)
    voter = SensorVoter(configuration)
    logic = Logic(configuration, parts)
    safety = SafetyMonitor { configuration.failsafe.rule(for: $0) }
    self.network = NetworkController(network, configuration.network, timing: timing)
  }

  /// Moves on by one tick, and puts what it decided into an empty `output`.
  mutating func step(_ input: TickInput, _ output: inout TickOutput) {
    guard voter.chooses else {
      output.votes = voter.judge(input)
      return decide(input, &output)
    }
    var chosen = input
    output.votes = voter.vote(&chosen)
    decide(chosen, &output)
  }

  /// The tick as it goes on with one sensor of each kind.
  @inline(never)
  private mutating func decide(_ input: TickInput, _ output: inout TickOutput) {
    let seconds = Float(input.elapsed) * 1e-9
    output.estimate = logic.estimate(input, armed: safety.mode.isArmed || isFlownByOthers)
    monitor(input, &output)

    let plan = logic.plan(
      TickSituation(
        setpoint: input.setpoint, estimate: output.estimate, mode: safety.mode, isArmed: safety.mode.isArmed,
        seconds: seconds, lastCommand: lastCommand))
    output.classicalCommand = plan.classical
    if plan.begins { network.reset() }
    if !safety.mode.isArmed {
      // Only the last step's failure counts, or a vehicle could never arm again.
      network.recover()
      classicalFailed = false
    }
    let networkCommand = network.step(plan.signals, elapsed: input.elapsed, &output)

    let command = plan.acts ? choose(networkCommand, &output) : .none
    actuate(command, acts: plan.acts, seconds: seconds, &output)
  }

  /// A recording that begins in flight still has to find its attitude and its bias, as on the ground.
  private var isFlownByOthers: Bool { othersFly && logic.attitudeIsKnown && logic.gyroBiasIsKnown }

  // MARK: - Safety

  private mutating func monitor(_ input: TickInput, _ output: inout TickOutput) {
    consecutiveMisses = input.missed == 0 ? 0 : consecutiveMisses &+ input.missed
    var facts = SafetyFacts()
    facts.time = input.time
    facts.armRequested = input.setpoint.arm
    facts.conditions = conditions(input, output.estimate) | output.votes.conditions
    let start = firstTick ?? input.time
    firstTick = start
    if !safety.mode.isArmed, input.time.nanoseconds(since: start) < VehicleController.startUpTime {
      facts.conditions &= FailsafeCondition.killSwitch.bit
    }
    facts.inhibits = inhibits(input, output.estimate)
    facts.onGround = logic.isAtRest
    if safety.step(facts) {
      logic.arm()
      lastCommand = .none
      network.recover()
      classicalFailed = false
    }
    output.mode = safety.mode
    // A vehicle that is armed has nothing to be held back from.
    output.inhibits = safety.mode.isArmed ? 0 : safety.inhibits
    output.faults = safety.reacting
  }

  private func conditions(_ input: TickInput, _ estimate: Estimate) -> UInt32 {
    var mask = logic.conditions(input, estimate)
    let now = input.time
    mask.set(
      FailsafeCondition.imuStale.bit,
      when: input.inertial.isMissing(at: now, staleAfter: settings.inertialStaleAfter))
    mask.set(FailsafeCondition.attitudeLost.bit, when: !logic.attitudeIsKnown || classicalFailed)
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
    var mask = logic.inhibits(input, estimate)
    let now = input.time
    mask.set(
      ArmingInhibit.inertialSensor.bit,
      when: input.inertial.health(at: now, staleAfter: settings.inertialStaleAfter) != .good)
    mask.set(ArmingInhibit.attitude.bit, when: !logic.attitudeIsKnown)
    mask.set(ArmingInhibit.gyroscope.bit, when: !logic.gyroBiasIsKnown)
    mask.set(ArmingInhibit.moving.bit, when: estimate.rateSquared > settings.stillRate * settings.stillRate)
    mask.set(ArmingInhibit.tilted.bit, when: estimate.cosineOfTilt < settings.armingCosineOfTilt)
    mask.set(
      ArmingInhibit.battery.bit,
      when: input.power.isPresent && (input.power.sequence == 0 || estimate.voltage < settings.armingVoltage))
    mask.set(ArmingInhibit.actuators.bit, when: input.actuatorFault != .none)
    mask.set(ArmingInhibit.network.bit, when: settings.networkFlies && network.hasFailed)
    mask.set(ArmingInhibit.overruns.bit, when: consecutiveMisses > settings.maximumConsecutiveMisses)
    return mask
  }

  // MARK: - Command

  /// The network's command when the network flies and has one, else the classical controller's.
  private mutating func choose(_ networkCommand: BodyCommand?, _ output: inout TickOutput) -> BodyCommand {
    if settings.networkFlies, !safety.isClassical, let networkCommand {
      do throws(CommandFault) {
        let command = try logic.limited(networkCommand)
        output.controller = .network
        return command
      } catch {
        network.fail()
      }
    }
    output.controller = .classical
    do throws(CommandFault) {
      return try logic.limited(logic.fallback(output.classicalCommand, output.estimate))
    } catch {
      // The safety logic disarms in the next tick; until then the motors keep what they have.
      classicalFailed = true
      return lastCommand
    }
  }

  private mutating func actuate(
    _ command: BodyCommand, acts: Bool, seconds: Float, _ output: inout TickOutput
  ) {
    guard safety.mode.isArmed else {
      lastCommand = .none
      output.motors = FixedVector(zeros: settings.safePulses.count)
      output.pulses = settings.safePulses
      return
    }
    lastCommand = command
    output.command = command
    output.enable = true
    logic.drive(command, acts: acts, seconds: seconds, &output)
  }
}

extension UInt32 {
  /// Sets the bits of `bit` when `holds`.
  mutating func set(_ bit: UInt32, when holds: Bool) {
    if holds { self |= bit }
  }
}
