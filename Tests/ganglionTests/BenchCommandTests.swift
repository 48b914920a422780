import BenchmarkNetworks
import Foundation
import LiquidCore
import LiquidModel
import Testing
import VehicleFixtures

@testable import VehicleRuntime
@testable import ganglion

@Suite struct BenchCommandTests {
  /// As short as a measurement can be.
  private func plan(_ change: (inout CoreBenchmark.Plan) -> Void = { _ in }) -> CoreBenchmark.Plan {
    var plan = CoreBenchmark.Plan()
    plan.networks = [.ncp19]
    (plan.rounds, plan.batch) = (2, 1000)
    change(&plan)
    return plan
  }

  private func source() throws -> String {
    try #require(Yardstick.compilerIsInstalled, "these tests need gcc: scripts/bootstrap test installs it")
    return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/bench/yardstick.c").path
  }

  @Test func wrongUseEndsWithTwo() {
    for arguments in [
      [], ["loop"], ["core", "core"], ["core", "--network", "ncp20"], ["core", "--network", ""],
      ["core", "--arithmetic", "int4"], ["core", "--kernel", "sse9"], ["core", "--rounds", "0"],
      ["core", "--rounds", "some"], ["core", "--steps", "5"], ["core", "--fast"],
      ["core", "--write-inputs", "/nowhere/at.all", "--steps", "1"],
      ["core", "--write-models", "/dev/null/x"], ["load"], ["load", "/nowhere/at.all"],
      ["load", "--rounds", "0", "x"],
    ] {
      #expect(benchCommand(arguments) == .wrongUse, "\(arguments)")
    }
  }

  @Test func helpIsNoError() {
    #expect(benchCommand(["--help"]) == .success)
    #expect(benchCommand(["core", "--help"]) == .success)
  }

  @Test func loadingAModelIsMeasured() {
    let models = URL(filePath: shippedConfiguration).deletingLastPathComponent().appending(path: "models")
    let path = models.appending(path: "quadrotor-ncp19-int16.safetensors").path
    #expect(benchCommand(["load", path, "--rounds", "2", "--json"]) == .success)
  }

  @Test func aKernelThatTheProcessorDoesNotHaveIsRefused() throws {
    let missing = try #require(Kernel.allCases.first { !$0.isAvailable })
    #expect(benchCommand(["core", "--kernel", "\(missing.name)", "--rounds", "1"]) == .wrongUse)
  }

  @Test func everyArithmeticAndKernelGivesARowBesideTheYardstick() throws {
    let benchmark = try CoreBenchmark(plan(), yardstickSource: source()) { _ in }
    let kernels = Kernel.allCases.filter(\.isAvailable)
    let wanted = ["int8", "int16", "float16", "float32"].flatMap { arithmetic in
      kernels.map { ["ncp19", arithmetic, "\($0.name)"] }
    }
    let json = CoreBenchmarkReport(benchmark: benchmark, plan: plan()).json
    // As a reader of the printed text finds it.
    let text = Terminal.json(json)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    let found = rows.map { row in ["network", "arithmetic", "kernel"].map { row[$0] as? String } }
    #expect(found == wanted)
    for row in rows {
      let (median, best) = (row["median_us"] as? Double ?? 0, row["best_us"] as? Double ?? 0)
      #expect(best > 0)
      #expect(median >= best)
      #expect(row["ratio"] as? Double ?? 0 > 0)
      #expect(row["ratio_to_split"] as? Double ?? 0 > 0)
      #expect(row["goal"] as? Double ?? 0 > 0)
      #expect(row["largest_error"] as? Double ?? 1 < 0.05)
    }
    let yardstick = try #require(object["yardstick"] as? [String: Any])
    #expect((yardstick["rows"] as? [[String: Any]])?.count == 2)
  }

  /// Wired and dense networks differ in every line of the yardstick.
  @Test func theYardstickComputesWhatFloat64Does() throws {
    let benchmark = try CoreBenchmark(
      plan {
        $0.networks = [.ncp19, .cfc64]
        $0.arithmetics = [.float32]
        $0.kernels = [.best]
        $0.rounds = 1
      }, yardstickSource: source()
    ) { _ in }
    #expect(try #require(benchmark.yardstickError) < 2e-6)
  }

  @Test func aYardstickThatComputesSomethingElseIsRefused() throws {
    try withFolder { folder in
      let text = try String(contentsOfFile: source(), encoding: .utf8)
      try #require(text.contains("0.666f"))
      let changed = folder + "/yardstick.c"
      try text.replacing("0.666f", with: "0.667f").write(toFile: changed, atomically: true, encoding: .utf8)
      #expect {
        _ = try CoreBenchmark(plan { $0.networks = [.cfc64] }, yardstickSource: changed) { _ in }
      } throws: { "\($0)".contains("cfc64 is off by") }
    }
  }

  @Test func aYardstickThatDoesNotCompileIsRefusedWithGccsWords() throws {
    _ = try source()
    try withFolder { folder in
      let broken = folder + "/yardstick.c"
      try "int main(void) { return nothing; }".write(toFile: broken, atomically: true, encoding: .utf8)
      #expect { _ = try CoreBenchmark(plan(), yardstickSource: broken) { _ in } } throws: {
        "\($0)".contains("nothing")
      }
    }
  }

  @Test func aProcessorThatGccDoesNotKnowIsRefusedWithGccsWords() throws {
    let source = try source()
    #expect {
      _ = try CoreBenchmark(plan { $0.march = "abacus" }, yardstickSource: source) { _ in }
    } throws: { "\($0)".contains("abacus") }
  }

  @Test func aYardstickThatEndsEarlyIsReported() throws {
    _ = try source()
    try withFolder { folder in
      let silent = folder + "/yardstick.c"
      try "int main(void) { return 0; }".write(toFile: silent, atomically: true, encoding: .utf8)
      #expect { _ = try CoreBenchmark(plan(), yardstickSource: silent) { _ in } } throws: {
        "\($0)".contains("the yardstick")
      }
    }
  }

  @Test func withoutAYardstickThereAreTimesButNoRatios() throws {
    let benchmark = try CoreBenchmark(plan { $0.kernels = [.portable] }, yardstickSource: nil) { _ in }
    #expect(benchmark.rows.count == 4)
    #expect(benchmark.yardstickError == nil)
    for row in benchmark.rows {
      #expect(row.times.count == 2)
      #expect(row.ratio(.plain) == nil)
    }
    let report = CoreBenchmarkReport(benchmark: benchmark, plan: plan())
    #expect(report.text.contains("portable"))
    #expect(Terminal.json(report.json).contains("\"ratio\":null"))
  }

  @Test func modelsAndInputsAreWritten() throws {
    try withFolder { folder in
      let inputs = folder + "/inputs.f32"
      let arguments = [
        "core", "--network", "ncp19,ncp34", "--arithmetic", "int8,float32", "--write-models",
        folder + "/models", "--write-inputs", inputs, "--steps", "7", "--seed", "9",
      ]
      #expect(benchCommand(arguments) == .success)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/models").sorted()
      #expect(
        names == [
          "ncp19-float32.safetensors", "ncp19-int8.safetensors", "ncp19.yardstick",
          "ncp34-float32.safetensors", "ncp34-int8.safetensors", "ncp34.yardstick",
        ])
      let model = try ModelFile.read(path: folder + "/models/ncp34-float32.safetensors")
      #expect(try model.model() == BenchmarkNetwork.ncp34.model)
      let bytes = try Data(contentsOf: URL(filePath: inputs))
      #expect(Array(bytes) == BenchmarkInput(seed: 9, steps: 7).bytes)
    }
  }

  @Test func theMedianIsTheMiddle() {
    #expect(median([3, 1, 2]) == 2)
    #expect(median([4, 1, 2, 3]) == 2.5)
    #expect(median([]) == 0)
  }
}
