import Testing

@testable import ganglion

@Suite("What a file holds reaches the terminal harmless")
struct TerminalTests {
  @Test("Control characters are replaced, line feeds are not")
  func controlCharacters() {
    #expect(Terminal.printable("a\u{1B}[2J\u{7}\u{9B}b\nµ°…") == "a\u{FFFD}[2J\u{FFFD}\u{FFFD}b\nµ°…")
  }

  @Test("A line of a megabyte keeps its beginning and its end")
  func longLines() {
    let line = "model.safetensors: " + String(repeating: "x", count: 1 << 20) + "; export it again"
    let shown = Terminal.shortened(line[...])
    #expect(shown.hasPrefix("model.safetensors: xxx"))
    #expect(shown.hasSuffix("xxx; export it again"))
    #expect(shown.count <= Terminal.longestLine + 3)
    #expect(Terminal.shortened("short"[...]) == "short")
  }
}
