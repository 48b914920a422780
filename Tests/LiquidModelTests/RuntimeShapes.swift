import Testing

@testable import LiquidModel

/// A kind of network that the arithmetics are judged on.
struct RuntimeShape: Sendable, CustomTestStringConvertible {
  let name: String
  let configure: @Sendable (inout RandomModel) -> Void
  var testDescription: String { name }

  func model(seed: UInt64 = 7) -> CfCModel {
    var maker = RandomModel(seed: seed)
    configure(&maker)
    return maker.model()
  }

  /// Inter, command and motor neurons as ncps' AutoNCP divides them.
  static func wiring(_ neurons: Int, _ motors: Int) -> [Int] {
    let command = max(Int(0.4 * Double(neurons - motors)), 1)
    return [neurons - motors - command, command, motors]
  }

  /// Steps of a comparison, and the largest network compared. Unoptimised code is some hundred times slower: the
  /// whole matrix runs in an optimised build (`scripts/parity-report`).
  #if DEBUG
    static let steps = 200
    static let largest = 12_000
  #else
    static let steps = 1000
    static let largest = Int.max
  #endif

  static let sizes = [19, 34, 64, 128, 302]

  static let all: [RuntimeShape] = {
    var shapes: [RuntimeShape] = []
    func add(_ name: String, _ configure: @escaping @Sendable (inout RandomModel) -> Void) {
      shapes.append(RuntimeShape(name: name, configure: configure))
    }
    for size in sizes {
      add("wired \(size)") { $0.chain = wiring(size, 4) }
      add("dense \(size)") { $0.chain = [size] }
      add("dense \(size), backbone 1×128 lecun_tanh") { ($0.chain, $0.backbone) = ([size], [128]) }
    }
    for activation in CfCModel.BackboneActivation.allCases {
      add("dense 34, backbone 2×64 \(activation.rawValue)") {
        ($0.chain, $0.backbone, $0.backboneActivation) = ([34], [64, 64], activation)
      }
    }
    for head in CfCModel.HeadActivation.allCases {
      for mode in CfCModel.Mode.allCases where mode != .pure || head == .tanh {
        // Without a gate and without a bound, random weights make a network that diverges.
        if (mode, head) == (.noGate, .linear) { continue }
        add("dense 34, \(mode.rawValue), head \(head.rawValue), backbone 1×64 silu") {
          ($0.chain, $0.backbone, $0.backboneActivation) = ([34], [64], .silu)
          ($0.mode, $0.headActivation) = (mode, head)
        }
        add("wired 34, \(mode.rawValue), head \(head.rawValue)") {
          ($0.chain, $0.mode, $0.headActivation) = (wiring(34, 4), mode, head)
        }
      }
    }
    for role in CfCModel.Memory.Role.allCases {
      for size in [19, 64] {
        add("mixed memory \(role.rawValue) \(size), backbone 1×64 lecun_tanh") {
          ($0.chain, $0.backbone, $0.memory) = ([size], [64], role)
        }
      }
      add("mixed memory \(role.rawValue) 34, linear heads, projection") {
        ($0.chain, $0.memory, $0.headActivation, $0.projects) = ([34], role, .linear, true)
      }
    }
    add("wired 34, projection") { ($0.chain, $0.projects) = (wiring(34, 4), true) }
    add("dense 64, projection") { ($0.chain, $0.backbone, $0.projects) = ([64], [128], true) }
    add("dense 64, 32 inputs, ts to 20") {
      ($0.chain, $0.inputs, $0.maximumTs) = ([64], 32, 20)
    }
    add("dense 1, 1 input, 1 output") { ($0.chain, $0.inputs, $0.outputs) = ([1], 1, 1) }
    add("dense 512") { $0.chain = [512] }
    return shapes.filter { Architecture(of: $0.model()).multiplyCount <= largest }
  }()
}
