import LiquidModel
import Testing

/// Damaged files: every one is refused or is a valid model; none traps, hangs or allocates without bound.
@Suite struct ModelFileFuzzTests {
  static let names = ["dense-1", "ltc-1"]

  static func good(_ name: String) throws -> [UInt8] {
    try ModelFile(#require(FixtureCase.all.first { $0.name == name }).model(), arithmetic: .float32)
      .encoded()
  }

  /// Whether the bytes are accepted; if so, the model is valid.
  static func accepted(_ bytes: [UInt8]) -> Bool {
    do throws(ModelError) {
      let file = try ModelFile.read(bytes)
      try file.model().validate()
      return true
    } catch {
      #expect(!error.place.isEmpty && !error.cause.isEmpty && !error.remedy.isEmpty)
      return false
    }
  }

  @Test(arguments: names) func `every truncation is refused`(name: String) throws {
    let bytes = try Self.good(name)
    #expect(Self.accepted(bytes))
    for count in 0..<bytes.count { #expect(!Self.accepted(Array(bytes[0..<count])), "\(count) bytes") }
  }

  @Test(arguments: names) func `no combination of damage traps`(name: String) throws {
    let bytes = try Self.good(name)
    var random = FixtureStream(seed: 2024)
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<1 + random.next() % 6 {
        let at = Int(random.next() % UInt64(damaged.count))
        switch random.next() % 5 {
        case 0: damaged[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: damaged.remove(at: at)
        case 2: damaged.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        case 3: damaged.append(contentsOf: damaged[at...].prefix(40))
        default:
          let digits = Array("9999999999999999999".utf8).prefix(Int(random.next() % 19) + 1)
          damaged.replaceSubrange(at..<min(at + 1, damaged.count), with: digits)
        }
      }
      _ = Self.accepted(damaged)
    }
  }

  @Test func `random bytes behind a plausible length are refused`() {
    var random = FixtureStream(seed: 7)
    for _ in 0..<2000 {
      let count = Int(random.next() % 200) + 2
      let header = (0..<count).map { _ in
        // Mostly the characters that JSON is made of.
        random.next() % 4 == 0
          ? UInt8(truncatingIfNeeded: random.next())
          : Array(#"{}[]",:0123456789.eE-\utrfalsn "#.utf8)[Int(random.next() % 31)]
      }
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + header
      #expect(!Self.accepted(bytes))
    }
  }

  @Test func `the tensors of a header that promises much cost nothing`() {
    let header = #"{"a":{"dtype":"F64","shape":[8388608],"data_offsets":[0,67108864]}}"#
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
    #expect(!Self.accepted(bytes))
  }
}
