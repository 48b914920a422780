import LiquidCore
import Testing

@testable import LiquidModel

@Suite("Proof that integers do not overflow")
struct RuntimeProofTests {
  static func fixed(_ name: String = "dense-19-backbone-1", _ arithmetic: ModelFile.Arithmetic = .int16)
    throws
    -> FixedModel
  {
    let fixture = try RuntimeTests.fixture(name)
    return try RuntimeTests.fixed(try fixture.model(), fixture, arithmetic)
  }

  static func refusal(_ model: FixedModel) -> ModelError? {
    do throws(ModelError) {
      try model.prove()
      return nil
    } catch {
      return error
    }
  }

  @Test("a row whose sum could overflow is refused by name", arguments: [0, 1])
  func rows(_ map: Int) throws {
    var model = try Self.fixed()
    let columns = model.maps[map].columns
    for column in 0..<columns { model.maps[map].weights[3 * columns + column] = 32767 }
    let error = try #require(Self.refusal(model))
    #expect(error.place == "\(model.maps[map].name), row 3")
  }

  @Test("a multiplier or bias that could overflow is refused by name")
  func multipliers() throws {
    var model = try Self.fixed("dense-19-backbone-1", .int8)
    // Two numbers below 2³¹: only the very largest reach a high word of 2³⁰.
    model.maps[0].bias[5] = 0
    model.maps[0].bias[5] = Int32(Int64(Int32.max) - model.maps[0].bound(ofRow: 5, .init()).total)
    model.maps[0].multipliers[5] = .max
    #expect(Self.refusal(model)?.place == "cell0.backbone0, row 5")
    model = try Self.fixed()
    model.maps[0].multipliers[4] = -1
    #expect(Self.refusal(model)?.place == "cell0.backbone0, row 4")
    model = try Self.fixed()
    model.maps[0].multipliers[6] = 0
    #expect(Self.refusal(model)?.place == "cell0.backbone0, row 6")
    #expect(Self.refusal(model)?.cause == "its multiplier is 0, but its weights or its bias are not")
    model = try Self.fixed()
    model.maps[1].bias[2] = .min
    #expect(Self.refusal(model)?.place == "cell0.heads, row 2")
  }

  @Test(
    "rows too small to matter become zeros, which the proof takes",
    arguments: ["dense-19-pure", "dense-19-backbone-1"])
  func tinyRows(_ name: String) throws {
    let fixture = try RuntimeTests.fixture(name)
    var model = try fixture.model()
    for column in 0..<(model.cells[0].cfc?.ff1.columns ?? 0) {
      model.cells[0].cfc?.ff1.weights[column] = 1e-30
    }
    model.cells[0].cfc?.ff1.bias[0] = 0
    let fixed = try RuntimeTests.fixed(model, fixture, .int8)
    #expect(Self.refusal(fixed) == nil)
  }

  @Test("formats beyond what the kernels are made for are refused")
  func formats() throws {
    let changes: [(inout FixedModel) -> Void] = [
      { $0.maps[0].fraction = 21 }, { $0.maps[0].fraction = -1 }, { $0.maps[0].valueShift = 31 },
      { $0.maps[0].blockShift = -1 }, { $0.cells[0].cfc?.headFraction = -1 },
      { $0.cells[0].cfc?.timeShift = 37 },
      { $0.cells[0].cfc?.gateFraction = 21 }, { $0.cells[0].cfc?.stateShift = -1 },
      { $0.elapsedFraction = 31 },
      { $0.elapsedLimit = -1 }, { $0.inputScales[0] = .nan }, { $0.outputScales[0] = 0 },
      { $0.inputScales.removeLast() }, { $0.maps.removeLast() }, { $0.maps[0].rows += 1 },
      { $0.maps[0].bias.removeLast() }, { $0.maps[0].widths[0] = 4 },
      { $0.maps[0].widths.removeLast() },
      { $0.maps[0].weights[0] = .min },
    ]
    for (index, change) in changes.enumerated() {
      var model = try Self.fixed()
      change(&model)
      #expect(Self.refusal(model) != nil, "change \(index)")
    }
    var pure = try Self.fixed("dense-19-pure")
    pure.cells[0].cfc?.a[3] = 1 << 30
    #expect(Self.refusal(pure)?.place == "cell0.a")
    pure = try Self.fixed("dense-19-pure")
    pure.cells[0].cfc?.wTau[3] = -1
    #expect(Self.refusal(pure)?.place == "cell0.w_tau")
  }

  @Test("the worst input reaches a row's bound and does not pass it", arguments: ["int16", "int8"])
  func bound(_ arithmetic: String) throws {
    let model = try Self.fixed("dense-64", try #require(ModelFile.Arithmetic(rawValue: arithmetic)))
    for map in model.maps {
      for row in 0..<map.rows {
        let weights = map.weights[row * map.columns..<(row + 1) * map.columns]
        let sign: Int64 = map.bias[row] < 0 ? -1 : 1
        var total = Int64(map.bias[row])
        let isByte = map.bits(ofRow: row) == 8
        let width = isByte ? map.columns : 32
        for start in stride(from: 0, to: map.columns, by: width) {
          var sum: Int64 = 0
          for weight in weights.dropFirst(start).prefix(width) {
            // The input whose product has the sign of the bias and the largest magnitude.
            sum += max(sign * Int64(weight) * 32767, sign * Int64(weight) * -32768) * sign
          }
          #expect(abs(sum) <= map.bound(ofRow: row, .init()).block)
          total += isByte ? sum : sum >> Int64(map.blockShift)
        }
        let bound = map.bound(ofRow: row, .init()).total
        #expect(abs(total) <= bound && bound <= Int64(Int32.max))
        // All inputs at −32768 or 32767: within 2⁻¹⁵ of the bound, but for one unit of each block's shift.
        #expect(Double(abs(total)) >= Double(bound) * (1 - 0x1p-14) - 32)
      }
    }
  }

  @Test(
    "a damaged quantised file is refused or runs, and never traps", arguments: ["wired-19-default", "ltc-19"])
  func damagedFiles(_ name: String) throws {
    let fixture = try RuntimeTests.fixture(name)
    let model = try fixture.model()
    let file = try RuntimeTests.fixed(model, fixture, .int8).file(describing: model)
    var stream = FixtureStream(seed: 5)
    for _ in 0..<300 {
      var damaged = file
      let tensor = Int(stream.next() % UInt64(damaged.tensors.count))
      guard !damaged.tensors[tensor].bytes.isEmpty else { continue }
      let byte = Int(stream.next() % UInt64(damaged.tensors[tensor].bytes.count))
      damaged.tensors[tensor].bytes[byte] ^= UInt8(truncatingIfNeeded: stream.next() | 1)
      do throws(ModelError) {
        var runtime = try NetworkRuntime(damaged)
        _ = try? RuntimeTests.run(&runtime, fixture.inputSteps()[..<2])
      } catch {
        #expect(!error.remedy.isEmpty)
      }
    }
  }

  @Test(
    "a damaged image is refused or runs within its block, and never traps",
    arguments: ["mixed-19-keras", "dense-19-pure", "ltc-12-cfc-6"])
  func damagedImages(_ name: String) throws {
    let image = try Self.fixed(name).image()
    let workspace = AlignedBlock(byteCount: 65536)
    let count = image.bytes.count
    let original = [UInt8](image.bytes)
    let header = image.bytes.load(as: ImageHeader.self)
    var places = Array(stride(from: 0, to: 240, by: 4))
    for index in 0..<Int(header.mapCount) {
      let map = image.bytes.load(
        fromByteOffset: Int(header.maps) + index * MemoryLayout<MapDescriptor>.stride, as: MapDescriptor.self)
      places += (0..<4).map { Int(map.runs) + 4 * $0 }
    }
    var stream = FixtureStream(seed: 6)
    var (opened, refused) = (0, 0)
    let inputs = [Float](repeating: 0.5, count: try RuntimeTests.fixture(name).inputs)
    for _ in 0..<2000 {
      image.bytes.copyBytes(from: original)
      // Header, descriptors and runs of panels: the numbers behind them cannot lead anywhere.
      for _ in 0...(stream.next() % 2) {
        let place = places[Int(stream.next() % UInt64(places.count))]
        let values: [UInt32] = [
          0, 1, 7, 0xFFFF_FFFF, 0x8000_0000, UInt32(count), UInt32(stream.next() >> 40),
        ]
        let value = values[Int(stream.next() % 7)]
        image.bytes.storeBytes(of: value, toByteOffset: place, as: UInt32.self)
      }
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
    #expect(opened > 0 && refused > opened)
  }
}
