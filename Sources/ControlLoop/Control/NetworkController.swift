import LiquidCore
import LiquidModel

/// What a network's elapsed time means.
public struct NetworkTiming: Sendable, Equatable {
  /// Seconds that ts = 1 stands for.
  public var unit: Double
  /// Largest ts that the network was made for; a longer time counts as this.
  public var largest: Double

  /// A timing from its parts.
  public init(unit: Double, largest: Double) {
    (self.unit, self.largest) = (unit, largest)
  }
}

/// The network as a controller: signals in, a command out.
///
/// It steps in every tick, flying or not, so that its inputs and outputs are in the log from the start.
struct NetworkController: ~Copyable {
  private var network: NetworkRuntime?
  private var inputs = InlineArray<64, Input>(repeating: Input())
  private var inputCount = 0
  private var outputs = InlineArray<16, Output>(repeating: Output())
  private var outputCount = 0
  private let timing: NetworkTiming
  /// Whether a step failed since the vehicle armed last.
  private(set) var hasFailed = false

  private struct Input {
    var signal = Signal.roll
    var scale: Float = 0
    var offset: Float = 0
  }

  private struct Output {
    var channel = CommandChannel.thrust
    var scale: Float = 0
    var offset: Float = 0
  }

  init(_ network: consuming NetworkRuntime?, _ section: Configuration.Network?, timing: NetworkTiming) {
    self.network = network
    self.timing = timing
    for input in section?.inputs ?? [] where inputCount < inputs.count {
      inputs[inputCount] = Input(signal: input.signal, scale: Float(input.scale), offset: Float(input.offset))
      inputCount += 1
    }
    for output in section?.outputs ?? [] where outputCount < outputs.count {
      outputs[outputCount] = Output(
        channel: output.command, scale: Float(output.scale), offset: Float(output.offset))
      outputCount += 1
    }
  }

  /// Puts the network's state to rest, as at the start of a flight.
  mutating func reset() { network?.reset() }

  /// Takes note that the network's command could not be used.
  mutating func fail() { hasFailed = true }

  /// Forgets past failures.
  mutating func recover() { hasFailed = false }

  /// Steps the network and notes what it saw and said; its command, or `nil` without a network or when the
  /// step failed.
  mutating func step(_ signals: SignalValues, elapsed: Int64, _ output: inout TickOutput) -> BodyCommand? {
    for index in 0..<inputCount {
      let input = inputs[index]
      output.networkInputs.append(signals[input.signal] * input.scale + input.offset)
    }
    guard network != nil else { return nil }
    let ts = Double(elapsed) * 1e-9 / timing.unit
    output.ts = Float(min(max(ts, 0), timing.largest))
    if ts > timing.largest { output.networkLimits.insert(.elapsed) }
    var results = InlineArray<16, Float>(repeating: 0)
    do throws(NetworkError) {
      let inputs = output.networkInputs.storage
      let ts = output.ts
      var span = results.mutableSpan
      try span.withUnsafeMutableBufferPointer { buffer throws(NetworkError) in
        try step(inputs, ts, into: buffer)
      }
    } catch {
      hasFailed = true
      return nil
    }
    output.stateDigest = network?.stateDigest() ?? 0
    if let saturation = network?.saturation {
      if saturation.lastInputs > 0 { output.networkLimits.insert(.inputs) }
      if saturation.lastStates > 0 { output.networkLimits.insert(.states) }
    }
    var command = BodyCommand.none
    for index in 0..<outputCount {
      output.networkOutputs.append(results[index])
      command.set(outputs[index].channel, results[index] * outputs[index].scale + outputs[index].offset)
    }
    return command
  }

  /// The network's step. On its own because a closure of Swift 6.2 cannot make a span of an array that it captures.
  private mutating func step(
    _ inputs: InlineArray<64, Float>, _ ts: Float, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws(NetworkError) {
    var results = UnsafeMutableBufferPointer(rebasing: buffer[..<outputCount]).mutableSpan
    try network?.step(inputs: inputs.span.extracting(first: inputCount), ts: ts, outputs: &results)
  }
}

extension BodyCommand {
  /// Sets one part of the command.
  mutating func set(_ channel: CommandChannel, _ value: Float) {
    switch channel {
    case .thrust: thrust = value
    case .rollTorque: roll = value
    case .pitchTorque: pitch = value
    case .yawTorque, .turn: yaw = value
    case .drive: drive = value
    }
  }
}
