import HardwareInterfaces
import Signals
import Testing
import VehicleRuntime

@testable import FlightLog

@Suite struct FlightLogRoundTripTests {
  @Test(arguments: [false, true]) func everyTickComesBackBitForBit(_ hasSpares: Bool) throws {
    let vehicle = hasSpares ? SyntheticFlight.redundantVehicle : SyntheticFlight.vehicle
    let ticks = try SyntheticFlight.ticks(700, of: vehicle)
    let bytes = try SyntheticFlight.log(ticks)
    #expect(try FlightLogReader(LogBytes(bytes)).table == vehicle)
    let read = try SyntheticFlight.read(bytes)
    #expect(read.ticks == ticks)
    #expect(read.dropouts.isEmpty)
    #expect(read.damages.isEmpty)
  }

  @Test func oddNumbersKeepTheirBits() throws {
    var tick = try SyntheticFlight.ticks(1)[0]
    try tick.put(UInt32(0x7FC1_2345), "imu.rate_x")
    try tick.put(Float(-0.0), "imu.rate_y")
    try tick.put(Float.infinity, "imu.rate_z")
    try tick.put(Float.leastNonzeroMagnitude, "command.thrust")
    try tick.put(Int64(-5), "tick.time")
    try tick.put(Int64.min, "tick.elapsed")
    try tick.put(UInt64.max, "network.digest")
    let read = try SyntheticFlight.read(SyntheticFlight.log([tick]))
    let rate: Float? = read.ticks.first?.value("imu.rate_x")
    #expect(rate?.bitPattern == 0x7FC1_2345)
    #expect(read.ticks == [tick])
  }

  @Test func aRecordHasOnlyWhatTheVehicleHas() {
    let (plain, redundant) = (SyntheticFlight.vehicle, SyntheticFlight.redundantVehicle)
    #expect(plain["imu_1.rate_x"] == nil)
    #expect(redundant["imu_1.rate_x"] != nil)
    #expect(plain.recordSize < redundant.recordSize)
    for table in [plain, redundant] {
      #expect(table["left_encoder.angle"] == nil)
      let fields = table.schemaText.split(separator: "\n").filter { !$0.hasPrefix("#") }
      #expect(fields.count == table.signals.count { $0.isLogged })
    }
    #expect(plain.schemaName != redundant.schemaName)
  }

  @Test func aRecordWithAValueThatNoFlagHasOrOfAnotherLengthIsRefusedWithItsPlace() throws {
    var tick = try SyntheticFlight.ticks(1)[0]
    try tick.put(UInt8(2), "attitude.bias_known")
    let log = try SyntheticFlight.log([tick])
    let error = try #require(throws: LogError.self) { try SyntheticFlight.read(log) }
    #expect(error.what == "signal attitude.bias_known of a tick record has no such value")
    try tick.put(UInt8(1), "attitude.bias_known")
    try tick.put(UInt8(200), "safety.mode")
    let other = try SyntheticFlight.log([tick])
    #expect(
      try #require(throws: LogError.self) { try SyntheticFlight.read(other) }.what
        == "signal safety.mode of a tick record has no such value")
    let table = tick.vehicle
    let reader = try FlightLogReader(LogBytes(SyntheticFlight.log(SyntheticFlight.ticks(1))))
    let codec = TickCodec(reader.table)
    let memory = FrameMemory(table)
    let short = LogBytes([0, 1, 0, 0] + [UInt8](repeating: 0, count: codec.size - 1))
    #expect(
      try #require(throws: LogError.self) { try codec.decode(short, 0..<short.count, into: memory.frame) }
        .what
        == "a tick record has \(codec.size - 1) bytes, expected \(codec.size)")
    let big = LogBytes([0, 0, 0, 0] + [UInt8](repeating: 0, count: codec.size))
    #expect(
      try #require(throws: LogError.self) { try codec.decode(big, 0..<big.count, into: memory.frame) }.what
        == "a tick record is not little-endian CDR")
  }

  @Test func configurationModelAndMetadataTravelInside() throws {
    let reader = try FlightLogReader(LogBytes(SyntheticFlight.log(SyntheticFlight.ticks(3))))
    #expect(reader.content.configuration == SyntheticFlight.configuration)
    #expect(reader.content.model == SyntheticFlight.model)
    #expect(reader.metadata.seed == 7)
    #expect(reader.metadata.tickRate == 250)
    #expect(reader.metadata.extra == ["note": "synthetic"])
    #expect(reader.metadata.modelDigests["network"]?.count == 64)
  }

  @Test func aConfigurationThatCannotBeReadIsSaid() throws {
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, signals: SyntheticFlight.vehicle, configuration: Array("{ name: 1 }".utf8), models: [:],
      metadata: SyntheticFlight.metadata)
    try writer.finish()
    let error = try #require(throws: LogError.self) { try FlightLogReader(LogBytes(sink.bytes)) }
    #expect(error.cause == .unsupported)
    #expect(error.what.hasPrefix("the configuration in the log cannot be read: "))
  }

  @Test func ticksOfAnotherVehicleThanTheConfigurationSaysAreRefused() throws {
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.redundantConfiguration,
      models: ["network": SyntheticFlight.model], metadata: SyntheticFlight.metadata)
    try writer.finish()
    let error = try #require(throws: LogError.self) { try FlightLogReader(LogBytes(sink.bytes)) }
    #expect(error.what.hasSuffix("whose tick records have other fields"))
  }

  @Test func aCalibrationTravelsInsideWhenThereIsOne() throws {
    let plain = try SyntheticFlight.log(SyntheticFlight.ticks(3))
    #expect(try FlightLogReader(LogBytes(plain)).content.calibration.isEmpty)
    #expect(try MCAPOutline(LogBytes(plain)).attachments.count == 2)
    let calibration = Array("{ version: 1 }".utf8)
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, signals: SyntheticFlight.vehicle, configuration: SyntheticFlight.configuration,
      models: ["network": SyntheticFlight.model], calibration: calibration, metadata: SyntheticFlight.metadata
    )
    for tick in try SyntheticFlight.ticks(3) { try writer.append(tick) }
    try writer.finish()
    let outline = try MCAPOutline(LogBytes(sink.bytes))
    #expect(outline.attachments.count == 3)
    #expect(outline.attachments.contains { outline.bytes.copy($0.range) == calibration })
  }

  @Test func equalRunsGiveEqualFiles() throws {
    let ticks = try SyntheticFlight.ticks(300)
    #expect(try SyntheticFlight.log(ticks) == SyntheticFlight.log(ticks))
  }

  @Test func aDifferenceIsNamedWithBothValues() throws {
    let original = try SyntheticFlight.ticks(1)[0]
    func named(_ change: (inout SyntheticTick) throws -> Void) rethrows -> TickDifference? {
      var changed = original
      try change(&changed)
      return original.read { first in
        changed.read { original.vehicle.firstDifference(recorded: first, replayed: $0) }
      }
    }
    let found = try named { try $0.put(Float(1e6), "altitude.climb_rate") }
    #expect(found?.field == "altitude.climb_rate")
    #expect(found?.recorded != found?.replayed)
    #expect(try named { try $0.put(Float.nan, "network.input", element: 3) }?.field == "network.input[3]")
    #expect(
      try named { try $0.put(UInt8(6), "barometer.fault") }
        == TickDifference(field: "barometer.fault", recorded: "none (0)", replayed: "frozen_data (6)"))
    let several = try named {
      try $0.put(Float(7), "command.roll")
      try $0.put(Float(7), "imu.rate_x")
    }
    #expect(several?.field == "imu.rate_x (and 1 others)")
  }
}
