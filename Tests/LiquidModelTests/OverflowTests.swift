import Foundation
import LiquidCore
import Testing

@testable import LiquidModel

/// Floating point never leaves the finite numbers: a step that would is refused and changes nothing.
@Suite("Overflow in floating point")
struct OverflowTests {
  #if DEBUG
    static let steps = 80
  #else
    static let steps = 400
  #endif
  static let arithmetics: [ModelFile.Arithmetic] = [.float32, .float16]
  static let names =
    RuntimeTests.names + [
      "dense-34-relu", "dense-34-gelu", "dense-34-silu", "dense-34-linear", "wired-34-linear-no_gate",
      "wired-19-pure",
      "mixed-19-pure", "ltc-19-strong", "wired-34-linear-projection",
    ]

  /// Finite numbers of every size, the largest more often than others.
  struct Extremes {
    var bits: UInt64

    mutating func next() -> Float {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let word = UInt32(truncatingIfNeeded: bits >> 32)
      switch word % 8 {
      case 0: return .greatestFiniteMagnitude
      case 1: return -.greatestFiniteMagnitude
      case 2: return Float(bitPattern: 0x7F7F_F000 | word >> 20) * (word & 16 == 0 ? 1 : -1)
      case 3: return 0
      case 4, 5: return Float(Int32(bitPattern: word)) * 0x1p-31
      default:
        let value = Float(bitPattern: word)
        return value.isFinite ? value : 1e38
      }
    }
  }

  static func floats(_ bytes: [UInt8]) -> [Float] {
    stride(from: 0, to: bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
    }
  }

  @Test("no finite input makes a state or an output that is not finite", arguments: names, arithmetics)
  func property(_ name: String, _ arithmetic: ModelFile.Arithmetic) throws {
    for kernel in [Kernel.portable, .best] {
      let model = try RuntimeTests.fixture(name).model()
      var network = try NetworkRuntime(model, arithmetic: arithmetic, kernel: kernel)
      // Takes only the steps that are not refused.
      var twin = try NetworkRuntime(model, arithmetic: arithmetic, kernel: .portable)
      var extremes = Extremes(bits: UInt64(name.utf8.count) &* 977 &+ 5)
      var outputs = [Float](repeating: 5, count: network.outputCount)
      var others = outputs
      for _ in 0..<Self.steps {
        let inputs = (0..<network.inputCount).map { _ in extremes.next() }
        let ts = abs(extremes.next())
        let (before, kept) = (network.copyState(), outputs)
        var isRefused = false
        var span = outputs.mutableSpan
        do throws(NetworkError) {
          try network.step(inputs: inputs.span, ts: ts, outputs: &span)
        } catch {
          #expect(error == .nonFiniteResult)
          isRefused = true
        }
        #expect(outputs.allSatisfy { $0.isFinite })
        #expect(Self.floats(network.copyState()).allSatisfy { $0.isFinite })
        guard !isRefused else {
          #expect(network.copyState() == before)
          #expect(outputs == kept)
          continue
        }
        var other = others.mutableSpan
        do throws(NetworkError) {
          try twin.step(inputs: inputs.span, ts: ts, outputs: &other)
        } catch {
          Issue.record("the twin refused")
        }
        #expect(twin.stateDigest() == network.stateDigest())
        #expect(others.map(\.bitPattern) == outputs.map(\.bitPattern))
      }
    }
  }

  @Test("the steps that once left a state that was no number", arguments: arithmetics)
  func once(_ arithmetic: ModelFile.Arithmetic) throws {
    for (name, input, ts) in [("ncps-wired-19-pure", Float(3e38), Float(1)), ("ncps-mixed-19", 0.5, 3.4e38)] {
      let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/exported/\(name).safetensors").path
      let model = try ModelFile.read(path: path).model()
      var network = try NetworkRuntime(model, arithmetic: arithmetic)
      let zeros = [Float](repeating: 0, count: network.inputCount)
      let huge = [Float](repeating: input, count: network.inputCount)
      var outputs = [Float](repeating: 0, count: network.outputCount)
      for step in 0...51 {
        var span = outputs.mutableSpan
        do throws(NetworkError) {
          try network.step(inputs: step == 0 ? huge.span : zeros.span, ts: step == 0 ? ts : 1, outputs: &span)
        } catch {
          let isExpected = step == 0 && error == NetworkError.nonFiniteResult
          #expect(isExpected)
        }
        #expect(outputs.allSatisfy { $0.isFinite }, "\(name), step \(step)")
      }
    }
  }

  @Test("the largest input is not rounded to infinity in half precision")
  func largestInput() throws {
    // A weight of zero makes zero of every finite input.
    let model = NetworkModel(
      inputs: [.init(name: "x", unit: "1", minimum: -1, maximum: 1)],
      outputs: [.init(name: "y", unit: "1", minimum: -1, maximum: 1)],
      memory: nil,
      cells: [
        .cfc(
          NetworkModel.CfC(
            mode: .default, units: 1, backboneActivation: .tanh, backbone: [], headActivation: .tanh,
            ff1: .init(rows: 1, columns: 2, weights: [0, 0], bias: [0.5]),
            ff2: .init(rows: 1, columns: 2, weights: [0, 0], bias: [0.5]),
            timeA: .init(rows: 1, columns: 2, weights: [0, 0], bias: [0]),
            timeB: .init(rows: 1, columns: 2, weights: [0, 0], bias: [0]), wTau: nil, a: nil))
      ], projection: nil, timeUnit: 1, minimumTs: 0, maximumTs: 2, flavour: "test", provenance: [:])
    for input in [Float.greatestFiniteMagnitude, -.greatestFiniteMagnitude, Float(bitPattern: 0x7F7F_FC00)] {
      var network = try NetworkRuntime(model, arithmetic: .float16)
      var outputs: [Float] = [0]
      var span = outputs.mutableSpan
      try network.step(inputs: [input].span, ts: 1, outputs: &span)
      #expect(abs(outputs[0] - 0.46211716) < 1e-3)
    }
  }

  @Test("a state with a number that is not finite is refused", arguments: arithmetics)
  func restored(_ arithmetic: ModelFile.Arithmetic) throws {
    var network = try RuntimeTests.runtime("mixed-19", arithmetic)
    let digest = network.stateDigest()
    var state = network.copyState()
    state[4 * 7 + 2] = 0x80
    state[4 * 7 + 3] = 0x7F
    #expect(throws: NetworkError.nonFiniteState(7)) { try network.restoreState(state.span) }
    #expect(network.stateDigest() == digest)
  }
}
