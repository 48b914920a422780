import LiquidModel
import Signals
import Testing

@testable import Control

@Suite("The network's block")
struct NetworkBlockTests {
  /// Two neurons whose new state is half of an input each and half of the state before: 0 · (1 − s) + s · (input + state), and s is
  /// half whatever the time.
  private static func network() throws -> NetworkRuntime {
    let zero = NetworkModel.Affine(rows: 2, columns: 4, weights: Array(repeating: 0, count: 8), bias: [0, 0])
    let sum = NetworkModel.Affine(rows: 2, columns: 4, weights: [1, 0, 1, 0, 0, 1, 0, 1], bias: [0, 0])
    let cell = NetworkModel.CfC(
      mode: .default, units: 2, backboneActivation: .silu, backbone: [], headActivation: .linear, ff1: zero,
      ff2: sum, timeA: zero, timeB: zero, wTau: nil, a: nil)
    func port(_ name: String) -> NetworkModel.Port {
      NetworkModel.Port(name: name, unit: "", minimum: -10, maximum: 10)
    }
    return try NetworkRuntime(
      NetworkModel(
        inputs: [port("a"), port("b")], outputs: [port("left"), port("right")], memory: nil,
        cells: [.cfc(cell)], projection: nil, timeUnit: 0.01, minimumTs: 0, maximumTs: 4, flavour: "test",
        provenance: [:]))
  }

  private static let settings: [String: SettingValue] = [
    "scale": .numbers([2, 1]), "offset": .numbers([0, -1]), "outputs": .names(["left", "right"]),
    "output_scale": .numbers([1, 10]), "output_offset": .numbers([0, 0.5]), "time_unit": .number(0.01),
    "largest_ts": .number(4),
  ]

  private func bench(
    _ network: NetworkHandover?, _ more: [String: SettingValue] = [:]
  ) throws -> BlockBench {
    try BlockBench([
      BlockDeclaration(
        "network", "net", settings: Self.settings.merging(more) { $1 },
        inputs: ["inputs": ["in.a", "in.b"], "reset": ["in.flag"]], network: network)
    ])
  }

  private func results(_ bench: borrowing BlockBench) -> [Float] { [bench["net.left"], bench["net.right"]] }

  private func isNear(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test("inputs and results are scaled, and the state goes on from step to step")
  func steps() throws {
    var bench = try bench(NetworkHandover(try Self.network()))
    try bench.step(["in.a": 0.5, "in.b": 3])
    #expect(bench[vector: "net.input"] == [1, 2])
    #expect(isNear(bench[vector: "net.output"], [0.5, 1]))
    #expect(isNear(results(bench), [0.5, 10.5]))
    #expect(bench["net.ts"] == 1 && bench["net.failed"] == false)
    let digest = bench[word: "net.digest"]
    #expect(digest != 0)
    try bench.step()
    #expect(isNear(bench[vector: "net.output"], [0.75, 1.5]))
    #expect(isNear(results(bench), [0.75, 15.5]))
    #expect(bench[word: "net.digest"] != digest)
    // At rest again, the first step is as it was.
    bench["in.flag"] = true
    try bench.step()
    #expect(isNear(bench[vector: "net.output"], [0.5, 1]))
    #expect(bench[word: "net.digest"] == digest)
  }

  @Test("a time longer than the network was made for counts as that, and is said")
  func time() throws {
    var bench = try bench(NetworkHandover(try Self.network()))
    for (seconds, ts, isLimited) in [(0.02, 2, false), (0.039, 3.9, false), (0.041, 4, true), (-1, 0, false)]
      as [(Double, Float, Bool)]
    {
      try bench.step(seconds: seconds)
      #expect(abs((bench["net.ts"] as Float) - ts) < 1e-6)
      #expect(bench["net.time_limited"] == isLimited)
    }
  }

  @Test("a step that fails gives zeros, says so, and changes nothing of the network")
  func failure() throws {
    var bench = try bench(NetworkHandover(try Self.network()))
    try bench.step(["in.a": 0.5, "in.b": 3])
    try bench.step(["in.a": .nan])
    #expect(bench["net.failed"] == true && bench[word: "net.digest"] == 0)
    #expect(bench[vector: "net.output"] == [0, 0] && results(bench) == [0, 0])
    try bench.step(["in.a": 0.5])
    #expect(bench["net.failed"] == false)
    #expect(isNear(bench[vector: "net.output"], [0.75, 1.5]))
  }

  @Test("it steps while what it reads is not valid, and its results are not")
  func invalid() throws {
    var bench = try bench(NetworkHandover(try Self.network()))
    bench["in.valid"] = false
    try bench.step(["in.a": 0.5, "in.b": 3])
    #expect(bench["net.valid"] == false && isNear(results(bench), [0.5, 10.5]))
    bench["in.valid"] = true
    try bench.step()
    #expect(bench["net.valid"] == true && isNear(results(bench), [0.75, 15.5]))
  }

  @Test("without a network it fails, or shows the inputs alone where it is not to compute")
  func without() throws {
    var failing = try bench(nil)
    try failing.step(["in.a": 0.5, "in.b": 3])
    #expect(failing["net.failed"] == true && failing[vector: "net.input"] == [1, 2])
    var showing = try bench(nil, ["computes": .flag(false)])
    try showing.step(["in.a": 0.5, "in.b": 3])
    #expect(showing[vector: "net.input"] == [1, 2])
    for name in ["net.failed", "net.digest", "net.output", "net.ts"] {
      #expect(showing.program.table[name] == nil)
    }
  }

  @Test("a network is handed over once: a second program of the same declaration has none")
  func handover() throws {
    let handover = NetworkHandover(try Self.network())
    var first = try bench(handover)
    var second = try bench(handover)
    try first.step()
    try second.step()
    #expect(first["net.failed"] == false && second["net.failed"] == true)
  }
}
