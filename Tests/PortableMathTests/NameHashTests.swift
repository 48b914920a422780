import PortableMath
import Testing

@Suite struct NameHashTests {
  /// The vectors of draft-eastlake-fnv, appendix C.
  @Test(arguments: [
    ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
  ])
  func itIsFNV1a(_ text: String, _ hash: UInt64) { #expect(nameHash(text) == hash) }
}
