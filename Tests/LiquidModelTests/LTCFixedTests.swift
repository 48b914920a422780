import LiquidCore
import Testing

@testable import LiquidModel

/// LTC cells in fixed point: what is proven of them, and that it holds.
@Suite struct LTCFixedTests {
  static func fixed(_ name: String = "ltc-19") throws -> FixedModel { try RuntimeProofTests.fixed(name) }

  /// Something wrong with the integers of an LTC cell, and where it is found.
  struct Damage: Sendable, CustomTestStringConvertible {
    var place: String
    var change: @Sendable (inout FixedModel.LTC) -> Void
    var testDescription: String { place }

    init(_ place: String, _ change: @escaping @Sendable (inout FixedModel.LTC) -> Void) {
      (self.place, self.change) = (place, change)
    }
  }

  static let damages: [Damage] = [
    Damage(
      "synapse.slope, neuron 3",
      { ($0.slopes[3 * $0.columns + 5], $0.offsets[3 * $0.columns + 5]) = (.min, 1 << 30) }),
    Damage("synapse.slope, neuron 4", { $0.offsets[4 * $0.columns] = .min }),
    Damage("synapse.weight, neuron 2", { $0.weights[2 * $0.columns + 1] = -1 }),
    Damage("synapse.weight, neuron 5", { $0.weights[5 * $0.columns + 1] = .max }),
    Damage("synapse.current, neuron 6", { $0.currents[6 * $0.columns + 1] = .min }),
    Damage("synapse.current, neuron 7", { $0.leakCurrents[7] = .min }),
    Damage("leak.conductance, neuron 8", { $0.leakConductances[8] = -1 }),
    Damage("capacitance, neuron 9", { $0.capacitances[9] = 15 }),
    Damage("capacitance, neuron 10", { $0.capacitances[10] = .max }),
    Damage("time_shift, neuron 11", { $0.timeShifts[11] = 28 }),
    Damage("time_shift, neuron 12", { $0.timeShifts[12] = 61 }),
    Damage("multiplier, neuron 13", { $0.multipliers[13] = -1 }),
    Damage("synapse.offset, neuron 0", { $0.offsets.removeLast() }),
    Damage("leak.current, neuron 0", { $0.leakCurrents.removeLast() }),
  ]

  @Test(arguments: damages) func `integers that are not proven are refused by cell and neuron`(damage: Damage)
    throws
  {
    var model = try Self.fixed()
    #expect(RuntimeProofTests.refusal(model) == nil)
    var cell = try #require(model.cells[0].ltc)
    damage.change(&cell)
    model.cells[0] = .ltc(cell)
    #expect(RuntimeProofTests.refusal(model)?.place == "cell0.\(damage.place)")
  }

  @Test func `a cell of another kind than the architecture says is refused`() throws {
    var model = try Self.fixed("ltc-12-cfc-6")
    model.cells.swapAt(0, 1)
    #expect(RuntimeProofTests.refusal(model)?.place == "cell0")
    model = try Self.fixed()
    model.cells[0].ltc?.columns -= 1
    #expect(RuntimeProofTests.refusal(model)?.place == "cell0")
  }

  @Test(arguments: ["ltc-19", "ltc-19-strong", "ltc-34-projection"])
  func `the worst states of synapses reach a neuron's bound and do not pass it`(name: String) throws {
    let model = try Self.fixed(name)
    let cell = try #require(model.cells[0].ltc)
    // The largest and the smallest value of the table's σ, in Q0.31.
    let (open, shut) = (Int64(0x7FFF_C000), Int64(0x4000))
    for unit in 0..<cell.capacitances.count {
      var conductance = Int64(cell.leakConductances[unit])
      let sign: Int64 = cell.leakCurrents[unit] < 0 ? -1 : 1
      var current = Int64(cell.leakCurrents[unit])
      for place in unit * cell.columns..<(unit + 1) * cell.columns {
        conductance += (Int64(cell.weights[place]) * open) >> 32
        let isDriving = Int64(cell.currents[place]) * sign > 0
        current += (Int64(cell.currents[place]) * (isDriving ? open : shut)) >> 32
      }
      let bound = cell.largest(ofNeuron: unit)
      #expect(conductance <= bound.conductance && bound.conductance <= 1 << 30)
      #expect(Double(conductance) >= Double(bound.conductance) * (1 - 0x1p-14))
      #expect(abs(current) <= bound.current && bound.current <= 1 << 30)
      // The scale is the tightest: little is left between a neuron's conductances and 2³⁰.
      #expect(bound.conductance > (1 << 30) - Int64(8 * cell.columns))
    }
  }

  @Test func `the worst inputs and any restored state stay within the range of potentials`() throws {
    let fixture = try RuntimeTests.fixture("ltc-19")
    var network = try NetworkRuntime(try Self.fixed())
    var stream = FixtureStream(seed: 11)
    for step in 0..<400 {
      if step % 8 == 0 {
        let state = (0..<network.stateByteCount).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
        try network.restoreState(state.span)
      }
      let inputs = (0..<fixture.inputs).map { _ in stream.symmetric() < 0 ? -Float(1e9) : 1e9 }
      _ = try RuntimeTests.run(&network, [(inputs, [0, 1e-7, 0.5, 1e9][step % 4])])
      let bytes = network.copyState()
      for start in stride(from: 0, to: bytes.count, by: 4) where step % 4 > 0 {
        let v = Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        #expect(v.magnitude <= 1 << 30)
      }
    }
  }

  @Test func `an image whose synapses lead astray is refused`() throws {
    let image = try Self.fixed().image()
    let workspace = AlignedBlock(byteCount: 65536)
    let bytes = UnsafeRawBufferPointer(image.bytes)
    let cell = bytes.loadUnaligned(fromByteOffset: MemoryLayout<ImageHeader>.stride, as: CellDescriptor.self)
    let place = Int(cell.parameters)
    let original = bytes.loadUnaligned(fromByteOffset: place, as: LTCDescriptor.self)
    func isRefused() -> Bool {
      do throws(ImageError) {
        _ = try Network<FixedPointArithmetic>(image: bytes, workspace: workspace.bytes)
        return false
      } catch {
        return error == .cell(0)
      }
    }
    #expect(!isRefused())
    let changes: [(inout LTCDescriptor) -> Void] = [
      { $0.unfolds = 0 }, { $0.unfolds = 65 }, { $0.neurons = UInt32(bytes.count) },
      { $0.sensory.count += 1 },
      { $0.recurrent.count = .max }, { $0.sensory.firsts += 4 }, { $0.recurrent.sources = 0xFFFF_FFFC },
      { $0.sensory.slopes = 2 }, { $0.sensory.offsets = UInt32(bytes.count - 4) },
      { $0.recurrent.weights = UInt32(bytes.count) }, { $0.recurrent.currents = 0 },
    ]
    for (index, change) in changes.enumerated() {
      var descriptor = original
      change(&descriptor)
      image.bytes.storeBytes(of: descriptor, toByteOffset: place, as: LTCDescriptor.self)
      #expect(isRefused(), "change \(index)")
    }
    image.bytes.storeBytes(of: original, toByteOffset: place, as: LTCDescriptor.self)
    // A source beyond the cell's inputs, and then beyond its neurons.
    for (synapses, bound) in [(original.sensory, 10), (original.recurrent, 19)]
      as [(SynapseDescriptor, UInt16)]
    {
      let source = Int(synapses.sources)
      let before = bytes.loadUnaligned(fromByteOffset: source, as: UInt16.self)
      image.bytes.storeBytes(of: bound, toByteOffset: source, as: UInt16.self)
      #expect(isRefused())
      image.bytes.storeBytes(of: before, toByteOffset: source, as: UInt16.self)
    }
    #expect(!isRefused())
  }

  @Test func `a damaged image of an LTC is refused or runs within its block, and never traps`() throws {
    let image = try Self.fixed().image()
    let workspace = AlignedBlock(byteCount: 65536)
    let original = [UInt8](image.bytes)
    let cell = UnsafeRawBufferPointer(image.bytes).loadUnaligned(
      fromByteOffset: MemoryLayout<ImageHeader>.stride, as: CellDescriptor.self)
    let inputs = [Float](repeating: 0.5, count: 10)
    var stream = FixtureStream(seed: 8)
    var (opened, refused) = (0, 0)
    for _ in 0..<3000 {
      image.bytes.copyBytes(from: original)
      // The descriptor of the cell, or any number.
      let inDescriptor = stream.next() % 2 == 0
      let range = inDescriptor ? MemoryLayout<LTCDescriptor>.size : original.count - 128
      let place = (inDescriptor ? Int(cell.parameters) : 128) + Int(stream.next() % UInt64(range)) & ~3
      let values: [UInt32] = [
        0, 1, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, UInt32(original.count), UInt32(stream.next() >> 40),
      ]
      image.bytes.storeBytes(
        of: values[Int(stream.next() % 7)], toByteOffset: min(place, original.count - 4), as: UInt32.self)
      do throws(ImageError) {
        var network = try Network<FixedPointArithmetic>(
          image: UnsafeRawBufferPointer(image.bytes), workspace: workspace.bytes)
        opened += 1
        var outputs = [Float](repeating: 0, count: Int(network.header.outputCount))
        var span = outputs.mutableSpan
        _ = try? network.step(inputs: inputs.span, ts: 1, outputs: &span)
      } catch {
        refused += 1
      }
    }
    #expect(opened > 100 && refused > 100)
  }

  @Test func `what fixed point cannot hold is refused when it is quantised`() throws {
    let fixture = try RuntimeTests.fixture("ltc-19")
    var model = try fixture.model()
    model.cells[0].ltc?.slopes[7] = 1e9
    model.cells[0].ltc?.weights[7] = 0.5
    #expect(throws: ModelError.self) { try RuntimeTests.fixed(model, fixture, .int16) }
    model = try fixture.model()
    model.cells[0].ltc?.capacitances[2] = 1e12
    #expect(throws: ModelError.self) { try RuntimeTests.fixed(model, fixture, .int16) }
  }
}
