import BenchmarkNetworks
import Files
import Foundation
import LiquidCore
import LiquidModel

private let help = """
  ganglion bench digests [options]

  Steps the benchmark networks over recorded input with irregular ts and prints, for each kernel that this processor has,
  a SHA-256 over the bits of every output. docs/portability.md lists what every machine prints.

    --network NAMES       only these, separated by commas (default: ncp19,ncp34,cfc64,cfc302,ltc19)
    --arithmetic NAMES    only these: int8, int16, float16, float32 (default: int8,int16)
    --steps N             so many steps (default 100000)
    --json                the result as one JSON object

  Example: ganglion bench digests --steps 1000
  """

/// `ganglion bench digests`.
func digestsCommand(_ arguments: [String]) -> ExitStatus {
  perform(
    "bench digests", help: help, arguments, options: ["network", "arithmetic", "steps"], flags: ["json"]
  ) { arguments in
    guard arguments.positional.isEmpty else { throw UsageError("expected no argument") }
    let networks =
      try arguments.choices("network", BenchmarkNetwork.self) ?? [.ncp19, .ncp34, .cfc64, .cfc302, .ltc19]
    let arithmetics = try arguments.choices("arithmetic", ModelFile.Arithmetic.self) ?? [.int8, .int16]
    let input = BenchmarkInput(
      seed: 2, steps: try arguments.integer("steps", atLeast: 1, atMost: 10_000_000) ?? 100_000)
    var rows: [[String: Any]] = []
    for network in networks {
      for file in try network.files(arithmetics) {
        for kernel in Kernel.allCases where kernel.isAvailable {
          let digest = try outputDigest(NetworkRuntime(file, kernel: kernel), input)
          let name = "\(network.rawValue)-\(file.arithmetic.rawValue)"
          rows.append(["network": name, "kernel": "\(kernel.name)", "sha256": digest])
          if !arguments.has("json") { Terminal.printResult("\(name) \(kernel.name) \(digest)") }
        }
      }
    }
    if arguments.has("json") { Terminal.printResult(Terminal.json(["steps": input.steps, "rows": rows])) }
    return .success
  }
}

/// SHA-256 over the bits of every output of a network, little-endian, as it steps over the input from rest.
func outputDigest(_ network: consuming NetworkRuntime, _ input: BenchmarkInput) throws -> String {
  var network = network
  var hash = SHA256()
  var outputs = [Float](repeating: 0, count: network.outputCount)
  var bytes: [UInt8] = []
  for step in 0..<input.steps {
    var span = outputs.mutableSpan
    try network.step(inputs: input.inputs(ofStep: step).span, ts: input.ts(ofStep: step), outputs: &span)
    bytes.removeAll(keepingCapacity: true)
    for output in outputs {
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: output.bitPattern >> shift)) }
    }
    hash.update(bytes.span)
  }
  return SHA256.hexadecimal(hash.finish())
}
