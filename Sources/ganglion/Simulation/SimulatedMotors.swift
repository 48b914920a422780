import ControlLoop
import Devices
import HardwareInterfaces
import Signals
import SimulatedHardware

/// The way from a tick's output to a simulated vehicle's motors: pulses of a chip on a bus or of the processor, and for
/// bridges their direction lines.
final class SimulatedMotors {
  /// The pulse generator on a bus; without use when the processor makes the pulses.
  let pulseDriver: SimulatedPCA9685
  /// The bridges, for a vehicle that has them.
  let bridgeChip: SimulatedTB6612?
  private let board: SimulatedBoard
  private let channels: [Int]
  private let places: ActuationPlaces
  /// Pulses of the processor's own outputs; `nil` for a vehicle whose pulses come from a chip on a bus.
  private var processorPulses: [Float]?
  // One of them for a vehicle with bridges.
  private var bridgesOnBus: BridgePair<SimulatedOutput, PulsesOnBus>?
  private var bridges: BridgePair<SimulatedOutput, SimulatedPulseOutput>?

  /// The motors of a configuration on a board whose enable line is `enable`.
  init(_ configuration: Configuration, _ table: SignalTable, board: SimulatedBoard, enable: String) {
    let actuators = configuration.actuators
    self.board = board
    places = ActuationPlaces(configuration, table)
    channels = actuators.motors.map(\.channel)
    pulseDriver = SimulatedPCA9685(oscillator: Double(actuators.driver.oscillatorHz))
    let isOnBus = actuators.driver.bus != nil
    if !isOnBus { processorPulses = channels.map { _ in 0 } }
    let lines = actuators.motors.compactMap(\.bridge)
    guard lines.count == 2 else {
      bridgeChip = nil
      return
    }
    let wiring = lines.enumerated().map { index, bridge in
      SimulatedTB6612.Wiring(
        forward: bridge.forward.line, reverse: bridge.reverse.line, pulses: Self.pulses(index))
    }
    bridgeChip = SimulatedTB6612(wiring, standby: enable, pulseRate: actuators.driver.actualRate)
    let rate = Float(actuators.driver.actualRate)
    func forward(_ index: Int) -> SimulatedOutput { board.output(wiring[index].forward) }
    func reverse(_ index: Int) -> SimulatedOutput { board.output(wiring[index].reverse) }
    if isOnBus {
      bridgesOnBus = BridgePair(
        left: TB6612(forward: forward(0), reverse: reverse(0), pulses: PulsesOnBus(), rate: rate),
        right: TB6612(forward: forward(1), reverse: reverse(1), pulses: PulsesOnBus(), rate: rate))
    } else {
      bridges = BridgePair(
        left: TB6612(
          forward: forward(0), reverse: reverse(0), pulses: board.pulseOutput(wiring[0].pulses), rate: rate),
        right: TB6612(
          forward: forward(1), reverse: reverse(1), pulses: board.pulseOutput(wiring[1].pulses), rate: rate))
    }
  }

  /// Name of the pulse output at a bridge.
  private static func pulses(_ motor: Int) -> String { "pulses-\(motor)" }

  /// How many motors there are.
  var count: Int { channels.count }

  /// Takes what a tick decided.
  func take(_ frame: Frame) {
    if processorPulses != nil { processorPulses = channels.indices.map { places.pulse($0, frame) } }
    let duties = places.duties(frame)
    // Simulated lines cannot fail.
    try? bridgesOnBus?.apply(duties)
    try? bridges?.apply(duties)
  }

  /// Width in µs of the pulses that reach a motor; `nil` when none do.
  func pulseWidth(_ motor: Int) -> Double? {
    guard channels.indices.contains(motor), board.outputsEnabled else { return nil }
    guard let processorPulses else { return pulseDriver.pulseWidth(channels[motor]) }
    return processorPulses[motor] > 0 ? Double(processorPulses[motor]) : nil
  }

  /// What the bridge of a motor does now.
  func bridge(_ motor: Int) -> SimulatedTB6612.Drive {
    guard let bridgeChip else { return .open }
    if processorPulses == nil {
      var pulses = board.pulseOutput(Self.pulses(motor))
      try? pulses.set(microseconds: Float(pulseDriver.pulseWidth(channels[motor]) ?? 0))
    }
    return board.drive(bridgeChip, bridge: motor)
  }
}
