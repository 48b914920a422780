import VehicleRuntime

/// A manual page in the language of man(7), made of what `--help` says.
struct ManualPage {
  /// The page, whole.
  let text: String

  /// The page of all commands.
  static var overview: ManualPage {
    var lines = head("ganglion", "runs liquid neural networks as real-time controllers")
    lines += [".SH SYNOPSIS", ".B ganglion", ".I COMMAND", "[options]", ".SH COMMANDS"]
    for command in Commands.all {
      lines += [".TP", ".B \(escaped("ganglion \(command.synopsis)"))", escaped(command.summary)]
    }
    lines += [
      ".SH SEE ALSO",
      Commands.all.map { ".BR \(escaped("ganglion-\($0.name)")) (1)" }.joined(separator: ",\n"),
    ]
    return ManualPage(lines)
  }

  /// The page of a command, with its subjects.
  init(_ command: Commands.Command) {
    var lines = Self.head("ganglion-\(command.name)", command.summary)
    let pages = Commands.descriptors.filter {
      $0.name == command.name || $0.name.hasPrefix("\(command.name) ")
    }
    for (number, page) in pages.enumerated() {
      if pages.count > 1 { lines.append(".SH \(Self.escaped(page.name.uppercased()))") }
      lines += Self.body(page.help, isAlone: pages.count == 1 || number == 0 && pages.count == 1)
    }
    lines += [".SH SEE ALSO", ".BR ganglion (1)"]
    self.init(lines)
  }

  private init(_ lines: [String]) { text = lines.joined(separator: "\n") }

  private static func head(_ name: String, _ summary: String) -> [String] {
    [
      ".\\\" Made by `ganglion help --man`.",
      ".TH \(escaped(name.uppercased())) 1 \"\" \"Ganglion \(ganglionVersion)\" \"Ganglion\"",
      ".SH NAME", "\(escaped(name)) \\- \(escaped(summary))",
    ]
  }

  /// The paragraphs and options of a help text.
  private static func body(_ help: String, isAlone: Bool) -> [String] {
    let all = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let synopsis = all.prefix { !$0.isEmpty }
    var lines = isAlone ? [".SH SYNOPSIS"] : []
    lines += [".nf"] + synopsis.map { escaped($0) } + [".fi"]
    if isAlone { lines.append(".SH DESCRIPTION") }
    var isOption = false
    for line in all.dropFirst(synopsis.count) {
      let indent = line.prefix { $0 == " " }.count
      let words = String(line.dropFirst(indent))
      if words.isEmpty {
        isOption = false
        lines.append(".PP")
      } else if words.hasPrefix("--"), let gap = words.range(of: "  ") {
        lines += [".TP", ".B \(escaped(String(words[..<gap.lowerBound])))"]
        lines.append(escaped(String(words[gap.upperBound...].drop { $0 == " " })))
        isOption = true
      } else if words.hasPrefix("--") {
        lines += [".TP", ".B \(escaped(words))"]
        isOption = true
      } else if indent >= 4, !isOption {
        lines += [".nf", escaped(line), ".fi"]
      } else {
        lines.append(escaped(words))
      }
    }
    // No two paragraphs without anything between, and none at the end.
    var tidy: [String] = []
    for line in lines where line != ".PP" || (tidy.last != ".PP" && tidy.last?.hasPrefix(".SH") == false) {
      tidy.append(line)
    }
    while tidy.last == ".PP" { tidy.removeLast() }
    return tidy
  }

  /// A text in which nothing has a meaning for roff.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("…", with: "...")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
