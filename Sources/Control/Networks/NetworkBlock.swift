import LiquidCore
import LiquidModel
import Signals

/// A network: signals in, scaled results out.
///
/// It steps whether what it reads is valid or not, so that its inputs and outputs are in the log from the start. A step that fails
/// changes nothing of the network, gives zeros and says so. Without a network it only shows the inputs that one would have.
struct NetworkBlock: Block, ~Copyable {
  static let description = BlockDescription(
    "network",
    about: "A CfC or LTC network; its results, scaled, are outputs of the names that the settings give.",
    settings: [
      SettingDescription(
        "scale", .numbers(-1e12...1e12, count: 0...512, unit: .none),
        about: "factor of each input, in the order of the inputs"),
      SettingDescription(
        "offset", .numbers(-1e12...1e12, count: 0...512, unit: .none),
        about: "what is added to each scaled input"
      ).counted(by: "scale"),
      SettingDescription(
        "outputs", .names(count: 1...64), about: "names of the results, in the network's order"),
      SettingDescription(
        "output_scale", .numbers(-1e12...1e12, count: 1...64, unit: .none), about: "factor of each result"
      ).counted(by: "outputs"),
      SettingDescription(
        "output_offset", .numbers(-1e12...1e12, count: 1...64, unit: .none),
        about: "what is added to each scaled result"
      ).counted(by: "outputs"),
      .number("time_unit", 1e-9...1e9, .second, 1, "what ts = 1 stands for"),
      .number("largest_ts", 0...1e9, .none, 1, "largest ts of the network; a longer time counts as this"),
      SettingDescription(
        "computes", .flag, standard: .flag(true),
        about: "whether there is a network, or its inputs are shown only"),
      .number(
        "state_words", 0...1024, .none, 0,
        "words of 8 bytes that the network's state takes, when it is to be logged; 0 when it is not"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    let inputs = settings.numbers("scale").count
    return BlockPorts(
      inputs: [
        InputPort("inputs", .number, unit: nil, count: inputs...inputs, about: "what the network reads"),
        .elapsed,
        InputPort("reset", .flag, unit: nil, count: 0...1, about: "puts its state to rest before the step"),
      ],
      outputs: (inputs == 0
        ? [] : [OutputPort("input", .number, width: inputs, about: "the inputs as the network gets them")])
        + (settings.flag("computes") ? results(settings) : []),
      invalidity: .goesOn)
  }

  private static func results(_ settings: BlockSettings) -> [OutputPort] {
    let names = settings.names("outputs")
    return [
      OutputPort(
        "output", .number, width: max(names.count, 1), about: "the outputs as the network gives them"),
      OutputPort("ts", .number, about: "elapsed time in the network's unit"),
      OutputPort("digest", .word, about: "digest of the network's whole state behind the step"),
    ] + OutputPort.flags("failed") + NetworkSignals.limits.map { OutputPort($0.flag, .flag, about: $0.text) }
      + names.map { OutputPort($0, .number, about: "an output as the configuration scales it") }
      + (settings.number("state_words") >= 1
        ? [
          OutputPort(
            NetworkSignals.state, .word, width: Int(settings.number("state_words")), isLogged: false,
            about: "the state's bytes behind the step")
        ] : [])
  }

  /// A factor and what is added.
  private struct Line: BitwiseCopyable {
    var scale, offset: Float
  }

  private let inputs: InputList<Float>
  private let elapsed: Input<Int64>
  private let reset: Input<Bool>?
  private let input: OutputVector<Float>
  private let inputLines: UnsafeBufferPointer<Line>
  /// Where what a network says goes; `nil` without one.
  private let results: Results?
  private let timeUnit, largestTS: Double
  private var network: NetworkRuntime?

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (inputs, elapsed) = (wiring.inputList("inputs"), wiring.input("elapsed"))
    reset = wiring.optionalInput("reset")
    let count = min(inputs.count, settings.numbers("scale").count)
    input = count == 0 ? OutputVector(0, count: 0) : wiring.outputVector("input", count: count)
    inputLines = wiring.table(Self.lines(settings, "scale", "offset", count))
    results = settings.flag("computes") ? Results(settings, &wiring) : nil
    (timeUnit, largestTS) = (settings.number("time_unit"), settings.number("largest_ts"))
    network = wiring.takeNetwork()
    // The runtime looks their types up the first time, under a lock: now, and not in flight.
    network?.reset()
    _ = network?.stateDigest()
    if results?.state != nil { _ = network?.copyState() }
  }

  private static func lines(_ settings: BlockSettings, _ scale: String, _ offset: String, _ count: Int)
    -> [Line]
  {
    let (scales, offsets) = (settings.numbers(scale), settings.numbers(offset))
    return (0..<count).map {
      Line(
        scale: $0 < scales.count ? Float(scales[$0]) : 1, offset: $0 < offsets.count ? Float(offsets[$0]) : 0)
    }
  }

  mutating func step(_ frame: Frame) {
    if let reset, frame[reset] { network?.reset() }
    let values = frame[input]
    for index in 0..<input.count {
      values[index] = frame[inputs[index]] * inputLines[index].scale + inputLines[index].offset
    }
    guard let results else { return }
    let time = Double(frame[elapsed]) * 1e-9 / timeUnit
    frame[results.ts] = Float(min(max(time, 0), largestTS))
    frame[results.timeLimited] = time > largestTS
    do throws(NetworkError) {
      try stepNetwork(UnsafeBufferPointer(values), frame[results.ts], into: frame[results.output])
      note(results, frame)
    } catch {
      results.fail(frame)
    }
  }

  /// The network's step. On its own because a closure of Swift 6.2 cannot make a span of what it captures.
  private mutating func stepNetwork(
    _ inputs: UnsafeBufferPointer<Float>, _ ts: Float, into outputs: UnsafeMutableBufferPointer<Float>
  ) throws(NetworkError) {
    var results = outputs.mutableSpan
    try network?.step(inputs: inputs.span, ts: ts, outputs: &results)
  }

  private mutating func note(_ results: Results, _ frame: Frame) {
    guard network != nil else { return results.fail(frame) }
    frame[results.failed] = false
    frame[results.digest] = network?.stateDigest() ?? 0
    if let state = results.state {
      do throws(NetworkError) {
        try network?.copyState(into: UnsafeMutableRawBufferPointer(frame[state]))
      } catch {
        // There is room for less than the network's state.
        return results.fail(frame)
      }
    }
    if let saturation = network?.saturation {
      frame[results.inputLimited] = saturation.lastInputs > 0
      frame[results.stateLimited] = saturation.lastStates > 0
    }
    results.scale(frame)
  }

  /// Where what a network says goes.
  private struct Results: BitwiseCopyable {
    let output: OutputVector<Float>
    let ts: Output<Float>
    let digest: Output<UInt64>
    let failed, inputLimited, stateLimited, timeLimited: Output<Bool>
    /// Where its state goes, when it is to be logged.
    let state: OutputVector<UInt64>?
    private let lines: UnsafeBufferPointer<Line>
    private let scaled: UnsafeBufferPointer<Output<Float>>

    init(_ settings: BlockSettings, _ wiring: inout Wiring) {
      let names = settings.names("outputs")
      output = wiring.outputVector("output", count: names.count)
      (ts, digest, failed) = (wiring.output("ts"), wiring.output("digest"), wiring.output("failed"))
      (inputLimited, stateLimited) = (wiring.output("input_limited"), wiring.output("state_limited"))
      timeLimited = wiring.output("time_limited")
      lines = wiring.table(NetworkBlock.lines(settings, "output_scale", "output_offset", names.count))
      var scaled: [Output<Float>] = []
      for name in names { scaled.append(wiring.output(name)) }
      self.scaled = wiring.table(scaled)
      let words = Int(settings.number("state_words"))
      state = words > 0 ? wiring.outputVector(NetworkSignals.state, count: words) : nil
    }

    /// Writes what the network's outputs mean.
    func scale(_ frame: Frame) {
      let values = frame[output]
      for index in 0..<output.count {
        frame[scaled[index]] = values[index] * lines[index].scale + lines[index].offset
      }
    }

    /// Says that the step failed.
    func fail(_ frame: Frame) {
      (frame[failed], frame[digest]) = (true, 0)
      (frame[inputLimited], frame[stateLimited]) = (false, false)
      let values = frame[output]
      for index in 0..<output.count {
        values[index] = 0
        frame[scaled[index]] = 0
      }
    }
  }
}
