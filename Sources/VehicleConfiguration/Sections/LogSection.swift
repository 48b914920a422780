import Files

extension Configuration {
  /// Where the log goes, and how much of the disk it may take.
  public struct Log: ConfigurationSection, Equatable {
    /// Folder, relative to the configuration's.
    public var directory: String
    /// Ticks that the ring between loop and writer holds.
    public var ringTicks: Int
    /// Megabytes (10⁶ bytes) and minutes after which a log goes on in another file.
    public var partMegabytes, partMinutes: Int
    /// Megabytes that the vehicle's logs in the folder may take together; `nil` for no limit.
    public var budgetMegabytes: Int?
    /// Whether the oldest of them make room for the next.
    public var deletesOldest: Bool
    /// Every how many ticks the states of all networks are written; 0 for never.
    public var networkStateEvery: Int
  }
}

extension Configuration.Log {
  private static let directory = Key<String>.text(
    "directory", standard: "../out", "Folder for logs, relative to this file.")
  private static let ring = Key<Int>.integer(
    "ring_ticks", 16...65_536, standard: 1024,
    "Ticks that the ring between loop and writer holds; when it is full, records are dropped and counted.")
  private static let partSize = Key<Int>.integer(
    "part_mb", 1...65_536, standard: 512,
    "Megabytes after which the log goes on in another file, the next part.")
  private static let partTime = Key<Int>.integer(
    "part_minutes", 1...1440, standard: 60, "Minutes after which it does.")
  private static let budget = Key<Int?>.optionalInteger(
    "budget_mb", 2...100_000_000, absent: "no limit",
    "Megabytes that this vehicle's logs in the folder may take together, the part that is written included.")
  private static let deletes = Key<Bool>.flag(
    "delete_oldest", standard: false,
    "Whether this vehicle's oldest complete logs and parts are deleted to stay within budget_mb; without, no log is begun, "
      + "and one under way ends.")

  private static let state = Key<Int>.integer(
    "network_state_every", 0...1_000_000, unit: "ticks", standard: 0,
    "Every how many ticks the whole hidden state of each network is logged, under /NETWORK/state; 0 for never. Its digest is in every tick."
  )

  static let schema = SectionSchema(
    path: "log", about: "Where the log goes, and how much of the disk it may take.",
    keys: [
      directory.description, ring.description, partSize.description, partTime.description, budget.description,
      deletes.description, state.description,
    ])

  init?(_ section: Section) {
    let (directory, ring) = (section.read(Self.directory), section.read(Self.ring))
    let (size, time) = (section.read(Self.partSize), section.read(Self.partTime))
    let (budget, deletes) = (section.read(Self.budget), section.read(Self.deletes))
    let state = section.read(Self.state)
    guard let directory, let ring, let size, let time, let budget, let deletes, let state else { return nil }
    if let budget, budget < 2 * size {
      section.complain(
        "budget_mb", "must be at least twice part_mb, \(2 * size): one part is written while another stays")
    }
    if deletes, budget == nil {
      section.complain("delete_oldest", "needs budget_mb: without a budget nothing is deleted")
    }
    (self.directory, ringTicks, networkStateEvery) = (directory, ring, state)
    (partMegabytes, partMinutes, budgetMegabytes, deletesOldest) = (size, time, budget, deletes)
  }
}
