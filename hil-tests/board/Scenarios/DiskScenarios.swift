import Glibc

/// Disks that do not take the log.
enum DiskScenarios {
  static var all: [Scenario] {
    [
      Scenario("a log that cannot be begun on its disk is refused before anything is driven", noPlace),
      Scenario("a log on a full disk ends early, and the flight goes on", fullDisk),
      Scenario("a disk that turns read-only after an error ends the log, and the flight goes on") {
        bench throws(HILError) in try turnsReadOnly(bench, .error)
      },
      Scenario("a disk that the kernel is told to turn read-only ends the log, and the flight goes on") {
        bench throws(HILError) in try turnsReadOnly(bench, .order)
      },
    ]
  }

  private static func noPlace(_ bench: Bench) throws(HILError) {
    let disk = try GuestDisk(memory: "/run/small", pages: 1)
    defer { disk.remove() }
    try disk.fill()
    try expectRefusal(bench, on: disk, saying: "No space left on device")
    try disk.remountReadOnly()
    try expectRefusal(bench, on: disk, saying: "Read-only file system")
  }

  private static func expectRefusal(
    _ bench: Bench, on disk: GuestDisk, saying reason: String
  ) throws(HILError) {
    let flight = try Flight(bench, log: "\(disk.folder)/log.mcap")
    let text = try flight.end(.exit(2))
    // Nothing is in it.
    unlink(flight.log)
    try Bench.expect(
      text.contains(reason) && text.contains(flight.log), "the refusal does not say '\(reason)': \(text)")
    try Bench.expect(try bench.board { $0.enables } == 0, "the vehicle armed")
  }

  private static func fullDisk(_ bench: Bench) throws(HILError) {
    let disk = try GuestDisk(memory: "/run/small", pages: 64)
    defer { disk.remove() }
    try fly(bench, on: disk, saying: ["No space left on device"]) { () throws(HILError) in }
  }

  private static func turnsReadOnly(_ bench: Bench, _ reason: GuestDisk.Reason) throws(HILError) {
    let disk = try GuestDisk("\(bench.places.configurations)/disk", at: "/run/disk")
    defer { disk.remove() }
    let words = reason == .order ? ["Read-only file system", "bus_traffic_failure"] : ["bus_traffic_failure"]
    try fly(
      bench, on: disk, options: ["--bus-traffic", "\(disk.folder)/traffic"], saying: words
    ) { () throws(HILError) in try disk.turnReadOnly(reason) }
  }

  /// Flies, lets the disk go bad, and sees that the flight goes on and that the program says what became of its log.
  private static func fly(
    _ bench: Bench, on disk: GuestDisk, options: [String] = [], saying words: [String],
    spoil: () throws(HILError) -> Void
  ) throws(HILError) {
    let flight = try Flight(bench, options: options, log: "\(disk.folder)/log.mcap")
    try flight.getUnderWay()
    try spoil()
    try flight.wait(for: "the log to end") { _ in flight.text.contains("the log ends here") }
    for _ in 0..<20 {
      Guest.sleep(milliseconds: 25)
      try flight.expectFlying()
    }
    flight.signal(SIGTERM)
    let text = try flight.end(.exit(1))
    try bench.expectSafe()
    for word in ["log_failure"] + words {
      try Bench.expect(text.contains(word), "the report does not say '\(word)': \(text)")
    }
    // Among the results the log is what the disk has of it.
    try disk.reopen()
    try Bench.expect(access(flight.log, R_OK) == 0, "the log is not on the disk")
  }
}
