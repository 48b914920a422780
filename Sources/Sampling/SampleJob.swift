import Devices
import HardwareInterfaces
import PortableMath
import Signals

/// What is done for one device of a bus: its driver is called when it wants to be, and what it reads goes into the frame.
protocol SampleJob: Sendable {
  /// When the driver wants to be called next.
  var due: MonotonicTime { get }
  /// What the chip's identity register held at the last start, if it has one and answered.
  var identity: UInt8? { get }
  /// Calls the driver, and puts what it gives into the frame of the bus's worker.
  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout MultiplexedBus<Bus>, _ frame: Frame, now: MonotonicTime)
  /// Takes what another driver has read of a chip that both use, and what it says is wrong, in place of `run`.
  mutating func take(_ port: PortSample?, _ fault: DeviceFault, _ frame: Frame, now: MonotonicTime)
}

/// A device's driver, and where its signals lie.
struct DeviceJob<Sample: SignalSample>: SampleJob {
  private var driver: any SensorDriver<Sample>
  private let adjust: @Sendable (Sample) -> Sample
  /// Its place behind a multiplexer; `nil` on the bus itself.
  private let channel: BusChannel?
  private let places: DevicePlaces
  private var count: UInt32 = 0
  private(set) var due: MonotonicTime

  /// A job that starts its driver at `start`. `adjust` turns what the driver gives into what the loop wants.
  init(
    _ driver: any SensorDriver<Sample>, channel: BusChannel?, places: DevicePlaces, start: MonotonicTime,
    adjust: @escaping @Sendable (Sample) -> Sample
  ) {
    (self.driver, self.adjust, self.channel, self.places) = (driver, adjust, channel, places)
    due = start
  }

  var identity: UInt8? { driver.identity }

  mutating func run<Bus: I2CBus & ~Copyable>(
    _ bus: inout MultiplexedBus<Bus>, _ frame: Frame, now: MonotonicTime
  ) {
    bus.route(to: channel)
    let result = driver.poll(&bus, now: now)
    take(result.sample, result.fault, frame, now)
    // A driver that asks for the past would be called for ever; the next microsecond is soon enough.
    due = max(result.next, now.advanced(microseconds: 1))
  }

  mutating func take(_ port: PortSample?, _ fault: DeviceFault, _ frame: Frame, now: MonotonicTime) {
    take(port as? Sample, fault, frame, now)
    due = .distantFuture
  }

  private mutating func take(_ sample: Sample?, _ fault: DeviceFault, _ frame: Frame, _ now: MonotonicTime) {
    if let sample {
      count.countReading()
      let adjusted = adjust(sample)
      places.put(time: now, count: count, frame) { adjusted.value(ofChannel: $0) }
    }
    places.put(fault, frame)
  }
}

/// Where the signals of a device lie in a frame.
struct DevicePlaces: Sendable {
  /// Where a channel's value goes.
  private enum Place: Sendable {
    case number(SignalIndex<Float>)
    case flag(SignalIndex<Bool>)
    case choice(SignalIndex<UInt8>)
    case count(SignalIndex<UInt32>)
    case time(SignalIndex<Int64>)
  }

  private let time: SignalIndex<Int64>?
  private let count: SignalIndex<UInt32>?
  private let fault: SignalIndex<UInt8>?
  private let present: SignalIndex<Bool>?
  /// Of each channel that the table has, its place in the sample and in the frame.
  private let channels: [(source: Int, place: Place)]

  /// The places of a device's signals; those that the table lacks are left out.
  init(_ device: DeviceDeclaration, _ table: SignalTable) {
    let name = device.name
    (time, count) = (table.index(of: "\(name).time"), table.index(of: "\(name).count"))
    (fault, present) = (table.index(of: "\(name).fault"), table.index(of: "\(name).present"))
    channels = device.channels.compactMap { channel in
      let signal = "\(name).\(channel.name)"
      let place: Place? =
        switch channel.channel.kind {
        case .number: table.index(of: signal).map(Place.number)
        case .flag: table.index(of: signal).map(Place.flag)
        case .choice: table.index(of: signal).map(Place.choice)
        case .count: table.index(of: signal).map(Place.count)
        case .time: table.index(of: signal).map(Place.time)
        case .word, .wide: nil
        }
      return place.map { (channel.place, $0) }
    }
  }

  /// Says that the vehicle has the device.
  func putPresent(_ frame: Frame) { if let present { frame[present] = true } }

  /// Puts what the driver says is wrong into the frame.
  func put(_ fault: DeviceFault, _ frame: Frame) {
    if let place = self.fault { frame[place] = fault.rawValue }
  }

  /// Puts a reading into the frame: when it was taken, how many there were, and its channels' values by their places in a sample.
  func put(time: MonotonicTime, count: UInt32, _ frame: Frame, value: (Int) -> Double) {
    if let place = self.time { frame[place] = time.nanoseconds }
    if let place = self.count { frame[place] = count }
    for channel in channels {
      let value = value(channel.source)
      switch channel.place {
      case .number(let index): frame[index] = Float(value)
      case .flag(let index): frame[index] = value != 0
      case .choice(let index): frame[index] = UInt8(exactly: value) ?? 0
      case .count(let index): frame[index] = UInt32(exactly: value) ?? 0
      case .time(let index): frame[index] = Int64(exactly: value) ?? 0
      }
    }
  }
}

extension DeviceDeclaration {
  /// A device from its place, and the chip that it is.
  ///
  /// - Parameters:
  ///   - chip: The row of the table of drivers.
  ///   - kin: The table.
  ///   - channels: Names for places in the sample; `nil` for all, under their own names.
  ///   - use: How the driver is to use the chip, which may play a recording back.
  ///   - adjust: What turns what the driver gives into what the loop wants.
  public init<Use: Sendable, Sample: SignalSample>(
    _ name: String, path: String, _ place: some DevicePlace, chip: SensorChip<Use, Sample>,
    kin: Rows<SensorChip<Use, Sample>>, accepted: [UInt8]? = nil, rank: DeviceRank, twin: DeviceTwin,
    channels: [DeviceChannel]? = nil, use: @escaping @Sendable (_ playsBack: Bool) -> Use,
    adjust: @escaping @Sendable (Sample) -> Sample = { $0 }
  ) {
    (self.name, self.path, self.chip, self.kin) = (name, path, chip.facts, kin.map(\.facts))
    (bus, channel, address) = (place.bus, place.channel, place.address)
    (rateHz, staleAfter) = (place.rateHz, place.staleAfter)
    (acceptedIdentities, self.rank, self.twin) = (accepted, rank, twin)
    self.channels =
      channels
      ?? Sample.channels.enumerated().map { DeviceChannel(name: $1.name, channel: $1, place: $0) }
    if let port = use(false) as? PortUse {
      shared = ["reads_hz": Double(place.rateHz), "pull_ups": Double(port.pullUps)]
    }
    let behind = place.channel
    job = { places, start, playsBack in
      DeviceJob(
        chip.makeDriver(use(playsBack)), channel: behind, places: places, start: start, adjust: adjust)
    }
  }
}

/// Where a device is, and how often it is read.
public protocol DevicePlace: Sendable {
  /// Name of its bus.
  var bus: String { get }
  /// Its place behind a multiplexer of that bus; `nil` on the bus itself.
  var channel: BusChannel? { get }
  /// 7-bit I2C address.
  var address: UInt8 { get }
  /// Samples per second.
  var rateHz: Int { get }
  /// Age at which a sample counts as stale, in ns.
  var staleAfter: Int64 { get }
}
