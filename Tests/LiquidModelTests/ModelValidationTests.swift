import LiquidModel
import Testing

@Suite struct ModelValidationTests {
  static func fixture(_ name: String) throws -> NetworkModel {
    try #require(FixtureCase.all.first { $0.name == name }).model()
  }

  /// What `validate` says after a change to a valid model.
  static func failure(_ name: String, _ change: (inout NetworkModel) -> Void) throws -> ModelError? {
    var model = try fixture(name)
    try model.validate()
    change(&model)
    do throws(ModelError) {
      try model.validate()
      return nil
    } catch {
      return error
    }
  }

  /// Something wrong with a model, and words of the refusal.
  struct Damage: Sendable, CustomTestStringConvertible {
    var testDescription, text: String
    var change: @Sendable (inout NetworkModel) -> Void

    init(_ what: String, _ text: String, _ change: @escaping @Sendable (inout NetworkModel) -> Void) {
      (testDescription, self.text, self.change) = (what, text, change)
    }
  }

  static let damages: [Damage] = [
    Damage("no cells", "cells", { $0.cells = [] }),
    Damage("no inputs", "inputs", { $0.inputs = [] }),
    Damage("no outputs", "outputs", { $0.outputs = [] }),
    Damage("zero neurons", "0 neurons", { $0.cells[1].units = 0 }),
    Damage("negative neurons", "-1 neurons", { $0.cells[0].units = -1 }),
    Damage("a hundred thousand neurons", "100000 neurons", { $0.cells[0].units = 100_000 }),
    Damage("the largest number of neurons", "neurons", { $0.cells[0].units = .max }),
    Damage("too many cells", "20 cells", { $0.cells = Array(repeating: $0.cells[0], count: 20) }),
    Damage("a cell of the wrong width", "ff1", { $0.cells.swapAt(0, 1) }),
    Damage("a weight too few", "263 values", { $0.cells[0].cfc?.ff1.weights.removeLast() }),
    Damage("a bias too many", "bias", { $0.cells[2].cfc?.timeB?.bias.append(0) }),
    Damage("a head missing", "missing", { $0.cells[0].cfc?.ff2 = nil }),
    Damage("a vector of another mode", "present", { $0.cells[0].cfc?.wTau = [1] }),
    Damage("mode pure without its vectors", "ff2", { $0.cells[0].cfc?.mode = .pure }),
    Damage("a weight not finite", "element 5 is nan", { $0.cells[0].cfc?.timeA?.weights[5] = .nan }),
    Damage("a bias not finite", "element 0 is inf", { $0.projection?.bias[0] = .infinity }),
    Damage("a projection of other outputs", "projection", { $0.outputs.removeLast() }),
    Damage("more outputs than neurons", "from a last cell", { $0.projection = nil }),
    Damage("an input named twice", "twice", { $0.inputs[1].name = $0.inputs[0].name }),
    Damage("a range not finite", "range", { $0.outputs[0].maximum = .infinity }),
    Damage("a time unit of zero", "time unit", { $0.timeUnit = 0 }),
    Damage("a time unit not a number", "time unit", { $0.timeUnit = .nan }),
    Damage("time running backwards", "range of ts", { $0.minimumTs = -0.5 }),
    Damage("an empty range of ts", "range of ts", { $0.maximumTs = -1 }),
    Damage("a range of ts not finite", "range of ts", { $0.maximumTs = .infinity }),
    Damage("a range that no Float holds", "range", { $0.inputs[0].maximum = 1e300 }),
    Damage("a range of ts that no Float holds", "range of ts", { $0.maximumTs = 1e39 }),
    Damage(
      "mixed memory beside three cells", "single dense",
      { $0.memory = $0.cells[0].cfc.map { .init(role: .feedsInput, units: 12, gates: $0.ff1) } }),
    Damage(
      "a backbone layer that is too wide", "outside 1 to 4096",
      { $0.cells[0].cfc?.backbone = [.init(rows: 5000, columns: 22, weights: [], bias: [])] }),
    Damage(
      "too many backbone layers", "backbone layers",
      {
        let layers = [$0.cells[0].cfc?.ff1].compactMap(\.self)
        $0.cells[0].cfc?.backbone = (0..<17).flatMap { _ in layers }
      }),
  ]

  @Test(arguments: damages)
  func `refuses what cannot be run`(damage: Damage) throws {
    let error = try #require(try Self.failure("wired-19-projection", damage.change))
    #expect("\(error)".contains(damage.text), "\(error)")
  }

  @Test func `refuses a memory that does not fit its cell`() throws {
    #expect(try Self.failure("mixed-19") { $0.memory?.units = 18 }?.place == "memory")
    #expect(try Self.failure("mixed-19") { $0.memory?.gates.rows = 75 }?.place == "memory, gates")
    // The cell reads 10 inputs beside the hidden output; as its only input the hidden output has 19.
    #expect(try Self.failure("mixed-19") { $0.memory?.role = .feedsInput }?.place == "cell 0, backbone 0")
  }

  @Test func `accepts the limits themselves`() throws {
    #expect(try Self.failure("dense-512-projection") { ($0.minimumTs, $0.maximumTs) = (0, 0) } == nil)
    #expect(try Self.failure("dense-1") { $0.maximumTs = $0.minimumTs } == nil)
  }
}
