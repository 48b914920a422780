import Foundation
import Testing

@testable import LiquidModel

private let data = ProcessInfo.processInfo.environment["GANGLION_DATA"]

/// The digest over everything: damage is refused or without effect, and no protected file becomes an old one.
@Suite struct ModelDigestTests {
  /// A small model of each kind, as a file of each writer: fixed-point CfC, and LTC.
  enum Model: String, CaseIterable, Sendable {
    case int16, int8, ltc

    func file() throws -> ModelFile {
      switch self {
      case .int16, .int8:
        let fixture = try RuntimeTests.fixture("dense-1")
        let model = try fixture.model()
        return try RuntimeTests.fixed(model, fixture, self == .int8 ? .int8 : .int16).file(describing: model)
      case .ltc: return try ModelFile(RuntimeTests.fixture("ltc-1").model(), arithmetic: .float32)
      }
    }

    func bytes() throws -> [UInt8] { try file().encoded() }
  }

  /// What a file holds, however it is laid out; nil when it is refused.
  private static func content(_ bytes: [UInt8]) -> ModelFile? {
    do throws(ModelError) {
      let file = try ModelFile.read(bytes)
      _ = try NetworkRuntime(file)
      return file
    } catch {
      #expect(!error.place.isEmpty && !error.cause.isEmpty && !error.remedy.isEmpty)
      return nil
    }
  }

  /// Expects that each damaged file is refused, or holds what the good one holds and is still protected; the number of
  /// those that are not refused.
  private static func expectSafe(_ good: [UInt8], _ count: Int, _ damaged: (Int) -> [UInt8]) throws -> Int {
    let expected = try #require(content(good))
    #expect(expected.seal?.coverage == .everything)
    var harmless = 0
    for index in 0..<count {
      let bytes = damaged(index)
      guard bytes != good, let found = content(bytes) else { continue }
      harmless += 1
      #expect(found == expected, "damage \(index)")
    }
    return harmless
  }

  @Test(arguments: Model.allCases)
  func `every single bit flipped is refused or without effect`(model: Model) throws {
    let good = try model.bytes()
    let harmless = try Self.expectSafe(good, good.count * 8) { index in
      var bytes = good
      bytes[index / 8] ^= 1 << UInt8(index % 8)
      return bytes
    }
    // Nothing in a file as it is written has two spellings one bit apart.
    #expect(harmless == 0)
  }

  @Test(arguments: Model.allCases)
  func `two bits, other bytes, cuts and additions are refused or without effect`(model: Model) throws {
    let good = try model.bytes()
    var random = FixtureStream(seed: 31)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    _ = try Self.expectSafe(good, 6000) { index in
      var bytes = good
      let at = below(bytes.count)
      switch index % 5 {
      case 0:
        bytes[at] ^= 1 << UInt8(below(8))
        bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
      case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
      case 2: bytes.removeSubrange(at..<min(at + 1 + below(4), bytes.count))
      case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
      // Two bytes change places, as in a number whose digits were swapped.
      default: bytes.swapAt(at, min(at + 1, bytes.count - 1))
      }
      return bytes
    }
    for extra in [[0], [0, 0, 0, 0, 0, 0, 0, 0], good] as [[UInt8]] {
      #expect(Self.content(good + extra) == nil)
    }
  }

  /// A file with its header's text changed, and its length with it.
  private static func withHeader(_ bytes: [UInt8], _ change: (inout String) -> Void) throws -> [UInt8] {
    let start = try Safetensors.dataStart(of: bytes)
    var text = String(decoding: bytes[8..<start], as: UTF8.self)
    change(&text)
    let count = text.utf8.count
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(text.utf8) + bytes[start...]
  }

  @Test(arguments: Model.allCases)
  func `another layout of the same content is the same model`(model: Model) throws {
    let good = try model.bytes()
    let expected = try #require(Self.content(good))
    let spaced = try Self.withHeader(good) { $0 = " " + $0.replacing(":{\"d", with: ": {\n\"d") }
    #expect(Self.content(spaced) == expected)
    // The tensors in the opposite order of their bytes, as another writer may lay them out.
    var other = try Safetensors(good)
    other.tensors.reverse()
    #expect(other.contentDigest == expected.digest)
  }

  @Test(arguments: Model.allCases)
  func `a name that stands twice, a gap and a tensor under another name are refused`(model: Model) throws {
    let good = try model.bytes()
    let file = try Safetensors(good)
    let twice = try Self.withHeader(good) {
      $0 = $0.replacing("\"ganglion.flavour\":", with: "\"ganglion.flavour\":\"x\",\"ganglion.flavour\":")
    }
    #expect(Self.content(twice) == nil)
    let gap = try Self.withHeader(good) {
      $0 = $0.replacing("\"data_offsets\":[0,", with: "\"data_offsets\":[8,")
    }
    #expect(Self.content(gap) == nil)
    var renamed = file
    renamed.tensors[0].name += "x"
    #expect(try Self.content(renamed.encoded()) == nil)
    // Two tensors of one shape that change names keep the data block as it is.
    var swapped = file
    let pair = try #require(
      file.tensors.indices.lazy.flatMap { a in file.tensors.indices.map { (a, $0) } }.first { a, b in
        a < b && file.tensors[a].shape == file.tensors[b].shape
          && file.tensors[a].elementType == file.tensors[b].elementType
          && file.tensors[a].bytes != file.tensors[b].bytes
      })
    swapped.tensors[pair.0].name = file.tensors[pair.1].name
    swapped.tensors[pair.1].name = file.tensors[pair.0].name
    #expect(try Self.content(swapped.encoded()) == nil)
  }

  @Test(arguments: ["ganglion.time", "ganglion.architecture", "ganglion.inputs", "ganglion.provenance"])
  func `what is changed without the digest is refused by it`(key: String) throws {
    var file = try Safetensors(Model.ltc.bytes())
    file.metadata[key]?.append(" ")
    let error = ModelFileTests.failure { _ = try ModelFile.read(file.encoded()) }
    #expect(error?.place == "metadata ganglion.digest")
    #expect(error?.remedy.contains("altered or damaged") == true)
  }

  /// The same value as Tests/python/test_model_digest.py has, by hand from docs/model-format.md.
  @Test func `a known content has a known digest`() {
    let file = Safetensors(
      metadata: ["x": "", "ganglion.flavour": "é", "ganglion.digest": "whatever"],
      tensors: [
        Tensor(name: "b", shape: [2, 3], float32: [0, 1, 2, 3, 4, 5]),
        Tensor(name: "a", shape: [2], int8: [1, -2]),
      ])
    #expect(file.contentDigest == "6b02f5e2373296513158f11d3ae3c1e8f20e028a83f6696cdaeed898ffdc131b")
  }

  // MARK: Old files

  /// The same content as a file of format 1 or 2, as Ganglion wrote it before.
  static func unsealed(_ bytes: [UInt8]) throws -> Safetensors {
    var file = try Safetensors(bytes)
    let model = try ModelFile.read(bytes)
    file.metadata["ganglion.digest"] = nil
    file.metadata["ganglion.format"] = model.architecture.hasTimeConstantCells ? "2" : "1"
    file.metadata["ganglion.sha256"] = model.tensorDigest
    return file
  }

  @Test(arguments: ["old-format-1", "old-format-2"])
  func `an old file is read, and said to be unprotected`(name: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/models/\(name).safetensors").path
    let old = try ModelFile.read(path: path)
    #expect(old.seal?.coverage == .tensors)
    #expect(old.digest == old.tensorDigest)
    #expect(old.sealNote?.contains("not protected") == true)
    // Written again it is protected, and the same otherwise.
    let sealed = try ModelFile.read(old.encoded())
    #expect(sealed.seal?.coverage == .everything)
    #expect(sealed.sealNote == nil)
    #expect(try sealed.model() == old.model())
    var tensor = try Safetensors(old.encoded())
    tensor.tensors[0].bytes[0] ^= 1
    #expect(ModelFileTests.failure { _ = try ModelFile.read(tensor.encoded()) } != nil)
  }

  @Test(arguments: Model.allCases)
  func `the marks of old and protected files do not mix`(model: Model) throws {
    let good = try Safetensors(model.bytes())
    let old = try Self.unsealed(model.bytes())
    #expect(try ModelFile.read(old.encoded()).seal?.coverage == .tensors)
    for format in ["1", "2", "0", "4", "7", "33", "3 ", ""] {
      var file = good
      file.metadata["ganglion.format"] = format
      #expect(try Self.content(file.encoded()) == nil, "format \(format)")
    }
    var both = good
    both.metadata["ganglion.sha256"] = old.metadata["ganglion.sha256"]
    both.metadata["ganglion.digest"] = both.contentDigest
    #expect(try Self.content(both.encoded()) == nil)
    var oldWithBoth = old
    oldWithBoth.metadata["ganglion.digest"] = good.metadata["ganglion.digest"]
    #expect(try Self.content(oldWithBoth.encoded()) == nil)
    for file in [good, old] {
      var bare = file
      (bare.metadata["ganglion.digest"], bare.metadata["ganglion.sha256"]) = (nil, nil)
      #expect(
        ModelFileTests.failure { _ = try ModelFile.read(bare.encoded()) }?.cause.contains("missing") == true)
    }
  }

  // MARK: Models that were shipped

  private static let shipped = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "firmware-configs/models")

  private static func shippedBytes() throws -> [(name: String, bytes: [UInt8])] {
    try FileManager.default.contentsOfDirectory(atPath: shipped.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: shipped.appending(path: $0))))
    }
  }

  @Test func `the shipped models are protected`() throws {
    let files = try Self.shippedBytes()
    #expect(files.count == 17)
    for (name, bytes) in files {
      #expect(try ModelFile.read(bytes).seal?.coverage == .everything, "\(name)")
    }
  }

  @Test func `an old file of a shipped model is known, and refused when its header was altered`() throws {
    let (_, bytes) = try #require(
      Self.shippedBytes().first { $0.name == "quadrotor-ncp19-int16.safetensors" })
    let old = try Self.unsealed(bytes)
    let digest = try #require(old.metadata["ganglion.sha256"])
    // As long as the shipped model is the one of then.
    try #require(ModelFile.shippedUnsealed[digest] == old.contentDigest)
    #expect(try ModelFile.read(old.encoded()).seal?.coverage == .tensors)
    var altered = old
    altered.metadata["ganglion.time"] = #"{"maximum":16,"minimum":0,"unit_s":1.004}"#
    let error = ModelFileTests.failure { _ = try ModelFile.read(altered.encoded()) }
    #expect(error?.cause.contains("was altered") == true)
  }

  @Test(
    .enabled(if: data != nil, "needs GANGLION_DATA"),
    arguments: [
      ("model-time-unit-flipped/model-flip-unit_s-1.004", "was altered"),
      ("model-unfolds-flipped/ltc-flip-unfolds-7", "7 unfolds, but it was exported with 6"),
      ("model-output-infinite/model-output-inf", "more than a number holds"),
    ])
  func `the known cases are refused`(name: String, cause: String) throws {
    let path = "\(data ?? "")/cases/\(name).safetensors"
    let error = ModelFileTests.failure { _ = try NetworkRuntime(ModelFile.read(path: path)) }
    #expect(error?.cause.contains(cause) == true, "\(error.map { "\($0)" } ?? "accepted")")
  }
}
