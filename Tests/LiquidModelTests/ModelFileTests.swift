import Foundation
import LiquidModel
import Testing

@Suite struct ModelFileTests {
  /// Small cases that together have every kind of tensor.
  static let small = FixtureCase.all.filter {
    ["wired-19-projection", "dense-19-backbone-2", "mixed-19-keras-pure", "mixed-19"].contains($0.name)
  }

  static func failure(_ body: () throws -> Void) -> ModelError? {
    do {
      try body()
      return nil
    } catch {
      return error as? ModelError
    }
  }

  /// The bytes of a good file with some metadata replaced, or removed where nil, and the digest renewed.
  static func altered(_ changes: [String: String?]) throws -> [UInt8] {
    var file = try Safetensors(ModelFile(#require(small.first).model(), arithmetic: .float32).encoded())
    for (key, value) in changes { file.metadata[key] = value }
    if !changes.keys.contains("ganglion.digest") { file.metadata["ganglion.digest"] = file.contentDigest }
    return try file.encoded()
  }

  @Test(arguments: small)
  func `a model survives the way through a file`(fixture: FixtureCase) throws {
    let model = try fixture.model()
    let bytes = try ModelFile(model, arithmetic: .float32).encoded()
    let file = try ModelFile.read(bytes)
    #expect(try file.model() == model)
    #expect(try file.encoded() == bytes)
  }

  @Test(arguments: small)
  func `half precision rounds each weight to the nearest half`(fixture: FixtureCase) throws {
    let model = try fixture.model()
    let read = try ModelFile.read(ModelFile(model, arithmetic: .float16).encoded()).model()
    #expect(read.cells[0].cfc?.ff1.weights == model.cells[0].cfc?.ff1.weights.map { Float(Float16($0)) })
    #expect(read.inputs == model.inputs)
  }

  @Test func `a weight beyond half precision is refused, not stored as infinity`() throws {
    var model = try #require(Self.small.first).model()
    model.cells[0].cfc?.ff1.weights[3] = 70_000
    let error = try #require(Self.failure { _ = try ModelFile(model, arithmetic: .float16) })
    #expect(error.place.contains("cell0.ff1.weight"))
    #expect(Self.failure { _ = try ModelFile(model, arithmetic: .float32) } == nil)
  }

  @Test(arguments: ExportedCase.all)
  func `reads what the Python exporter wrote`(exported: ExportedCase) throws {
    let file = try ModelFile.read(path: exported.path)
    #expect(file.seal?.coverage == .everything)
    let model = try file.model()
    #expect(model.inputs.count == exported.inputSteps()[0].inputs.count)
    #expect(model.outputs.count == (try exported.expectedOutputs()[0].count))
    #expect(file.provenance["exporter"] == "scripts/export_ncps.py")
  }

  @Test func `exporter's files and their origin's answers are there`() {
    #expect(ExportedCase.all.count >= 4)
  }

  @Test func `a quantiser's tensors and metadata survive the way through a file`() throws {
    let model = try #require(Self.small.first).model()
    let tensors = [
      Tensor(name: "cell0.ff1.weight", shape: [2, 2], int8: [1, -2, 3, -127]),
      Tensor(name: "cell0.ff1.scale", shape: [2], int32: [1, 2]),
    ]
    let file = ModelFile(
      describing: model, arithmetic: .int8, tensors: tensors, metadata: ["ganglion.quantisation": "{}"])
    let read = try ModelFile.read(file.encoded())
    #expect(read.arithmetic == .int8)
    #expect(read.metadata == ["ganglion.quantisation": "{}"])
    #expect(try read.tensor("cell0.ff1.weight") == tensors[0])
    #expect(read.digest == file.digest)
    #expect(Self.failure { _ = try read.model() }?.remedy.contains("float32") == true)
    #expect(Self.failure { _ = try read.tensor("cell0.ff2.weight") }?.cause == "is missing")
  }

  @Test func `a single altered weight shows in the digest`() throws {
    var bytes = try Self.altered([:])
    bytes[bytes.count - 1] ^= 1
    #expect(Self.failure { _ = try ModelFile.read(bytes) }?.place == "metadata ganglion.digest")
  }

  @Test(
    arguments: [
      ("ganglion.format", "4", "version"),
      ("ganglion.format", nil, "missing"),
      ("ganglion.digest", "00", "digest"),
      ("ganglion.arithmetic", "int4", "none of"),
      ("ganglion.arithmetic", "float16", "F16"),
      ("ganglion.inputs", "[]", "0 inputs"),
      ("ganglion.inputs", "{}", "not a list"),
      ("ganglion.inputs", #"[{"name":"a","unit":"m","minimum":0}]"#, "missing"),
      ("ganglion.inputs", #"[{"name":"a","unit":"m","minimum":0,"maximum":0}]"#, "not a range"),
      ("ganglion.inputs", #"[{"name":"","unit":"m","minimum":0,"maximum":1}]"#, "no name"),
      ("ganglion.inputs", #"[{"name":"a","unit":"m","minimum":0,"maximum":1}]"#, "F32 [12, 22]"),
      ("ganglion.time", #"{"unit_s":0,"minimum":0,"maximum":1}"#, "0.0 s"),
      ("ganglion.time", #"{"unit_s":1,"minimum":-1,"maximum":1}"#, "-1.0 to 1.0"),
      ("ganglion.time", #"{"unit_s":1,"minimum":2,"maximum":1}"#, "2.0 to 1.0"),
      ("ganglion.time", #"{"unit_s":"1","minimum":0,"maximum":1}"#, "string"),
      ("ganglion.provenance", "[]", "not an object"),
      ("ganglion.provenance", #"{"a":1}"#, "string was expected"),
      ("ganglion.architecture", #"{"memory":null,"cells":[],"projection":false}"#, "0 cells"),
      ("ganglion.architecture", "-", "JSON value"),
      (
        "ganglion.architecture",
        #"{"cells":[{"mode":"default","units":100000,"backbone":[],"backbone_activation":"tanh","head_activation":"tanh"}],"projection":false}"#,
        "100000"
      ),
      (
        "ganglion.architecture",
        #"{"cells":[{"mode":"fast","units":1,"backbone":[],"backbone_activation":"tanh","head_activation":"tanh"}],"projection":false}"#,
        "none of default"
      ),
      (
        "ganglion.architecture",
        #"{"cells":[{"mode":"default","units":4,"backbone":[],"backbone_activation":"tanh","head_activation":"tanh"}],"projection":false}"#,
        "where F32 [4, 14]"
      ),
      (
        "ganglion.architecture",
        #"{"cells":[{"mode":"default","units":4,"backbone":[],"backbone_activation":"tanh","head_activation":"tanh","bias":false}],"projection":false}"#,
        "unknown member"
      ),
      ("ganglion.time", #"{"unit_s":1,"minimum":0,"maximum":1,"offset":null}"#, "unknown member"),
    ] as [(String, String?, String)])
  func `metadata that is wrong is refused with its key`(key: String, value: String?, cause: String) throws {
    let bytes = try Self.altered([key: value])
    let error = try #require(Self.failure { _ = try ModelFile.read(bytes).model() })
    #expect("\(error)".contains(cause), "\(error)")
  }

  /// A dictionary's order is another one in each run of the program.
  @Test func `of several faults the first by name is told`() throws {
    let names = (0..<40).map { "k\($0)" }.sorted()
    let numbers = names.reversed().map { "\"\($0)\":1" }.joined(separator: ",")
    let provenance = try Self.altered(["ganglion.provenance": "{\(numbers)}"])
    let error = try #require(Self.failure { _ = try ModelFile.read(provenance) })
    #expect(error.place == "metadata ganglion.provenance, \"k0\"")
    for (header, place) in [
      (#"{"__metadata__":{\#(numbers)}}"#, "metadata \"k0\""), ("{\(numbers)}", "tensor \"k0\""),
    ] {
      let bytes =
        (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
      #expect(Self.failure { _ = try ModelFile.read(bytes) }?.place == place)
    }
  }

  @Test func `a tensor missing or left over is named`() throws {
    let model = try #require(Self.small.first).model()
    var file = try ModelFile(model, arithmetic: .float32)
    file.tensors.append(Tensor(name: "cell9.ff1.weight", shape: [1], float32: [0]))
    #expect(Self.failure { _ = try file.model() }?.place == "tensor \"cell9.ff1.weight\"")
    file.tensors.removeAll { $0.name == "cell1.time_a.bias" || $0.name == "cell9.ff1.weight" }
    #expect(Self.failure { _ = try file.model() }?.place == "tensor \"cell1.time_a.bias\"")
  }

  @Test func `a file is written whole and read back`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try ModelFile(#require(Self.small.first).model(), arithmetic: .float32)
    try file.write(path: path)
    #expect(try ModelFile.read(path: path).model() == file.model())
    #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
  }

  @Test func `a path that cannot be read or written is an error with that path`() throws {
    let file = try ModelFile(#require(Self.small.first).model(), arithmetic: .float32)
    let absent = "/nonexistent/model.safetensors"
    #expect(Self.failure { _ = try ModelFile.read(path: absent) }?.place.contains(absent) == true)
    #expect(
      Self.failure { _ = try ModelFile.read(path: "/dev/zero") }?.cause == "is a device, not a regular file")
    #expect(Self.failure { _ = try ModelFile.read(path: "/") }?.cause == "is a folder, not a regular file")
    #expect(Self.failure { try file.write(path: absent) }?.place.contains(absent) == true)
  }
}
