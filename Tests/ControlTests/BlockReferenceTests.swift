import Control
import Foundation
import Testing

@Suite("Block reference")
struct BlockReferenceTests {
  @Test("The page has every block as the code knows it")
  func page() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/blocks.md")
    let parts = try String(contentsOf: file, encoding: .utf8)
      .components(separatedBy: "<!-- blocks: made by `ganglion check --blocks` -->\n")
    try #require(parts.count == 2)
    #expect(
      parts[1].trimmingCharacters(in: .newlines) == BlockTable.reference,
      "put what `ganglion check --blocks` prints at the end of docs/blocks.md")
  }

  @Test("Every block has its section, and says what it writes")
  func sections() {
    for kind in BlockTable.all {
      #expect(BlockTable.reference.contains("### `\(kind.description.name)`\n\n\(kind.description.about)\n"))
    }
    #expect(!BlockTable.reference.contains("is missing"))
  }
}
