import BenchmarkNetworks
import Files
import Foundation
import LiquidCore
import LiquidModel

private let help = """
  ganglion bench core [options]          (accuracy, digests and loop have a --help of their own)

  Measures one step of the benchmark networks in every arithmetic, beside a plain C program of the same networks
  (scripts/bench/yardstick.c), compiled with gcc for this machine and run in turns with ours. Without gcc the times are
  there and the ratios are not. The networks and their input follow from seeds and are the same on every machine.

    --network NAMES        only these, separated by commas: ncp19, ncp34, ncp64, ncp302, cfc64, cfc128, cfc302,
                         ltc19, which the C program does not compute
                           (default: ncp19, ncp64, cfc64, cfc128, cfc302; for --write-models all)
    --arithmetic NAMES     only these: int8, int16, float16, float32
    --kernel NAMES         only these instructions: portable, avx2, avx512vnni, neon, neondot, as far as the processor has
                           them, or best (default: all that it has)
    --march NAME           what gcc compiles the C program for (default native, this processor)
    --rounds N             rounds of measurement (default 101)
    --json                 the result as one JSON object, times in microseconds

  Instead of measuring:

    --write-models FOLDER  write each network in each arithmetic, NETWORK-ARITHMETIC.safetensors, and for the C program,
                           NETWORK.yardstick
    --write-inputs FILE    write the input, rows of 16 inputs and ts as little-endian float32
    --steps N              rows of that input (default 100000)
    --replace              replace files that exist
    --seed N               its seed (default 2, which is measured on; the networks are calibrated on seed 1)

  Example: ganglion bench core --network ncp19,cfc64 --rounds 21
  """

/// `ganglion bench`.
func benchCommand(_ arguments: [String]) -> ExitStatus {
  switch arguments.first {
  case "digests": return digestsCommand(Array(arguments.dropFirst()))
  case "accuracy": return accuracyCommand(Array(arguments.dropFirst()))
  case "load": return loadCommand(Array(arguments.dropFirst()))
  case "loop": return benchLoopCommand(Array(arguments.dropFirst()))
  default: break
  }
  return benchCoreCommand(arguments)
}

/// `ganglion bench core`.
private func benchCoreCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "bench", help: help, arguments,
    options: [
      "network", "arithmetic", "kernel", "march", "rounds", "write-models", "write-inputs", "steps", "seed",
    ],
    flags: ["json", "replace"]
  ) { arguments in
    guard try arguments.exactly("SUBJECT") == ["core"] else {
      throw UsageError(
        "unknown subject '\(arguments.positional[0])'; it is core, accuracy, load, loop or digests")
    }
    let networks = try arguments.choices("network", BenchmarkNetwork.self)
    var plan = CoreBenchmark.Plan()
    plan.networks = networks ?? plan.networks
    plan.arithmetics = try arguments.choices("arithmetic", ModelFile.Arithmetic.self) ?? plan.arithmetics
    if let names = arguments.value("kernel") { plan.kernels = try kernels(names) }
    plan.march = arguments.value("march") ?? plan.march
    plan.rounds = try arguments.integer("rounds", atLeast: 1, atMost: 1_000_000) ?? plan.rounds
    let steps = try arguments.integer("steps", atLeast: 1, atMost: 10_000_000)
    let seed = try arguments.integer("seed", atLeast: 0)
    let (folder, path) = (arguments.value("write-models"), arguments.value("write-inputs"))
    let replacing = arguments.has("replace")
    guard !replacing || folder != nil || path != nil else {
      throw UsageError("--replace belongs to --write-models and --write-inputs")
    }
    guard path != nil || steps == nil && seed == nil else {
      throw UsageError("--steps and --seed belong to --write-inputs")
    }
    if let folder {
      try writeModels(
        networks ?? BenchmarkNetwork.allCases, plan.arithmetics, to: folder, replacing: replacing)
    }
    if let path {
      try writeInputs(
        seed: UInt64(seed ?? Int(CoreBenchmark.seed)), steps: steps ?? 100_000, to: path, replacing: replacing
      )
    }
    if folder == nil, path == nil {
      try measure(plan, json: arguments.has("json"))
    }
    return .success
  }
}

extension Arguments {
  /// The names that an option lists, separated by commas.
  func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ option: String, _ kind: Choice.Type
  ) throws(UsageError) -> [Choice]? {
    guard let text = value(option) else { return nil }
    var chosen: [Choice] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let choice = Choice(rawValue: String(name)) else {
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--\(option) takes \(known), separated by commas, not '\(name)'")
      }
      chosen.append(choice)
    }
    return chosen
  }
}

/// The kernels that a list names.
private func kernels(_ names: String) throws -> [Kernel] {
  try names.split(separator: ",", omittingEmptySubsequences: false).map { name in
    if name == "best" { return .best }
    guard let kernel = Kernel.allCases.first(where: { "\($0.name)" == name }) else {
      let known = Kernel.allCases.map { "\($0.name)" }.joined(separator: ", ")
      throw UsageError("--kernel takes \(known) or best, separated by commas, not '\(name)'")
    }
    guard kernel.isAvailable else {
      let available = Kernel.allCases.filter(\.isAvailable).map { "\($0.name)" }.joined(separator: ", ")
      throw CommandFailure("this processor does not have \(kernel.name), only \(available)")
    }
    return kernel
  }
}

private func measure(_ plan: CoreBenchmark.Plan, json: Bool) throws {
  let source = yardstickSource()
  let benchmark = try CoreBenchmark(plan, yardstickSource: source, progress: Terminal.showProgress)
  Terminal.endProgress()
  let report = CoreBenchmarkReport(benchmark: benchmark, plan: plan)
  Terminal.printResult(json ? Terminal.json(report.json) : report.text)
}

/// The yardstick's source, or nil, with a word why, when it cannot be compiled here.
private func yardstickSource() -> String? {
  guard let source = Yardstick.findSource() else {
    Terminal.printWarning("bench: no ratios: run it in Ganglion's folder, where scripts/bench/yardstick.c is")
    return nil
  }
  guard Yardstick.compilerIsInstalled else {
    Terminal.printWarning(
      "bench: no ratios: gcc is not installed (on Debian and Ubuntu, apt-get install gcc)")
    return nil
  }
  return source
}

private func writeModels(
  _ networks: [BenchmarkNetwork], _ arithmetics: [ModelFile.Arithmetic], to folder: String,
  replacing: Bool
) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for network in networks {
    for file in try network.files(arithmetics) {
      let path = "\(folder)/\(network.rawValue)-\(file.arithmetic.rawValue).safetensors"
      try file.write(path: path, replacing: replacing)
      Terminal.printResult("wrote \(path)")
    }
    guard network.kind != .timeConstant else { continue }
    let path = "\(folder)/\(network.rawValue).yardstick"
    try OutputFile.write([UInt8](try network.model.yardstickFile()), path: path, replacing: replacing)
    Terminal.printResult("wrote \(path)")
  }
}

private func writeInputs(seed: UInt64, steps: Int, to path: String, replacing: Bool) throws {
  let bytes = BenchmarkInput(seed: seed, steps: steps).bytes
  try OutputFile.write([UInt8](bytes), path: path, replacing: replacing)
  Terminal.printResult("wrote \(path), \(steps) rows of \(BenchmarkInput.columns) numbers")
}
