import Devices
import HardwareInterfaces
import Sampling
import Signals
import SimulatedHardware
import VehicleConfiguration

/// A pilot of a simulated run: hands that do what the steps of the configuration say, a radio that sends it, and the receiver's port that the
/// vehicle reads, byte for byte. Without steps, and with a gamepad, nobody is there.
final class SimulatedPilot {
  private let line: SimulatedSerialLine
  private let worker: PilotWorker
  private var port: SimulatedSerialPort
  private let hands: CommandProfile
  private var next = 0
  private var looked = MonotonicTime.zero
  private let sticks: [(map: StickMap, channel: Int)]
  private let switches: [(map: SwitchMap, channel: Int, isArm: Bool)]

  /// How often the port is looked at between ticks, in ns, as its thread does on Linux.
  private static let lookPeriod: Int64 = 1_000_000

  /// The pilots of a vehicle's commands. Their radios are on the board under the sources' names.
  static func all(
    of tables: VehicleTables, _ table: SignalTable, on board: SimulatedBoard
  ) throws(VehicleError) -> [SimulatedPilot] {
    var pilots: [SimulatedPilot] = []
    let sources = tables.commands.sources.filter { $0.pilot != nil }
    for (worker, source) in zip(try tables.pilotWorkers(table), sources) {
      pilots.append(try SimulatedPilot(worker, source.hands, on: board))
    }
    return pilots
  }

  private init(
    _ worker: PilotWorker, _ hands: CommandProfile, on board: SimulatedBoard
  ) throws(VehicleError) {
    (self.worker, self.hands) = (worker, hands)
    guard case .receiver(let spoken, let settings, _) = worker.pilot.device else {
      line = SimulatedSerialLine(settings: SerialSettings(baud: 115_200), seed: board.seed)
      port = line.port()
      (sticks, switches) = ([], [])
      return
    }
    let radio = SimulatedRadio(settings: settings, seed: board.seed)
    do throws(SimulatedBoard.AssemblyError) {
      try board.place(radio, name: worker.pilot.name)
    } catch {
      throw VehicleError("cannot assemble the simulated board: \(error)")
    }
    line = radio.line
    port = line.port()
    do throws(StickScalingError) {
      var (sticks, switches): ([(StickMap, Int)], [(SwitchMap, Int, Bool)]) = ([], [])
      for stick in worker.pilot.sticks {
        sticks.append((try StickMap(stick.settings, ends: StickMap.receiverEnds), stick.settings.input))
      }
      for one in worker.pilot.switches {
        let map = try SwitchMap(one.settings, ends: StickMap.receiverEnds)
        switches.append((map, one.settings.input, one.name == "arm"))
      }
      (self.sticks, self.switches) = (sticks, switches)
    } catch {
      throw worker.pilot.refusal
    }
    if !hands.steps.isEmpty {
      line.transmitter = SimulatedTransmitter(SimulatedTransmitter.Dialect(spoken))
      move(hands.steps[0])
    }
  }

  /// Lets time go on to `time`, and puts what was received by then into a frame.
  func read(until time: MonotonicTime, into frame: Frame) {
    while looked < time {
      let now = min(looked.advanced(nanoseconds: Self.lookPeriod), time)
      while next < hands.steps.count, hands.steps[next].time <= now.nanoseconds {
        move(hands.steps[next])
        next += 1
      }
      line.advance(to: now)
      look(now)
      looked = now
    }
    worker.readings.copy(from: worker.frame, to: frame)
  }

  private func look(_ now: MonotonicTime) {
    guard case .receiver = worker.pilot.device else { return worker.fail(.gone) }
    var bytes = InlineArray<512, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    do throws(PortError) {
      let count = try port.read(into: &span)
      worker.take(bytes.span.extracting(0..<count), at: now)
    } catch {
      worker.fail(error)
    }
  }

  /// Puts sticks and switches where a step has them.
  private func move(_ step: CommandProfile.Step) {
    for (place, stick) in sticks.enumerated() where place < step.values.count {
      set(stick.channel, stick.map.raw(for: Float(step.values[place])))
    }
    for one in switches { set(one.channel, one.map.raw(for: one.isArm ? step.arm : true)) }
  }

  private func set(_ channel: Int, _ eighths: Int32) {
    guard (1...18).contains(channel) else { return }
    line.transmitter?.sticks[channel - 1] = Float(eighths) / 8
  }
}

extension SimulatedTransmitter.Dialect {
  fileprivate init(_ spoken: ReceiverProtocol) {
    switch spoken {
    case .crsf: self = .crsf
    case .sbus: self = .sbus
    case .ibus: self = .ibus
    }
  }
}

extension PilotDeclaration {
  fileprivate var refusal: VehicleError {
    VehicleError(
      place: "commands, \"\(name)\"", "a stick or a switch has ends in no order",
      remedy: "give `ends` as [low, middle, high]")
  }
}

extension VehicleTables {
  /// Workers for the devices in pilots' hands, in the order of the sources.
  func pilotWorkers(_ table: SignalTable) throws(VehicleError) -> [PilotWorker] {
    var workers: [PilotWorker] = []
    for source in commands.sources {
      guard let pilot = source.pilot else { continue }
      do throws(StickScalingError) {
        workers.append(try PilotWorker(pilot, table: table))
      } catch {
        throw pilot.refusal
      }
    }
    return workers
  }
}
