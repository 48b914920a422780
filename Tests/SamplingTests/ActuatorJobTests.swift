import CAllocationCounter
import Devices
import HardwareInterfaces
import SimulatedHardware
import Testing

@testable import Sampling

@Suite("Job of an actuator's chip")
struct ActuatorJobTests {
  /// A job with a simulated chip, as a bus worker runs it: when it is due, and written to every 4 ms.
  struct Rig: ~Copyable {
    let board: SimulatedBoard
    let twin: any SimulatedActuator
    var bus: MultiplexedBus<SimulatedI2CBus>
    var job: ActuatorJob
    private var now = MonotonicTime.zero
    private var nextWrite = MonotonicTime.zero
    private(set) var faults: [DeviceFault]
    private(set) var taken = 0

    init(
      _ name: String, _ channels: [ActuatorChannel], behind: BusChannel? = nil, fault: FaultInjection? = nil
    ) throws {
      // Whatever throws comes before the first stored property: Swift cannot undo half a noncopyable value.
      let board = SimulatedBoard(seed: 1)
      let chip = try #require(ActuatorTable.chip(name))
      let twin = try #require(SimulatedActuatorChips.make(name))
      if let behind {
        try board.attach(SimulatedTCA9548A(), name: "multiplexer", address: behind.multiplexer)
        try board.attach(
          twin, name: "chip",
          at: BusPlace(address: chip.facts.standardAddress, behind: ("multiplexer", Int(behind.number))))
      } else {
        try board.attach(twin, name: "chip", address: chip.facts.standardAddress)
      }
      if let fault { try board.inject(fault) }
      (self.board, self.twin, faults) = (board, twin, [])
      bus = MultiplexedBus(board.bus(), channels: behind.map { [$0] } ?? [])
      job = ActuatorJob(
        chip,
        ActuatorUse(
          address: chip.facts.standardAddress, channels: channels, settings: ActuatorSettings(of: chip.facts)),
        channel: behind, start: .zero)
    }

    private mutating func write(_ values: [Float]?) -> Bool {
      guard let values else { return job.writeSafe(&bus, now: now) }
      return job.write(values.span, &bus, now: now)
    }

    /// Lets it run until a time, with the safe values where there are none.
    mutating func run(until seconds: Double, _ values: [Float]?) {
      let end = MonotonicTime(nanoseconds: Int64(seconds * 1e9))
      while true {
        let next = min(job.due, nextWrite)
        guard next <= end else { break }
        now = max(now, next)
        board.advance(to: now)
        if job.due <= nextWrite {
          job.run(&bus, now: now)
        } else {
          nextWrite = now.advanced(milliseconds: 4)
          if write(values) { taken += 1 }
        }
        if faults.last != job.fault { faults.append(job.fault) }
      }
      board.advance(to: end)
    }
  }

  @Test("sends each channel its value and nothing to those between, and all of them their safe values")
  func values() throws {
    var rig = try Rig(
      "pca9685",
      [
        ActuatorChannel(9, .pulse, safe: 900), ActuatorChannel(3, .duty, safe: 0.125),
        ActuatorChannel(4, .pulse, safe: 0),
      ])
    rig.run(until: 0.1, [1500, 0.5, 1200])
    #expect(abs(rig.twin.output(9) - 1500) < 0.31)
    #expect(abs(rig.twin.output(3) / rig.twin.wholeDuty - 0.5) < 0.0002)
    #expect(abs(rig.twin.output(4) - 1200) < 0.31)
    for channel in [0, 2, 5, 8, 10, 15] { #expect(rig.twin.output(channel) == 0) }
    // What has no value is safe.
    rig.run(until: 0.2, [1500])
    #expect(abs(rig.twin.output(9) - 1500) < 0.31 && rig.twin.output(4) == 0)
    rig.run(until: 0.3, nil)
    #expect(abs(rig.twin.output(9) - 900) < 0.31 && rig.twin.output(4) == 0)
    #expect(abs(rig.twin.output(3) / rig.twin.wholeDuty - 0.125) < 0.0002)
    #expect(rig.faults == [.notReady, .none])
  }

  @Test("tells a brown-out that is over before the next tick for 150 ms")
  func brownOut() throws {
    var rig = try Rig(
      "pca9685", [ActuatorChannel(0, .pulse, safe: 0)],
      fault: FaultInjection(target: "chip", kind: .brownOut, start: 0.5))
    rig.run(until: 0.499, [1000])
    #expect(rig.twin.output(0) > 0 && rig.job.fault == .none)
    rig.run(until: 0.53, [1000])
    #expect(rig.job.fault == .wrongRegister)
    rig.run(until: 0.6, [1000])
    #expect(rig.twin.output(0) > 0 && rig.job.fault == .wrongRegister)
    rig.run(until: 0.75, [1000])
    #expect(rig.job.fault == .none)
    #expect(rig.faults == [.notReady, .none, .wrongRegister, .none])
  }

  @Test(
    "says what keeps its chip from its values, and goes on when it is back",
    arguments: ActuatorTable.all.map(\.name))
  func off(_ name: String) throws {
    let quantity = try #require(ActuatorTable.chip(name)).facts.takes[0]
    let value: Float = quantity == .pulse ? 1000 : 3
    var rig = try Rig(
      name, [ActuatorChannel(0, quantity, safe: 0)],
      fault: FaultInjection(target: "chip", kind: .off, start: 0.5, duration: 0.5))
    rig.run(until: 0.9, [value])
    #expect(rig.job.fault == .missing || rig.job.fault == .transfer)
    let taken = rig.taken
    rig.run(until: 0.99, [value])
    #expect(rig.taken == taken && rig.twin.output(0) == 0)
    rig.run(until: 2, [value])
    #expect(rig.job.fault == .none && rig.twin.output(0) > 0)
  }

  @Test("reaches a chip behind a multiplexer")
  func multiplexed() throws {
    var rig = try Rig(
      "drv8830", [ActuatorChannel(0, .voltage, safe: 0)], behind: BusChannel(multiplexer: 0x71, number: 3))
    rig.run(until: 0.1, [2])
    #expect(abs(rig.twin.output(0) - 2) < 0.041)
  }

  @Test("without channels, or with such as no chip has, writes nothing")
  func noChannels() throws {
    for channels in [[], [ActuatorChannel(16, .pulse, safe: 0), ActuatorChannel(-1, .pulse, safe: 0)]] {
      var rig = try Rig("pca9685", channels)
      rig.run(until: 0.1, [1500, 1500])
      #expect(rig.job.fault == .none && rig.taken == 0)
    }
  }

  @Test("takes no heap block", arguments: ActuatorTable.all.map(\.name))
  func allocations(_ name: String) throws {
    let quantity = try #require(ActuatorTable.chip(name)).facts.takes[0]
    var rig = try Rig(name, [ActuatorChannel(0, quantity, safe: 0)])
    let values: [Float] = [1]
    rig.run(until: 0.5, values)
    let before = allocation_count()
    rig.run(until: 1, values)
    #expect(allocation_count() == before)
  }
}
