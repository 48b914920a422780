/// `ganglion completions`: what a shell completes, made of the tables that parse.
enum CompletionsCommand {
  static let help = """
    ganglion completions bash|zsh|fish

      Prints what the shell completes of commands and options. To have it at every start of the shell:

        bash   ganglion completions bash > ~/.local/share/bash-completion/completions/ganglion, or now: source <(ganglion completions bash)
        zsh    ganglion completions zsh > a folder of $fpath, as _ganglion
        fish   ganglion completions fish > ~/.config/fish/completions/ganglion.fish

    Example: ganglion completions bash > ~/.local/share/bash-completion/completions/ganglion
    """

  static func run(_ arguments: [String]) -> ExitStatus {
    perform("completions", help: help, arguments) { arguments in
      switch try arguments.exactly("SHELL")[0] {
      case "bash": Terminal.printResult(bash)
      case "zsh": Terminal.printResult(zsh)
      case "fish": Terminal.printResult(fish)
      case let other: throw UsageError("there is none for '\(other)'; it is bash, zsh or fish")
      }
      return .success
    }
  }

  /// The options of each command, those of its subjects together.
  private static var options: [(command: Commands.Command, options: [String], flags: [String])] {
    let descriptors = Commands.descriptors
    return Commands.all.map { command in
      let own = descriptors.filter { $0.name == command.name || $0.name.hasPrefix("\(command.name) ") }
      let options = Set(own.flatMap(\.options)), flags = Set(own.flatMap(\.flags) + ["help"])
      return (command, options.sorted(), flags.subtracting(options).sorted())
    }
  }

  private static var names: [String] { Commands.all.map(\.name) + ["help"] }

  static var bash: String {
    let cases = options.map { entry in
      let words = (entry.command.subjects + (entry.options + entry.flags).map { "--\($0)" }).joined(
        separator: " ")
      return "    \(entry.command.name)) words='\(words)' ;;"
    }
    return """
      # Completes `ganglion`. Made by `ganglion completions bash`.
      _ganglion() {
        local current=${COMP_WORDS[COMP_CWORD]} words=''
        if ((COMP_CWORD == 1)); then
          mapfile -t COMPREPLY < <(compgen -W '\(names.joined(separator: " ")) --version' -- "$current")
          return
        fi
        case ${COMP_WORDS[1]} in
      \(cases.joined(separator: "\n"))
          help) words='\(names.joined(separator: " "))' ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        if [[ $current != -* ]]; then
          mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
        fi
      }
      complete -o filenames -F _ganglion ganglion
      """
  }

  static var zsh: String {
    let commands = Commands.all.map { "    '\($0.name):\(Self.quoted($0.summary))'" }
    let cases = options.map { entry in
      let words = (entry.options + entry.flags).map { "--\($0)" }.joined(separator: " ")
      return
        "    \(entry.command.name)) options=(\(words)); subjects=(\(entry.command.subjects.joined(separator: " "))) ;;"
    }
    return """
      #compdef ganglion
      # Completes `ganglion`. Made by `ganglion completions zsh`.
      _ganglion() {
        local -a commands options subjects
        commands=(
      \(commands.joined(separator: "\n"))
          'help:say more of a command'
        )
        if ((CURRENT == 2)); then
          _describe command commands
          return
        fi
        case $words[2] in
      \(cases.joined(separator: "\n"))
          help) _describe command commands; return ;;
        esac
        if [[ $words[CURRENT] == -* ]]; then
          compadd -- $options
        else
          compadd -- $subjects
          _files
        fi
      }
      _ganglion "$@"
      """
  }

  static var fish: String {
    var lines = ["# Completes `ganglion`. Made by `ganglion completions fish`."]
    for command in Commands.all {
      lines.append(
        "complete -c ganglion -f -n __fish_use_subcommand -a \(command.name) -d '\(quoted(command.summary))'")
    }
    lines.append("complete -c ganglion -f -n __fish_use_subcommand -a help -d 'say more of a command'")
    for entry in options {
      let condition = "-n '__fish_seen_subcommand_from \(entry.command.name)'"
      for subject in entry.command.subjects {
        lines.append("complete -c ganglion \(condition) -a \(subject)")
      }
      for option in entry.options { lines.append("complete -c ganglion \(condition) -l \(option) -r") }
      for flag in entry.flags { lines.append("complete -c ganglion \(condition) -l \(flag)") }
    }
    return lines.joined(separator: "\n")
  }

  /// A text within single quotes.
  private static func quoted(_ text: String) -> String { text.replacing("'", with: "") }
}
