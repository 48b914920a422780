import BenchmarkNetworks
import Foundation
import LiquidModel
import Testing

@testable import ganglion

@Suite struct CycleEstimateTests {
  /// A network as scripts/measure-cycles counted it.
  private struct Counted {
    let name: String
    let work: StepWork
    /// Instructions of a step.
    let instructions: [(fit: StepInstructions, count: Double)]
  }

  /// Tests/Fixtures/cycles/instructions.json, which scripts/measure-cycles --write writes: qemu's counts.
  private static func counted() throws -> [Counted] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/cycles/instructions.json"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
    return try #require(object).map { name, entry in
      let parts = try #require(entry["work"] as? [String: Int])
      var work = StepWork()
      work.cells = try number("cells", parts)
      work.runs = try number("runs", parts)
      work.panels = try number("panels", parts)
      work.groups8 = try number("groups8", parts)
      work.pairs16 = try number("pairs16", parts)
      work.blocks16 = try number("blocks16", parts)
      work.activations = try number("activations", parts)
      work.neurons = try number("neurons", parts)
      let counts = entry.compactMapValues { $0 as? Int }
      return Counted(
        name: name, work: work,
        instructions: [
          (.cortexM4, Double(try number("cortex-m4", counts))),
          (.cortexA53, Double(try number("cortex-a53", counts))),
          (.cortexA76, Double(try number("cortex-a76", counts))),
        ])
    }
  }

  private static func number(_ name: String, _ numbers: [String: Int]) throws -> Int {
    try #require(numbers[name])
  }

  @Test func theInstructionsOfEveryCountedNetworkAreEstimatedWithinTenPercent() throws {
    let networks = try Self.counted()
    // Seven networks of the kinds that are estimated, in int8 and int16.
    #expect(networks.count == 14)
    for network in networks {
      for (fit, count) in network.instructions {
        #expect(abs(fit.count(network.work) / count - 1) < 0.1, "\(network.name)")
      }
    }
  }

  @Test(arguments: [BenchmarkNetwork.ncp19, .cfc64])
  func theWorkOfAStepFollowsFromTheModel(network: BenchmarkNetwork) throws {
    let file = try #require(try network.files([.int16]).first)
    let known = try #require(try Self.counted().first { $0.name == "\(network.rawValue)-int16" })
    #expect(StepWork(try FixedModel(file)) == known.work)
  }

  @Test func moreWeightsTakeMoreCyclesOnEveryCore() throws {
    func cycles(_ network: BenchmarkNetwork) throws -> [Double] {
      let file = try #require(try network.files([.int16]).first)
      return CycleEstimate(try FixedModel(file)).rows.map(\.cycles)
    }
    let (small, large) = try (cycles(.ncp19), cycles(.cfc64))
    #expect(small.count == 3 && large.count == 3)
    for (less, more) in zip(small, large) { #expect(0 < less && less < more) }
  }

  @Test func aNetworkOfAKindThatWasNotCountedHasNoEstimate() throws {
    let file = try #require(try BenchmarkNetwork.cfc64.files([.int16]).first)
    var model = try FixedModel(file)
    guard case .cfc(var cell) = model.architecture.cells[0] else {
      Issue.record("a dense network is of closed-form cells")
      return
    }
    cell.backboneActivation = .silu
    model.architecture.cells[0] = .cfc(cell)
    let estimate = CycleEstimate(model)
    #expect(estimate.rows.isEmpty)
    #expect(estimate.lines.first?.contains("no estimate") == true)
  }
}
