import CGanglion
import Foundation
import GanglionC
import LiquidModel
import Testing

/// The networks of 19 neurons that the project ships or has as a fixture, one for each way to compute.
enum Model: String, CaseIterable, CustomTestStringConvertible {
  case float32 = "firmware-configs/models/quadrotor-ncp19.safetensors"
  case int16 = "firmware-configs/models/quadrotor-ncp19-int16.safetensors"
  case int8 = "firmware-configs/models/quadrotor-ncp19-int8.safetensors"
  case mixedMemory = "Tests/Fixtures/exported/ncps-mixed-19.safetensors"

  var testDescription: String { rawValue }

  var path: String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: rawValue).path
  }

  func file() throws -> ModelFile { try ModelFile.read(path: path) }
}

/// A network opened through the C functions, and closed with this value.
final class Opened {
  let handle: OpaquePointer

  init(_ model: Model, kernel: String? = nil) throws {
    var handle: OpaquePointer?
    try #require(ganglion_open_file(model.path, kernel, &handle, nil, 0) == Int32(GANGLION_OK))
    self.handle = try #require(handle)
  }

  deinit { ganglion_close(handle) }

  var description: ganglion_description {
    get throws {
      var description = ganglion_description()
      let size = MemoryLayout<ganglion_description>.size
      try #require(ganglion_describe(handle, &description, size) == Int32(GANGLION_OK))
      return description
    }
  }

  var digest: UInt64 {
    get throws {
      var digest: UInt64 = 0
      try #require(ganglion_state_digest(handle, &digest) == Int32(GANGLION_OK))
      return digest
    }
  }

  var text: String { String(cString: ganglion_error_text(handle)) }

  func step(_ inputs: [Float], _ ts: Float) throws -> [Float] {
    var outputs = [Float](repeating: 0, count: try description.output_count)
    let status = ganglion_step(handle, inputs, inputs.count, ts, &outputs, outputs.count)
    try #require(status == Int32(GANGLION_OK), "\(text)")
    return outputs
  }
}

/// The text that ends at the first zero.
func string(_ text: [CChar]) -> String {
  String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Steps that look like a flight's: seeded inputs between −1 and 1, irregular ts.
func steps(_ count: Int, inputs: Int, seed: UInt64 = 1) -> [(inputs: [Float], ts: Float)] {
  var state = seed
  func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
  }
  return (0..<count).map { _ in ((0..<inputs).map { _ in next() }, 1 + 0.75 * next()) }
}
