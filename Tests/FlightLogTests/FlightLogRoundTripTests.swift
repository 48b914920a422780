import ControlLoop
@testable import FlightLog
import HardwareInterfaces
import Testing

@Suite struct FlightLogRoundTripTests {
  @Test func everyTickComesBackBitForBit() throws {
    let ticks = SyntheticFlight.ticks(700)
    let read = try SyntheticFlight.read(SyntheticFlight.log(ticks))
    #expect(difference(read.ticks, ticks) == nil)
    #expect(read.dropouts.isEmpty)
    #expect(read.damages.isEmpty)
  }

  @Test func whatWasBeyondTheNetworksRangesComesBackAndOlderLogsHaveNone() throws {
    var ticks = SyntheticFlight.ticks(6)
    for index in ticks.indices { ticks[index].output.networkLimits = NetworkLimits(rawValue: UInt8(index)) }
    let read = try SyntheticFlight.read(SyntheticFlight.log(ticks))
    #expect(read.ticks.map(\.output.networkLimits.rawValue) == [0, 1, 2, 3, 4, 5])
    let older = TickLayout(.quadrotor, hasNetworkLimits: false)
    let bytes = try SyntheticFlight.log(ticks, layout: older)
    #expect(try FlightLogReader(LogBytes(bytes)).layout == older)
    #expect(try SyntheticFlight.read(bytes).ticks.allSatisfy { $0.output.networkLimits.isEmpty })
    var changed = ticks
    changed[3].output.networkLimits = [.states]
    #expect(difference(ticks, changed)?.contains("network_limits") ?? false)
  }

  @Test func oddNumbersKeepTheirBits() throws {
    var tick = SyntheticFlight.ticks(1)[0]
    tick.input.inertial.sample.rateX = Float(bitPattern: 0x7FC1_2345)
    tick.input.inertial.sample.rateY = -0.0
    tick.input.inertial.sample.rateZ = .infinity
    tick.output.command.thrust = .leastNonzeroMagnitude
    tick.input.time = MonotonicTime(nanoseconds: -5)
    tick.input.elapsed = .min
    tick.output.stateDigest = .max
    let read = try SyntheticFlight.read(SyntheticFlight.log([tick]))
    #expect(read.ticks.first?.input.inertial.sample.rateX.bitPattern == 0x7FC1_2345)
    #expect(difference(read.ticks, [tick]) == nil)
  }

  @Test func fullListsComeBack() throws {
    var tick = SyntheticFlight.ticks(1, inputs: 64)[0]
    for _ in 0..<12 { tick.output.networkOutputs.append(1.5) }
    for _ in 0..<4 { tick.output.motors.append(0.25) }
    let read = try SyntheticFlight.read(SyntheticFlight.log([tick]))
    #expect(read.ticks.first?.output.networkInputs.count == 64)
    #expect(difference(read.ticks, [tick]) == nil)
  }

  @Test func ticksOfSensorsWithSparesComeBackBitForBit() throws {
    let layout = TickLayout(.quadrotor, hasSpares: true)
    let ticks = SyntheticFlight.withSpares(SyntheticFlight.ticks(300))
    let bytes = try SyntheticFlight.log(ticks, layout: layout)
    #expect(try FlightLogReader(LogBytes(bytes)).layout == layout)
    let read = try SyntheticFlight.read(bytes)
    #expect(difference(read.ticks, ticks, layout: layout) == nil)
    var changed = ticks
    changed[250].input.spares.inertial[1].sample.rateX.negate()
    #expect(
      difference(read.ticks, changed, layout: layout)?.hasPrefix("tick 250: imu_spare_1_rate_x") == true)
    changed = ticks
    changed[251].output.votes.barometer.first = .good
    #expect(
      difference(read.ticks, changed, layout: layout)
        == "tick 251: barometer_health_0 flat (5) good (2)")
  }

  @Test func sparesCostAVehicleWithoutThemNothing() throws {
    let ticks = SyntheticFlight.ticks(20)
    #expect(
      try SyntheticFlight.log(
        SyntheticFlight.withSpares(ticks).map { tick in
          var tick = tick
          tick.output.votes = SensorVotes()
          tick.input.spares = SpareReadings()
          return tick
        }) == SyntheticFlight.log(ticks))
  }

  @Test func configurationModelAndMetadataTravelInside() throws {
    let reader = try FlightLogReader(LogBytes(SyntheticFlight.log(SyntheticFlight.ticks(3))))
    #expect(reader.configuration == SyntheticFlight.configuration)
    #expect(reader.model == SyntheticFlight.model)
    #expect(reader.metadata.seed == 7)
    #expect(reader.metadata.tickRate == 250)
    #expect(reader.metadata.extra == ["note": "synthetic"])
    #expect(reader.metadata.modelDigest.count == 64)
  }

  @Test func aCalibrationTravelsInsideWhenThereIsOne() throws {
    let plain = try SyntheticFlight.log(SyntheticFlight.ticks(3))
    #expect(try FlightLogReader(LogBytes(plain)).calibration.isEmpty)
    #expect(try MCAPOutline(LogBytes(plain)).attachments.count == 2)
    let calibration = Array("{ version: 1 }".utf8)
    let sink = MemoryLogSink()
    let writer = try FlightLogWriter(
      sink: sink, layout: TickLayout(.quadrotor), configuration: SyntheticFlight.configuration,
      model: SyntheticFlight.model, calibration: calibration, metadata: SyntheticFlight.metadata)
    for tick in SyntheticFlight.ticks(3) { try writer.append(tick) }
    try writer.finish()
    let reader = try FlightLogReader(LogBytes(sink.bytes))
    #expect(reader.calibration == calibration)
    #expect(reader.metadata.calibrationDigest.count == 64)
    #expect(reader.metadata.extra == ["note": "synthetic"])
  }

  @Test func equalRunsGiveEqualFiles() throws {
    let ticks = SyntheticFlight.ticks(300)
    #expect(try SyntheticFlight.log(ticks) == SyntheticFlight.log(ticks))
  }

  @Test func aDifferenceIsNamedWithBothValues() throws {
    let original = SyntheticFlight.ticks(1)[0]
    var comparison = TickComparison(of: TickLayout(.quadrotor))
    var changed = original
    changed.output.estimate.climbRate += 1
    let found = comparison.firstDifference(recorded: original, replayed: changed)
    #expect(found?.field == "estimate_climb_rate")
    #expect(found?.recorded != found?.replayed)
    changed = original
    changed.output.networkInputs[3] = .nan
    #expect(
      comparison.firstDifference(recorded: original, replayed: changed)?.field == "network_inputs[3]")
    changed = original
    changed.output.networkOutputs.append(0)
    #expect(
      comparison.firstDifference(recorded: original, replayed: changed)?.field == "network_outputs.count")
    changed = original
    changed.input.pressure.fault = .frozenData
    #expect(
      comparison.firstDifference(recorded: original, replayed: changed)
        == TickDifference(field: "barometer_fault", recorded: "none (0)", replayed: "frozenData (6)"))
  }

  /// Values in `subject` that are not made of others; a list counts as one.
  private func leaves(_ subject: Any) -> Int {
    let mirror = Mirror(reflecting: subject)
    if mirror.children.isEmpty || "\(type(of: subject))".hasPrefix("FixedVector") { return 1 }
    return mirror.children.reduce(0) { $0 + leaves($1.value) }
  }

  @Test func noFieldOfATickIsForgottenByEveryLayout() {
    let fields = TickLayout.all.flatMap { fieldNames(of: $0) }
    #expect(Set(fields).count == leaves(TickRecord.blank))
  }

  @Test(arguments: TickLayout.all) func noFieldStandsInALogTwice(_ layout: TickLayout) {
    let fields = fieldNames(of: layout)
    #expect(Set(fields).count == fields.count)
  }

  @Test func everyFieldOfAVehicleStandsInItsLogWithSparesToo() {
    for vehicle in VehicleKind.allCases {
      let fields = Set(fieldNames(of: TickLayout(vehicle, hasSpares: true)))
      #expect(fields.isSuperset(of: fieldNames(of: TickLayout(vehicle))))
      #expect(fields.contains("imu_spare_1_rate_z"))
      #expect(fields.contains("barometer_spare_0_pressure") == (vehicle == .quadrotor))
    }
  }

  private func fieldNames(of layout: TickLayout) -> [Substring] {
    TickCodec(layout).schemaText.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .compactMap { $0.split(separator: " ").dropFirst().first }
  }
}
