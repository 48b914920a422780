import BenchmarkNetworks
import Foundation
import LiquidCore
import LiquidModel
import VehicleRuntime

/// Measures a step of the benchmark networks, beside the yardstick, round by round.
struct CoreBenchmark {
  /// What is measured.
  struct Plan {
    var networks: [BenchmarkNetwork] = BenchmarkNetwork.timed
    var arithmetics: [ModelFile.Arithmetic] = [.int8, .int16, .float16, .float32]
    /// What to compute with, each available.
    var kernels: [Kernel] = Kernel.allCases.filter(\.isAvailable)
    /// The processor that the yardstick is compiled for.
    var march = "native"
    var rounds = 101
    /// Nanoseconds that a batch of steps takes at least, well above what reading the clock costs.
    var batch = 300_000
  }

  /// What was found for a network in one arithmetic and kernel.
  struct Row {
    let network: BenchmarkNetwork
    let arithmetic: ModelFile.Arithmetic
    let kernel: Kernel
    /// Microseconds of a step in each round.
    let times: [Double]
    /// The same for the yardstick in the same rounds; empty without one.
    let yardstick: [Yardstick.Form: [Double]]
    /// The largest error of an output against Float64, in units of the range of the outputs.
    let largestError: Double

    /// Median over the rounds of this time over the yardstick's.
    func ratio(_ form: Yardstick.Form) -> Double? {
      yardstick[form].map { times in median(zip(self.times, times).map { $0 / $1 }) }
    }
  }

  /// The rows, network by network.
  private(set) var rows: [Row] = []
  /// The largest difference of the yardstick's outputs from Float64; nil without a yardstick.
  private(set) var yardstickError: Double?

  /// Rows of input that are stepped through again and again: small enough to stay in a first-level cache.
  static let inputRows = 256
  /// Steps over which errors are taken; `ganglion bench accuracy` takes more.
  static let errorSteps = 1000
  /// The seed of the input.
  static let seed: UInt64 = 2
  /// More than rounding can make.
  static let largestYardstickError = 1e-5

  /// Measures; `source` is that of the yardstick, nil to do without.
  init(_ plan: Plan, yardstickSource source: String?, progress: (String) -> Void) throws {
    let input = BenchmarkInput(seed: Self.seed, steps: Self.inputRows)
    let compared = plan.networks.filter { $0.kind != .timeConstant }
    let started =
      compared.isEmpty
      ? nil
      : try source.map { try Yardstick(source: $0, march: plan.march, networks: compared, input: input) }
    defer { started?.stop() }
    for network in plan.networks {
      let place = compared.firstIndex(of: network)
      let (yardstick, index) = (place == nil ? nil : started, place ?? 0)
      progress("\(network.rawValue): quantising")
      let reference = ReferenceRun(network, steps: Self.errorSteps)
      if let yardstick {
        for form in Yardstick.Form.allCases {
          let outputs = try yardstick.outputs(form, network: index, steps: Self.inputRows)
          let error = reference.largestError(of: outputs)
          guard error < Self.largestYardstickError else {
            throw CommandFailure("the yardstick's \(form.rawValue) \(network.rawValue) is off by \(error)")
          }
          yardstickError = max(yardstickError ?? 0, error)
        }
      }
      var contenders: [Contender] = []
      for file in try network.files(plan.arithmetics) {
        for kernel in plan.kernels {
          contenders.append(try Contender(network, file, kernel, input, batch: plan.batch))
        }
      }
      var sizes: [Yardstick.Form: Int] = [:]
      for form in Yardstick.Form.allCases {
        sizes[form] = try yardstick.map { yardstick in
          try batchSize(plan.batch) { try yardstick.run(form, network: index, steps: $0) }
        }
      }
      for round in 0..<plan.rounds {
        progress("\(network.rawValue): round \(round + 1) of \(plan.rounds)")
        for contender in contenders {
          var found: [Yardstick.Form: Double] = [:]
          if let yardstick {
            // The form that the goals refer to comes last, right before ours.
            for form in [Yardstick.Form.split, .plain] {
              let steps = sizes[form] ?? 1
              let time = try yardstick.run(form, network: index, steps: steps)
              found[form] = Double(time) / Double(steps) * 1e-3
            }
          }
          try contender.measure(beside: found)
        }
      }
      rows += contenders.map { $0.row(reference) }
    }
  }
}

/// A network in one arithmetic and kernel, with its times so far.
private final class Contender {
  private let network: BenchmarkNetwork
  private let input: BenchmarkInput
  private var runtime: NetworkRuntime
  private var next = 0
  private var steps = 1
  private var times: [Double] = []
  private var yardstick: [Yardstick.Form: [Double]] = [:]

  init(
    _ network: BenchmarkNetwork, _ file: ModelFile, _ kernel: Kernel, _ input: BenchmarkInput, batch: Int
  ) throws {
    (self.network, self.input) = (network, input)
    runtime = try NetworkRuntime(file, kernel: kernel)
    steps = try batchSize(batch) { try time($0) }
  }

  /// One batch, in a round in which the yardstick took `found`.
  func measure(beside found: [Yardstick.Form: Double]) throws(NetworkError) {
    times.append(Double(try time(steps)) / Double(steps) * 1e-3)
    for (form, time) in found { yardstick[form, default: []].append(time) }
  }

  func row(_ reference: ReferenceRun) -> CoreBenchmark.Row {
    CoreBenchmark.Row(
      network: network, arithmetic: runtime.arithmetic, kernel: runtime.kernel, times: times,
      yardstick: yardstick,
      largestError: reference.error(of: &runtime).largest)
  }

  /// Nanoseconds of `count` steps after count / 8 + 1 untimed ones.
  private func time(_ count: Int) throws(NetworkError) -> Int {
    try run(count / 8 + 1)
    let begin = ProcessorTime.nanoseconds
    try run(count)
    return ProcessorTime.nanoseconds - begin
  }

  private func run(_ count: Int) throws(NetworkError) {
    let values = input.rows
    let rows = values.span
    var found = [Float](repeating: 0, count: BenchmarkNetwork.outputs)
    var outputs = found.mutableSpan
    var row = next
    for _ in 0..<count {
      let begin = row * BenchmarkInput.columns
      let end = begin + BenchmarkInput.columns - 1
      try runtime.step(inputs: rows.extracting(begin..<end), ts: rows[end], outputs: &outputs)
      row = row + 1 < input.steps ? row + 1 : 0
    }
    next = row
  }
}

/// How many steps take `batch` nanoseconds or more; `time` measures so many.
private func batchSize(_ batch: Int, time: (Int) throws -> Int) rethrows -> Int {
  var steps = 1
  while steps < 1 << 24 {
    let nanoseconds = try time(steps)
    if nanoseconds >= batch / 2 { return max(steps, steps * batch / max(nanoseconds, 1) + 1) }
    steps *= 2
  }
  return steps
}

/// The median; 0 of nothing.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  guard !sorted.isEmpty else { return 0 }
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
