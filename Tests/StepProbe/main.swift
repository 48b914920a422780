// Steps a model on input of one kind, for scripts/check-instructions, which counts the instructions.
//
//     StepProbe MODEL KERNEL random|zero|saturated|alternating STEPS

import LiquidCore
import LiquidModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

func stop(_ words: String) -> Never {
  print("StepProbe: \(words)")
  exit(2)
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let steps = Int(arguments[4]),
  let kernel = Kernel.allCases.first(where: { "\($0.name)" == arguments[2] }),
  ["random", "zero", "saturated", "alternating"].contains(arguments[3])
else { stop("MODEL KERNEL random|zero|saturated|alternating STEPS") }
do throws(ModelError) {
  var network = try NetworkRuntime(try ModelFile.read(path: arguments[1]), kernel: kernel)
  var outputs = [Float](repeating: 0, count: network.outputCount)
  var inputs = [Float](repeating: 0, count: network.inputCount)
  var state: UInt64 = 1
  func random() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-29
  }
  for step in 0..<steps {
    var ts: Float = 1
    for index in inputs.indices {
      switch arguments[3] {
      case "random": inputs[index] = random()
      case "zero": inputs[index] = 0
      case "saturated": inputs[index] = index % 2 == 0 ? 1e30 : -1e30
      default: inputs[index] = step % 2 == 0 ? 3 : -3
      }
    }
    switch arguments[3] {
    case "random": ts = abs(random())
    case "zero": ts = 0
    case "saturated": ts = 1e30
    default: ts = step % 2 == 0 ? 0 : 16
    }
    var span = outputs.mutableSpan
    do throws(NetworkError) {
      try network.step(inputs: inputs.span, ts: ts, outputs: &span)
    } catch {
      stop("\(error)")
    }
  }
} catch {
  stop("\(error)")
}
