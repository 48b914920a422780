import LiquidModel
import Testing

@testable import BenchmarkNetworks

@Suite struct BenchmarkNetworkTests {
  @Test(arguments: BenchmarkNetwork.allCases) func everyNetworkIsValid(_ network: BenchmarkNetwork) throws {
    let model = network.model
    try model.validate()
    #expect(Architecture(of: model).neurons == network.neurons)
    #expect(model.inputs.count == 16)
    #expect(model.outputs.count == 4)
  }

  /// ncps 1.0.1: AutoNCP(units, 4).
  @Test(
    arguments: [
      (.ncp19, [9, 6, 4]), (.ncp34, [18, 12, 4]), (.ncp64, [36, 24, 4]), (.ncp302, [179, 119, 4]),
    ] as [(BenchmarkNetwork, [Int])])
  func wiredNetworksHaveTheLayersOfAutoNCP(_ network: BenchmarkNetwork, _ layers: [Int]) {
    #expect(network.model.cells.map(\.units) == layers)
    #expect(network.model.cells.allSatisfy { $0.cfc?.backbone.isEmpty == true && $0.cfc?.mode == .default })
  }

  /// ncps draws 1,182 of 1,420 weights for AutoNCP(19, 4) on 16 inputs, and 12,160 of 13,696 for AutoNCP(64, 4).
  @Test(arguments: [(.ncp19, 1_420, 1_182), (.ncp64, 13_696, 12_160)] as [(BenchmarkNetwork, Int, Int)])
  func asManySynapsesAreMaskedAsInNcps(_ network: BenchmarkNetwork, _ weights: Int, _ unmasked: Int) {
    let maps = network.model.cells.compactMap(\.cfc).flatMap {
      [$0.ff1, $0.ff2, $0.timeA, $0.timeB].compactMap { $0 }
    }
    #expect(maps.reduce(0) { $0 + $1.weights.count } == weights)
    #expect(maps.reduce(0) { $0 + $1.weights.filter { $0 != 0 }.count } == unmasked)
  }

  @Test(arguments: [BenchmarkNetwork.ncp19, .ncp302])
  func onlySynapsesFromTheLayerBeforeAreMaskedAndAlikeInBothHeads(_ network: BenchmarkNetwork) throws {
    for cell in network.model.cells.compactMap(\.cfc) {
      let ff2 = try #require(cell.ff2)
      let read = cell.ff1.columns - cell.units
      for row in 0..<cell.units {
        for column in 0..<cell.ff1.columns {
          let place = row * cell.ff1.columns + column
          #expect((cell.ff1.weights[place] == 0) == (ff2.weights[place] == 0))
          if column >= read { #expect(cell.ff1.weights[place] != 0) }
        }
        // Nothing is deaf.
        #expect((0..<read).contains { cell.ff1.weights[row * cell.ff1.columns + $0] != 0 })
      }
      #expect(cell.timeA?.weights.contains(0) == false)
      #expect(cell.timeB?.weights.contains(0) == false)
    }
  }

  @Test(arguments: [(.cfc64, 43_008), (.cfc128, 83_968), (.cfc302, 195_328)] as [(BenchmarkNetwork, Int)])
  func denseNetworksHaveABackboneOf128(_ network: BenchmarkNetwork, _ multiplications: Int) throws {
    let model = network.model
    let cell = try #require(model.cells.first?.cfc)
    #expect(model.cells.count == 1)
    #expect(cell.backbone.map(\.rows) == [128])
    #expect(cell.backboneActivation == .lecunTanh)
    #expect(Architecture(of: model).multiplyCount == multiplications)
  }

  /// AutoNCP(19, 4): each of 16 inputs reaches 4 of 9 inter neurons, and so on; at most 6 synapses among command neurons.
  @Test func theTimeConstantNetworkHasTheSynapsesOfItsWiring() throws {
    let cell = try #require(BenchmarkNetwork.ltc19.model.cells.first?.ltc)
    let (motor, command) = (0..<4, 4..<10)
    var recurrent = 0
    for unit in 0..<cell.units {
      for column in 0..<cell.columns where cell.weights[unit * cell.columns + column] != 0 {
        let source = column - 16
        if source < 0 {
          #expect(unit >= 10)
        } else if motor.contains(unit) {
          #expect(command.contains(source))
        } else {
          #expect(command.contains(unit) && source >= 4)
          if command.contains(source) { recurrent += 1 }
        }
      }
    }
    #expect((1...6).contains(recurrent))
    let wired = BenchmarkNetwork.ncp19.model.cells.compactMap(\.cfc)
    // A CfC's ff1 is masked in the columns of the layer before.
    let feedForward = wired.reduce(0) { sum, layer in
      let read = layer.ff1.columns - layer.units
      return sum
        + layer.ff1.weights.indices.count { $0 % layer.ff1.columns < read && layer.ff1.weights[$0] != 0 }
    }
    #expect(cell.synapseCount == feedForward + recurrent)
  }

  @Test func weightsStayWithinTheInitialisersBounds() throws {
    let cell = try #require(BenchmarkNetwork.cfc64.model.cells.first?.cfc)
    let bound = Float((6.0 / (64 + 128)).squareRoot())
    let largest = try #require(cell.ff1.weights.map(abs).max())
    #expect(largest <= bound)
    #expect(largest > 0.99 * bound)
    let bias = try #require(cell.ff1.bias.map(abs).max())
    #expect(bias <= Float(1 / 128.0.squareRoot()))
  }

  /// The digests that every machine finds; a change of a network makes old measurements incomparable.
  @Test(
    arguments: [
      (.ncp19, "4bce28faabaca5aca5e8eee84c7650ac52b6394ef0b4f5334a10de4c00405dcd"),
      (.ncp34, "92d96774f359129627ac79f4e5f85d0b0c05037d0d23018cb6bb332ab8d0e856"),
      (.ncp64, "27ebce43e3d09e6c7420e32be38116930ae98190ef947a64e77263b7dac53dfd"),
      (.ncp302, "a18a47f16005953b3e39c5af15e76b3669a513c0359613b68548ea490e4cdfad"),
      (.cfc64, "11a7968167b37824cc379c4f43a02120b05c65cf566a30998659fae0b173b7a8"),
      (.cfc128, "535bb47c8aa7427ffb30f3e64cdbf95ea47f65108f5f1ae04dccec1a3d24ef12"),
      (.cfc302, "b96c0126fb0e81d7aa313d9e898d64cd1aff609f6431a45f403b8597191d0c36"),
      (.ltc19, "c5784c157324db679a77f09e4701f62ce79dcec384f89c34f04078fc9dd20569"),
    ] as [(BenchmarkNetwork, String)])
  func weightsAreTheSameEverywhere(_ network: BenchmarkNetwork, _ digest: String) throws {
    #expect(try network.file(.float32).tensorDigest == digest)
  }

  @Test func fixedPointNetworksAreProvenAndClose() throws {
    let model = BenchmarkNetwork.ncp19.model
    let flight = BenchmarkInput(seed: 3, steps: 500)
    for (arithmetic, limit) in [(ModelFile.Arithmetic.int16, 1e-3), (.int8, 1e-2)] {
      var network = try NetworkRuntime(try BenchmarkNetwork.ncp19.file(arithmetic))
      var reference = ReferenceNetwork(model)
      var outputs = [Float](repeating: 0, count: 4)
      var largest = 0.0
      for step in 0..<flight.steps {
        let inputs = Array(flight.inputs(ofStep: step))
        var span = outputs.mutableSpan
        try network.step(inputs: inputs.span, ts: flight.ts(ofStep: step), outputs: &span)
        for (found, wanted) in zip(outputs, reference.step(inputs, ts: flight.ts(ofStep: step))) {
          largest = max(largest, abs(Double(found) - wanted))
        }
      }
      #expect(largest < limit)
      #expect(largest > 0)
    }
  }
}
