import Signals
import Testing

@Suite("Frame")
struct FrameTests {
  @Test("values are zero at first, and each place holds its own")
  func values() throws {
    let table = try SignalTableTests.table()
    let memory = FrameMemory(table)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
    let frame = memory.frame
    let (time, wide) = (
      try #require(table.index(of: "imu.time", as: Int64.self)),
      try #require(table.index(of: "attitude.q_w", as: Double.self))
    )
    let (count, rate) = (
      try #require(table.index(of: "imu.count", as: UInt32.self)),
      try #require(table.index(of: "imu.rate_x", as: Float.self))
    )
    let valid = try #require(table.index(of: "attitude.valid", as: Bool.self))
    frame[time] = .min
    frame[wide] = -0.1
    frame[count] = .max
    frame[rate] = -.nan
    frame[valid] = true
    #expect(frame[time] == .min)
    #expect(frame[wide] == -0.1)
    #expect(frame[count] == .max)
    #expect(frame[rate].isNaN)
    #expect(frame[valid])
    frame[valid] = false
    #expect(!frame[valid])
    // Everything else is still zero.
    let others = table.signals.filter {
      !["imu.time", "attitude.q_w", "imu.count", "imu.rate_x"].contains($0.name)
    }
    for signal in others {
      let range = try #require(table.bytes(of: signal.name))
      #expect(memory.bytes[range].allSatisfy { $0 == 0 }, "\(signal.name)")
    }
  }

  @Test("a patch carries one owner's values and no others")
  func patch() throws {
    let table = try SignalTableTests.table()
    let patch = FramePatch(table) { $0.origin == .device("front", bus: 1) }
    #expect(patch.size == 8 + 4 + 1)
    let from = FrameMemory(table)
    let to = FrameMemory(table)
    for byte in 0..<table.size {
      from.frame.base.storeBytes(of: UInt8(truncatingIfNeeded: byte + 1), toByteOffset: byte, as: UInt8.self)
    }
    let carried = UnsafeMutableRawBufferPointer.allocate(byteCount: patch.size, alignment: 8)
    defer { carried.deallocate() }
    patch.read(from.frame, into: carried)
    patch.write(UnsafeRawBufferPointer(carried), to: to.frame)
    let own = Set(patch.ranges.flatMap { Array($0) })
    for byte in 0..<table.size {
      #expect(to.bytes[byte] == (own.contains(byte) ? UInt8(byte + 1) : 0), "byte \(byte)")
    }
    // Bytes that are missing leave their range as it was.
    let short = FrameMemory(table)
    patch.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(carried)[..<8]), to: short.frame)
    #expect(short.bytes[16..<24].elementsEqual(17...24))
    #expect(short.bytes[24...].allSatisfy { $0 == 0 })
  }

  @Test("a signal begins with its initial value, in each of its places")
  func initial() throws {
    let table = try SignalTable([
      Signal("estimate.q_w", .wide, from: .block("attitude"), initial: 1),
      Signal("estimate.acceleration_z", .number, width: 3, from: .block("attitude"), initial: -9.80665),
      Signal("a.count", .count, from: .block("a"), initial: 7),
      Signal("a.time", .time, from: .block("a"), initial: -5),
      Signal("a.flag", .flag, from: .block("a"), initial: 1), Signal("a.none", .number, from: .block("a")),
    ])
    let memory = FrameMemory(table)
    #expect(try memory.frame[#require(table.index(of: "estimate.q_w", as: Double.self))] == 1)
    let places = try #require(table.indices(of: "estimate.acceleration_z", as: Float.self))
    #expect(places.map { memory.frame[$0] } == [-9.80665, -9.80665, -9.80665])
    #expect(try memory.frame[#require(table.index(of: "a.count", as: UInt32.self))] == 7)
    #expect(try memory.frame[#require(table.index(of: "a.time", as: Int64.self))] == -5)
    #expect(try memory.frame[#require(table.index(of: "a.flag", as: Bool.self))])
    #expect(try memory.frame[#require(table.index(of: "a.none", as: Float.self))] == 0)
  }

  @Test("the signal declared first among those that differ is named, by its bits")
  func difference() throws {
    let table = try SignalTableTests.table()
    let a = FrameMemory(table)
    let b = FrameMemory(table)
    #expect(table.difference(a.frame, b.frame) == nil)
    let rate = try #require(table.index(of: "imu.rate_x", as: Float.self))
    b.frame[rate] = -0.0
    var difference = try #require(table.difference(a.frame, b.frame))
    #expect(difference.signal.name == "imu.rate_x")
    #expect((difference.first, difference.second) == ("0.0 (0x00000000)", "-0.0 (0x80000000)"))
    #expect(difference.others == 0)
    a.frame[rate] = .nan
    b.frame[rate] = .nan
    #expect(table.difference(a.frame, b.frame) == nil)
    let fault = try #require(table.index(of: "front.fault", as: UInt8.self))
    let digest = try #require(table.index(of: "steer.digest", as: UInt64.self))
    a.frame[fault] = 1
    b.frame[digest] = .max
    difference = try #require(table.difference(a.frame, b.frame))
    // The digest lies before it, and was declared after it.
    #expect(difference.signal.name == "front.fault")
    #expect((difference.first, difference.second) == ("missing (1)", "none (0)"))
    #expect(difference.others == 1)
  }

  @Test("every single bit of a frame counts")
  func bits() throws {
    let table = try SignalTableTests.table()
    let changed = FrameMemory(table)
    let zero = FrameMemory(table)
    for bit in 0..<8 * table.size {
      changed.frame.base.storeBytes(of: UInt8(1) << UInt8(bit % 8), toByteOffset: bit / 8, as: UInt8.self)
      let name = table.difference(zero.frame, changed.frame)?.signal.name
      #expect(name.flatMap { table.bytes(of: $0) }?.contains(bit / 8) == true, "bit \(bit)")
      changed.frame.base.storeBytes(of: 0, toByteOffset: bit / 8, as: UInt8.self)
    }
  }

  @Test("which value of a vector differs is said, and what is not logged is not compared")
  func vectors() throws {
    let table = try SignalTable([
      Signal("steer.input", .number, width: 5, from: .block("steer")),
      Signal("steer.hidden", .number, from: .block("steer"), isLogged: false),
    ])
    let a = FrameMemory(table)
    let b = FrameMemory(table)
    let inputs = try #require(table.indices(of: "steer.input", as: Float.self))
    b.frame[inputs[3]] = 2
    #expect(table.difference(a.frame, b.frame)?.element == 3)
    b.frame[inputs[3]] = 0
    b.frame[try #require(table.index(of: "steer.hidden", as: Float.self))] = 1
    #expect(table.areEqual(a.frame, b.frame))
  }

  @Test("a record from outside is sound when every flag and choice has a value, and it has its length")
  func soundness() throws {
    let table = try SignalTableTests.table()
    let memory = FrameMemory(table)
    let (patch, check) = (FramePatch(recordOf: table), RecordCheck(table))
    func record() -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: patch.size)
      bytes.withUnsafeMutableBytes { patch.read(memory.frame, into: $0) }
      return bytes
    }
    func unsound(_ bytes: [UInt8]) -> String? {
      bytes.withUnsafeBytes { bytes in
        #expect(check.isSound(bytes) == (bytes.count == patch.size && check.firstUnsound(bytes) == nil))
        return check.firstUnsound(bytes)?.signal.name
      }
    }
    #expect(unsound(record()) == nil)
    #expect(record().dropLast().withUnsafeBytes { !check.isSound($0) })
    let valid = try #require(table.bytes(of: "attitude.valid")).lowerBound
    let fault = try #require(table.bytes(of: "front.fault")).lowerBound
    for (place, name) in [(valid, "attitude.valid"), (fault, "front.fault")] {
      for value in 0...UInt8.max {
        memory.frame.base.storeBytes(of: value, toByteOffset: place, as: UInt8.self)
        #expect(unsound(record()) == (value < 2 ? nil : name))
      }
      memory.frame.base.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
    }
  }

  @Test("the schema has a line for each signal, in the order of the frame")
  func schema() throws {
    let lines = try SignalTableTests.table().schemaText.split(separator: "\n").dropFirst()
    #expect(
      Array(lines) == [
        "int64 tick_time  # ns", "int64 imu_time  # ns", "int64 front_time  # ns", "uint64 steer_digest",
        "float64 attitude_q_w", "uint32 imu_count", "float32 imu_rate_x  # rad/s",
        "float32 front_distance  # m, along its axis", "float32 estimate_pitch  # rad",
        "uint8 front_fault  # 0 none, 1 missing", "bool attitude_valid",
      ])
    let vector = try SignalTable([
      Signal("a.in", .number, unit: #require(Unit("m/s^2")), width: 3, from: .block("a")),
      Signal("a.b", .number, from: .block("a"), isLogged: false),
    ])
    #expect(vector.schemaText.hasSuffix("bit for bit.\nfloat32[3] a_in  # m/s2\n"))
    #expect(vector.schemaName.wholeMatch(of: /ganglion_msgs\/msg\/Tick[0-9A-F]{16}/) != nil)
    #expect(try vector.schemaName != SignalTableTests.table().schemaName)
  }
}
