import Glibc
import LinuxHardware
import SimulatedHardware

/// The lines through libgpiod.
enum LineScenarios {
  static var all: [Scenario] {
    [
      Scenario("an output begins at its safe level and follows what it is set to", output),
      Scenario("a line that is taken is refused, and its holder named", busy),
      Scenario("edges of an input are reported with the time of the kernel", edges),
    ]
  }

  private static func output(_ bench: Bench) throws(HILError) {
    let devices = try KernelDevices()
    let line = try OutputLine(devices.place(EmulatedBoard.Pin.enable), chips: devices.chips)
    try Bench.expect(try bench.board { $0.enables } == 0, "the line was high when it was taken")
    for level in [true, false, true, false] {
      try line.drive(level)
      try Bench.expect(
        try bench.board { $0.isEnabled } == level, "the board does not see the level \(level)")
    }
  }

  private static func busy(_ bench: Bench) throws(HILError) {
    let devices = try KernelDevices()
    let place = try devices.place(EmulatedBoard.Pin.enable)
    let first = try OutputLine(place, chips: devices.chips)
    do throws(LinuxError) {
      let second = try OutputLine(place, activeHigh: true, chips: devices.chips)
      throw LinuxError("\(second.place.text) was given away twice, as \(first.place.text)", remedy: "")
    } catch {
      try Bench.expect(
        error.errno == EBUSY && error.description.contains("'\(KernelGPIO.consumer)'"), "\(error)")
    }
  }

  private static func edges(_ bench: Bench) throws(HILError) {
    let devices = try KernelDevices()
    let place = try devices.place(EmulatedBoard.Pin.killSwitch)
    let input: InputLine
    do throws(LinuxError) {
      input = try InputLine(place, activeHigh: true, bias: .asIs, chips: devices.chips)
    } catch {
      throw HILError("\(error)")
    }
    try Bench.expect(input.edgeDescriptor >= 0, "the chip reports no edges")
    for isPulled in [true, false, true] {
      let before = Guest.now()
      try bench.board { $0.isKillSwitchPulled = isPulled }
      try Bench.wait(for: "an edge") {
        var poll = pollfd(fd: input.edgeDescriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 5) > 0
      }
      try Bench.expect(try input.take() == isPulled, "the edge has the wrong direction")
      let time = input.lastEdge
      try Bench.expect(
        before <= time && time <= Guest.now(), "the edge's time \(time) is not that of the clock")
    }
    try Bench.expect(input.lostEdges == 0, "\(input.lostEdges) edges were lost")
  }
}

extension OutputLine {
  /// A line that is active high.
  convenience init(_ place: LinePlace, chips: GPIOChips) throws(HILError) {
    do throws(LinuxError) {
      try self.init(place, activeHigh: true, chips: chips)
    } catch {
      throw HILError("\(error)")
    }
  }

  fileprivate func drive(_ level: Bool) throws(HILError) {
    do { try set(level) } catch { throw HILError("cannot set \(place.text): \(error)") }
  }
}

extension InputLine {
  fileprivate func take() throws(HILError) -> Bool {
    do { return try takeEdges() } catch { throw HILError("cannot read edges of \(place.text): \(error)") }
  }
}
