import BenchmarkNetworks
import Foundation
import LiquidModel

private let help = """
  ganglion bench core [options]

  The benchmark networks: wired NCPs of 19, 34, 64 and 302 neurons, dense CfCs of 64, 128 and 302. They and their input
  follow from seeds and are the same on every machine.

    --network NAMES        only these, separated by commas: ncp19, ncp34, ncp64, ncp302, cfc64, cfc128, cfc302
    --arithmetic NAMES     only these: int8, int16, float16, float32
    --write-models FOLDER  write each network in each arithmetic, NETWORK-ARITHMETIC.safetensors
    --write-inputs FILE    write recorded input, rows of 16 inputs and ts as little-endian float32
    --steps N              rows of that input (default 100000)
    --seed N               its seed (default 2; the networks are calibrated on seed 1)

  Example: ganglion bench core --write-models out/models --write-inputs out/inputs.f32
  """

/// `ganglion bench`.
func benchCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "bench", help: help, arguments,
    options: ["network", "arithmetic", "write-models", "write-inputs", "steps", "seed"], flags: []
  ) { arguments in
    guard try arguments.exactly("SUBJECT") == ["core"] else {
      throw UsageError("unknown subject '\(arguments.positional[0])'; it is core")
    }
    let networks = try arguments.choices("network", BenchmarkNetwork.self) ?? BenchmarkNetwork.allCases
    let arithmetics =
      try arguments.choices("arithmetic", ModelFile.Arithmetic.self) ?? [.int8, .int16, .float16, .float32]
    let steps = try arguments.integer("steps", atLeast: 1) ?? 100_000
    let seed = try arguments.integer("seed", atLeast: 0) ?? 2
    guard arguments.value("write-models") != nil || arguments.value("write-inputs") != nil else {
      throw UsageError("--write-models FOLDER or --write-inputs FILE is needed")
    }
    if let folder = arguments.value("write-models") {
      try writeModels(networks, arithmetics, to: folder)
    }
    if let path = arguments.value("write-inputs") {
      try writeInputs(seed: UInt64(seed), steps: steps, to: path)
    }
    return .success
  }
}

extension Arguments {
  /// The names that an option lists, separated by commas.
  fileprivate func choices<Choice: RawRepresentable<String> & CaseIterable>(
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

private func writeModels(
  _ networks: [BenchmarkNetwork], _ arithmetics: [ModelFile.Arithmetic], to folder: String
) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for network in networks {
    for arithmetic in arithmetics {
      let path = "\(folder)/\(network.rawValue)-\(arithmetic.rawValue).safetensors"
      try network.file(arithmetic).write(path: path)
      Terminal.printResult("wrote \(path)")
    }
  }
}

private func writeInputs(seed: UInt64, steps: Int, to path: String) throws {
  let bytes = BenchmarkInput(seed: seed, steps: steps).bytes
  try Data(bytes).write(to: URL(filePath: path))
  Terminal.printResult("wrote \(path), \(steps) rows of \(BenchmarkInput.columns) numbers")
}
