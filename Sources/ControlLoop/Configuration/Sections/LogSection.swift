extension Configuration {
  /// Where the log goes.
  public struct Log: ConfigurationSection, Equatable {
    /// Folder, relative to the configuration's.
    public var directory: String
    /// Ticks that the ring between loop and writer holds.
    public var ringTicks: Int
  }
}

extension Configuration.Log {
  private static let directory = Key<String>.text(
    "directory", standard: "../out", "Folder for logs, relative to this file.")
  private static let ring = Key<Int>.integer(
    "ring_ticks", 16...65_536, standard: 1024,
    "Ticks that the ring between loop and writer holds; when it is full, records are dropped and counted.")

  static let schema = SectionSchema(
    path: "log", about: "Where the log goes.", keys: [directory.description, ring.description])

  init?(_ section: Section) {
    let (directory, ring) = (section.read(Self.directory), section.read(Self.ring))
    guard let directory, let ring else { return nil }
    (self.directory, self.ringTicks) = (directory, ring)
  }
}
