import Files
import Testing

/// Vectors of FIPS 180-4's example documents and of NIST's SHA256ShortMsg and SHA256LongMsg response files.
@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func `gives the published digest`(message: String, digest: String) {
    #expect(SHA256.hexDigest(of: Array(message.utf8)) == digest)
  }

  @Test func `gives the published digest of a million letters, fed in uneven pieces`() {
    var hash = SHA256()
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    var next = 0
    var size = 1
    while next < letters.count {
      let end = min(letters.count, next + size)
      hash.update(letters.span.extracting(next..<end))
      next = end
      size = size % 200 + 1
    }
    #expect(
      SHA256.hexadecimal(hash.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `does not depend on where the bytes are cut`() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = SHA256.hexDigest(of: bytes)
    for cut in 0...bytes.count {
      var hash = SHA256()
      hash.update(bytes.span.extracting(0..<cut))
      hash.update(bytes.span.extracting(cut..<bytes.count))
      #expect(SHA256.hexadecimal(hash.finish()) == whole)
    }
  }
}
