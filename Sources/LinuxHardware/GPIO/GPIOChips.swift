#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where a line is.
public struct LinePlace: Sendable, Equatable {
  /// The chip.
  public var chip: GPIOChip
  /// The line's number on it.
  public var offset: Int
  /// The line's name; empty when it has none.
  public var name: String

  /// A place from its parts.
  public init(chip: GPIOChip, offset: Int, name: String) {
    (self.chip, self.offset, self.name) = (chip, offset, name)
  }

  /// The line in messages.
  public var text: String { "\(name.isEmpty ? "line \(offset)" : name) of \(chip.label)" }
}

/// The GPIO chips of this machine and their lines.
public struct GPIOChips: Sendable {
  private let files: SystemFiles
  /// The library.
  let system: any GPIOSystem

  /// The chips that `files` and `system` show.
  public init(_ files: SystemFiles = SystemFiles(), system: any GPIOSystem = KernelGPIO()) {
    (self.files, self.system) = (files, system)
  }

  /// Device files of chips.
  public var paths: [String] {
    files.names(in: "/dev").filter { $0.hasPrefix("gpiochip") }.map { files.root + "/dev/" + $0 }
  }

  /// All chips that can be opened.
  public var all: [GPIOChip] {
    paths.compactMap { path in
      var error: Int32 = 0
      return system.chip(path, error: &error)
    }
  }

  /// The lines of a chip by their numbers.
  public func lines(of chip: GPIOChip) -> [GPIOLine] {
    (0..<min(max(chip.lines, 0), 1024)).compactMap { offset in
      var error: Int32 = 0
      return system.line(chip.path, offset: offset, error: &error)
    }
  }

  /// The line that a configuration means: `wanted` is its name or, for a chip that is named too, its number.
  public func find(chip label: String?, line wanted: String) throws(LinuxError) -> LinePlace {
    let chips = try chips(label)
    var found: [LinePlace] = []
    for chip in chips {
      for (offset, line) in lines(of: chip).enumerated() where line.name == wanted {
        found.append(LinePlace(chip: chip, offset: offset, name: line.name))
      }
    }
    if let place = found.first, found.count == 1 { return place }
    guard found.isEmpty else {
      throw LinuxError(
        "\(found.count) lines are called '\(wanted)': "
          + found.map { "\($0.offset) of \($0.chip.label)" }.joined(separator: ", "),
        remedy: "Name the line's chip, and the line by its number.")
    }
    if label != nil, let chip = chips.first, let offset = Int(wanted), String(offset) == wanted {
      guard (0..<chip.lines).contains(offset) else {
        throw LinuxError(
          "\(chip.label) has no line \(offset); it has \(chip.lines), from 0",
          remedy: "`ganglion probe` lists them.")
      }
      let lines = lines(of: chip)
      return LinePlace(
        chip: chip, offset: offset, name: lines.indices.contains(offset) ? lines[offset].name : "")
    }
    let names = chips.flatMap { lines(of: $0).map(\.name) }.filter { !$0.isEmpty }
    throw LinuxError(
      "no line of \(label ?? "any GPIO chip") is called '\(wanted)'"
        + (names.isEmpty
          ? "; its lines have no names"
          : "; there are \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")"),
      remedy:
        "`ganglion probe` lists chips and lines; a line of a named chip may also be given by its number.",
      errno: ENOENT)
  }

  /// The chip that a label, a name or a path means; all of them for `nil`.
  private func chips(_ wanted: String?) throws(LinuxError) -> [GPIOChip] {
    let all = all
    if all.isEmpty, let refused = paths.first {
      throw LinuxError(
        "no permission to use \(refused)",
        remedy:
          "Join the group that owns it (sudo usermod -aG gpio $USER, then log in again); scripts/deploy sets "
          + "this up with a udev rule.", errno: EACCES)
    }
    guard let wanted else {
      guard !all.isEmpty else {
        throw LinuxError(
          "this machine has no GPIO chip", remedy: "Name no lines, or attach a chip.", errno: ENOENT)
      }
      return all
    }
    let found = all.filter { $0.label == wanted || $0.name == wanted || $0.path == wanted }
    if found.count == 1 { return found }
    guard found.isEmpty else {
      throw LinuxError(
        "\(found.count) GPIO chips have the label '\(wanted)': \(found.map(\.name).joined(separator: ", "))",
        remedy: "Name one of them by its device, for example \(found[0].name).")
    }
    let list = all.map { "\($0.label) (\($0.name))" }.joined(separator: ", ")
    throw LinuxError(
      "there is no GPIO chip '\(wanted)'" + (list.isEmpty ? ", nor any other" : "; there are \(list)"),
      remedy: "Put the label of one of them into the line's chip.", errno: ENOENT)
  }

  /// The error of a request that failed.
  func refusal(_ place: LinePlace, _ error: Int32) -> LinuxError {
    switch -error {
    case EBUSY:
      var ignored: Int32 = 0
      let holder = system.line(place.chip.path, offset: place.offset, error: &ignored)?.consumer ?? ""
      return LinuxError(
        "\(place.text) is in use by \(holder.isEmpty ? "another program or driver" : "'\(holder)'")",
        remedy: holder == KernelGPIO.consumer
          ? "Stop the other ganglion first (systemctl stop ganglion)."
          : "Free it, or use another line.", errno: EBUSY)
    case EACCES, EPERM:
      return LinuxError(
        "no permission to use \(place.chip.path)",
        remedy: "Join the group that owns it (sudo usermod -aG gpio $USER, then log in again).", errno: -error
      )
    case ENOTSUP, EOPNOTSUPP:
      return LinuxError(
        "\(place.chip.label) cannot pull \(place.text) up or down itself",
        remedy: "Set the line's bias to \"as_is\" and wire a resistor.", errno: -error)
    default:
      return LinuxError(
        "cannot take \(place.text): \(errorText(-error))", remedy: "See the kernel's words: dmesg | tail.",
        errno: -error)
    }
  }
}
