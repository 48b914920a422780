import LiquidModel
import Testing

@Suite struct SafetensorsTests {
  /// A file from a header text and data, with no help from the writer.
  static func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
  }

  static func failure(_ bytes: [UInt8]) -> ModelError? {
    do {
      _ = try Safetensors(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func `reads what it wrote`() throws {
    let contents = Safetensors(
      metadata: ["quote\"": "line\nbreak \\ \u{1} é 🛩"],
      tensors: [
        Tensor(name: "a", shape: [2, 3], float32: [1, -2, 3.5, .pi, 0, -0.0]),
        Tensor(name: "b", shape: [3], int16: [-32768, 0, 32767]),
        Tensor(name: "c", shape: [], int8: [-1]),
        Tensor(name: "d", shape: [0, 7], int32: []),
        Tensor(name: "e", shape: [2], float16: [1.5, -65504]),
        Tensor(name: "f", shape: [2], int32: [.min, .max]),
      ])
    let read = try Safetensors(contents.encoded())
    #expect(read.metadata == contents.metadata)
    for tensor in contents.tensors { #expect(read.tensor(tensor.name) == tensor) }
    #expect(read.tensors.count == contents.tensors.count)
    #expect(try read.tensor("a")?.floats() == [1, -2, 3.5, .pi, 0, -0.0])
    #expect(try read.tensor("b")?.int16s() == [-32768, 0, 32767])
    #expect(try read.tensor("c")?.int8s() == [-1])
    #expect(try read.tensor("e")?.floats() == [1.5, -65504])
    #expect(try read.tensor("f")?.int32s() == [.min, .max])
    #expect(try read.encoded() == contents.encoded())
  }

  @Test func `reads a file laid out by hand`() throws {
    let header =
      #" {"x" : {"shape":[2],"dtype":"I16","data_offsets":[0,4]}, "__metadata__":{"k":"\u00e9\ud83d\ude00"}}  "#
    let read = try Safetensors(Self.file(header, [0x34, 0x12, 0xFF, 0xFF]))
    #expect(try read.tensor("x")?.int16s() == [0x1234, -1])
    #expect(read.metadata == ["k": "é😀"])
  }

  @Test(
    arguments: [
      (#"{ "#, [], "ends inside"),
      (#"  "#, [], "ends where"),
      (#"[]"#, [], "not an object"),
      (#"{} x"#, [], "the end of the text"),
      (#"{"a":1,"a":1}"#, [], "twice"),
      (#"{"a":1}"#, [], "object was expected"),
      (#"{"a":{"dtype":"F33","shape":[],"data_offsets":[0,0]}}"#, [], "none of"),
      (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}"#, [0], "2 elements"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, [0], "from 1 to 0"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":2}}"#, [0], "unknown member"),
      (#"{"a":{"dtype":"U8","shape":[1]}}"#, [0], "missing"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#, [0], "offsets"),
      (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, [0], "outside"),
      (#"{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}"#, [0], "whole number"),
      (#"{"a":{"dtype":"U8","shape":[1e300],"data_offsets":[0,1]}}"#, [0], "whole number"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [], "has 0"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [0, 0], "no tensor"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, [0, 0], "gap"),
      (
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
        [0, 0, 0], "within another"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"I16","shape":[1],"data_offsets":[1,3]}}"#,
        [0, 0, 0], "multiple"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[60000000,60000000,60000000],"data_offsets":[0,1]}}"#, [0],
        "more elements"
      ),
      (#"{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}"#, [0], "dimensions"),
      (#"{"__metadata__":{"a":1}}"#, [], "string was expected"),
      (#"{"__metadata__":"a"}"#, [], "object was expected"),
      (#"{"a":"\ud800"}"#, [], "surrogate"),
      (#"{"a":"\q"}"#, [], "escape"),
      (#"{"a":01}"#, [], "JSON value"),
      (#"{"a":1e999}"#, [], "double"),
      (#"[[[[[[[[[[[[[[[[[[[[[[[["#, [], "deeper"),
    ] as [(String, [UInt8], String)])
  func `refuses a malformed header and says why`(header: String, data: [UInt8], cause: String) throws {
    let error = try #require(Self.failure(Self.file(header, data)))
    #expect(error.cause.contains(cause), "\(error)")
  }

  @Test(arguments: [0, 1, 7, 8, 9])
  func `refuses a file that ends within its first fields`(count: Int) throws {
    let error = try #require(Self.failure(Array(repeating: 0, count: count)))
    #expect(error.place == "byte \(count)")
  }

  @Test(arguments: [0, 1, 1 << 20 + 1, UInt64.max, 1 << 63, 100] as [UInt64])
  func `refuses a header length out of bounds before allocating anything`(length: UInt64) throws {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array("{}      ".utf8)
    #expect(try #require(Self.failure(bytes)).place == "byte 0")
  }

  @Test func `refuses to write what it could not read`() {
    func failure(_ tensors: [Tensor]) -> ModelError? {
      do {
        _ = try Safetensors(metadata: [:], tensors: tensors).encoded()
        return nil
      } catch {
        return error
      }
    }
    let good = Tensor(name: "a", shape: [1], int8: [1])
    #expect(failure([good]) == nil)
    #expect(failure([good, good]) != nil)
    #expect(failure([Tensor(name: "a", shape: [2], int8: [1])]) != nil)
    #expect(failure([Tensor(name: "a", shape: [-1], int8: [1])]) != nil)
    #expect(failure([Tensor(name: "__metadata__", shape: [1], int8: [1])]) != nil)
  }

  @Test func `reads a tensor only as the type it has`() {
    let tensor = Tensor(name: "a", shape: [2], int16: [1, 2])
    #expect(throws: ModelError.self) { try tensor.floats() }
    #expect(throws: ModelError.self) { try tensor.int8s() }
    #expect(throws: ModelError.self) { try tensor.int32s() }
  }
}
