import CGanglion
import Foundation
import GanglionC
import LiquidModel
import Testing

@Suite("C interface: opening and quantising")
struct OpeningTests {
  /// The status and the text of opening `bytes`, which must be refused or give a network.
  private func open(_ bytes: [UInt8], size: Int? = nil, kernel: String? = nil) -> (
    status: Int32, text: String
  ) {
    var text = [CChar](repeating: 1, count: 512)
    var handle: OpaquePointer?
    let status = ganglion_open_memory(bytes, size ?? bytes.count, kernel, &handle, &text, text.count)
    #expect((handle != nil) == (status == Int32(GANGLION_OK)))
    ganglion_close(handle)
    return (status, string(text))
  }

  @Test("bytes in memory and a file give the same network")
  func memory() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Model.int8.path)))
    var handle: OpaquePointer?
    #expect(ganglion_open_memory(bytes, bytes.count, "portable", &handle, nil, 0) == Int32(GANGLION_OK))
    let file = try Opened(.int8)
    var outputs = [Float](repeating: 0, count: 4)
    for step in steps(20, inputs: 12) {
      #expect(ganglion_step(handle, step.inputs, 12, step.ts, &outputs, 4) == Int32(GANGLION_OK))
      #expect(try file.step(step.inputs, step.ts) == outputs)
    }
    ganglion_close(handle)
  }

  @Test("an old file is opened, and said to be unprotected")
  func oldFile() throws {
    let old = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/models/old-format-1.safetensors").path
    var (text, handle) = ([CChar](repeating: 1, count: 512), OpaquePointer?.none)
    #expect(ganglion_open_file(old, nil, &handle, &text, 512) == Int32(GANGLION_OK))
    #expect(string(text).hasPrefix("an old file, not protected"))
    ganglion_close(handle)
    let opened = open([UInt8](try Data(contentsOf: URL(filePath: Model.int8.path))))
    #expect(opened.status == Int32(GANGLION_OK) && opened.text == "")
  }

  @Test("null pointers, wrong paths and unknown kernels are refused with a text")
  func wrongArguments() throws {
    var text = [CChar](repeating: 1, count: 256)
    var handle = OpaquePointer(bitPattern: 8)
    #expect(ganglion_open_file(nil, nil, &handle, &text, 256) == Int32(GANGLION_NULL))
    #expect(handle == nil && string(text) == "path is null")
    #expect(ganglion_open_file(Model.int8.path, nil, nil, &text, 256) == Int32(GANGLION_NULL))
    #expect(string(text) == "network is null")
    #expect(ganglion_open_memory(nil, 5, nil, &handle, &text, 256) == Int32(GANGLION_NULL))
    for path in ["", "/nowhere/at.all", "/tmp", "/dev/null", "\u{FFFF}"] {
      #expect(ganglion_open_file(path, nil, &handle, &text, 256) == Int32(GANGLION_MODEL), "\(path)")
      #expect(string(text).hasPrefix(path))
    }
    #expect(ganglion_open_file(Model.int8.path, "abacus", &handle, &text, 256) == Int32(GANGLION_KERNEL))
    #expect(string(text).hasPrefix("kernel \"abacus\" is not available here; there are portable"))
    #expect(handle == nil)
    #expect(open([1], size: -1).status == Int32(GANGLION_LENGTH))
    #expect(open([1], size: .max).status == Int32(GANGLION_LENGTH))
    #expect(open([], size: 0).status == Int32(GANGLION_MODEL))
  }

  @Test("a text is cut at the caller's length, between characters, and always ends")
  func textLengths() throws {
    // Two bytes for each character of the path.
    let path = "/" + String(repeating: "é", count: 40)
    var whole = [CChar](repeating: 1, count: 512)
    #expect(ganglion_open_file(path, nil, nil, &whole, 512) == Int32(GANGLION_NULL))
    var handle: OpaquePointer?
    #expect(ganglion_open_file(path, nil, &handle, &whole, 512) == Int32(GANGLION_MODEL))
    let full = string(whole)
    for size in 1..<100 {
      var text = [CChar](repeating: 1, count: size + 1)
      #expect(ganglion_open_file(path, nil, &handle, &text, size) == Int32(GANGLION_MODEL))
      #expect(text[size] == 1, "one byte beyond")
      let end = try #require(text.firstIndex(of: 0))
      #expect(end >= size - 2)
      let cut = try #require(String(validating: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
      #expect(full.hasPrefix(cut))
    }
    #expect(ganglion_open_file(path, nil, &handle, nil, 0) == Int32(GANGLION_MODEL))
    #expect(ganglion_open_file(path, nil, &handle, nil, 99) == Int32(GANGLION_MODEL))
  }

  @Test("models of zero or 100,000 neurons, with numbers that are none, and scales of zero are refused")
  func badModels() throws {
    let float = try Model.float32.file()
    let fixed = try Model.int8.file()
    func replacing(_ name: String, of file: ModelFile, at index: Int, by value: Float) throws -> ModelFile {
      var file = file
      let place = try #require(file.tensors.firstIndex { $0.name == name })
      var values = try file.tensors[place].floats()
      values[index] = value
      file.tensors[place] = Tensor(name: name, shape: file.tensors[place].shape, float32: values)
      return file
    }
    var cases: [String: ModelFile] = [:]
    for value in [Float.nan, .infinity] {
      cases["weight \(value)"] = try replacing("cell0.ff1.weight", of: float, at: 3, by: value)
    }
    for value in [Float.nan, .infinity, 0, -1] {
      cases["input scale \(value)"] = try replacing("input_scale", of: fixed, at: 0, by: value)
      cases["output scale \(value)"] = try replacing("output_scale", of: fixed, at: 1, by: value)
    }
    for units in [0, -1, 100_000, Int.max] {
      cases["\(units) neurons"] = float
      cases["\(units) neurons"]?.architecture.cells[0].units = units
      cases["\(units) neurons, int8"] = fixed
      cases["\(units) neurons, int8"]?.architecture.cells[1].units = units
    }
    cases["no tensors"] = float
    cases["no tensors"]?.tensors = []
    for (name, file) in cases {
      // A writer that refuses too is not what is tested here, but nothing to refuse is left then.
      guard let bytes = try? file.encoded() else { continue }
      let (status, text) = open(bytes)
      #expect(status == Int32(GANGLION_MODEL), "\(name)")
      #expect(!text.isEmpty, "\(name)")
    }
    let written = cases.values.filter { (try? $0.encoded()) != nil }
    #expect(written.count >= 10)
  }

  @Test("a file cut anywhere, or with a byte changed, is refused or runs, and never traps")
  func damagedFiles() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Model.int8.path)))
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(open(Array(bytes[..<count])).status == Int32(GANGLION_MODEL))
    }
    var refused = 0
    for place in stride(from: 0, to: bytes.count, by: 31) {
      var damaged = bytes
      damaged[place] ^= 1 << (place % 8)
      if open(damaged).status == Int32(GANGLION_MODEL) { refused += 1 }
    }
    #expect(refused > bytes.count / 31 / 2)
  }

  @Test("quantising writes the model that LiquidModel makes of the same rows", arguments: ["int16", "int8"])
  func quantising(_ arithmetic: String) throws {
    let model = try Model.float32.file().model()
    let steps = steps(300, inputs: 12)
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: output) }
    let inputs = steps.flatMap(\.inputs)
    var text = [CChar](repeating: 1, count: 512)
    let status = ganglion_quantize(
      Model.float32.path, arithmetic, steps.count, inputs, inputs.count, steps.map(\.ts), output, &text, 512)
    #expect(status == Int32(GANGLION_OK))
    // Of 300 rows a fifth is kept aside, which leaves few.
    #expect(string(text).hasPrefix("the recording is short: 240 steps"), "\(string(text))")
    let expected = try FixedModel(
      quantising: model, to: try #require(ModelFile.Arithmetic(rawValue: arithmetic)),
      Calibration(model, steps: steps.prefix(240).map { .init(inputs: $0.inputs, ts: $0.ts) }))
    #expect(try FixedModel(try ModelFile.read(path: output)) == expected)
  }

  @Test("quantising refuses what it cannot do, and then writes nothing")
  func refusedQuantising() throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors").path
    let (float, fixed) = (Model.float32.path, Model.int8.path)
    var row = [Float](repeating: 0.5, count: 12)
    func quantise(_ path: String?, _ arithmetic: String?, _ rows: Int, _ inputs: [Float]?, _ ts: [Float]?)
      -> Int32
    {
      ganglion_quantize(path, arithmetic, rows, inputs, inputs?.count ?? 0, ts, output, nil, 0)
    }
    #expect(quantise(nil, "int8", 1, row, [1]) == Int32(GANGLION_NULL))
    #expect(quantise(float, nil, 1, row, [1]) == Int32(GANGLION_NULL))
    #expect(ganglion_quantize(float, "int8", 1, row, 12, [1], nil, nil, 0) == Int32(GANGLION_NULL))
    #expect(quantise(float, "int8", 1, row, nil) == Int32(GANGLION_NULL))
    #expect(quantise(float, "int8", 2, row, [1, 1]) == Int32(GANGLION_LENGTH))
    #expect(quantise(float, "int7", 1, row, [1]) == Int32(GANGLION_MODEL))
    #expect(quantise(float, "float32", 1, row, [1]) == Int32(GANGLION_MODEL))
    #expect(quantise(fixed, "int8", 1, row, [1]) == Int32(GANGLION_MODEL))
    #expect(quantise("/nowhere", "int8", 1, row, [1]) == Int32(GANGLION_MODEL))
    #expect(quantise(float, "int8", 0, [], []) == Int32(GANGLION_MODEL))
    #expect(quantise(float, "int8", 1, row, [-1]) == Int32(GANGLION_ELAPSED_TIME))
    row[3] = .nan
    #expect(quantise(float, "int8", 1, row, [1]) == Int32(GANGLION_NOT_FINITE))
    #expect(!FileManager.default.fileExists(atPath: output))
    row[3] = 0
    let nowhere = "/nowhere/model.safetensors"
    #expect(ganglion_quantize(float, "int8", 1, row, 12, [1], nowhere, nil, 0) == Int32(GANGLION_MODEL))
  }
}
