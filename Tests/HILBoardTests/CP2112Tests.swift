import PortableMath
import Testing

@testable import HILBoard

/// A bus with one device of 256 registers, and pins that remember.
private struct Surroundings: BridgeSurroundings {
  static let address: UInt8 = 0x68
  var registers = [UInt8](repeating: 0, count: 256)
  var pointer = 0
  var inputLevels: UInt8 = 0
  var outputs: [(isOutput: UInt8, levels: UInt8)] = []

  mutating func write(_ bytes: [UInt8], to address: UInt8) -> CP2112Failure? {
    guard address == Self.address else { return .addressNotAcknowledged }
    pointer = Int(bytes.first ?? 0)
    for byte in bytes.dropFirst() {
      registers[pointer & 0xFF] = byte
      pointer += 1
    }
    return nil
  }

  mutating func read(
    _ count: Int, after written: [UInt8], from address: UInt8, into bytes: inout [UInt8]
  ) -> CP2112Failure? {
    guard address == Self.address else { return .addressNotAcknowledged }
    if let first = written.first { pointer = Int(first) }
    bytes = (0..<count).map { registers[(pointer + $0) & 0xFF] }
    return nil
  }

  mutating func outputsChanged(isOutput: UInt8, levels: UInt8) { outputs.append((isOutput, levels)) }
}

/// A bridge that an expectation may call.
private final class Device {
  var bridge = CP2112Bridge(Surroundings())

  func output(_ report: [UInt8]) -> [UInt8]? { bridge.output(report) }

  func setFeature(_ report: [UInt8]) -> Bool { bridge.setFeature(report) }

  func feature(_ number: UInt8) -> [UInt8]? { bridge.feature(number) }

  /// A read of `count` bytes from `register`, with the status in between, as the kernel's driver makes it.
  func read(_ register: UInt8, _ count: Int, _ address: UInt8 = 0x68) -> (status: [UInt8]?, bytes: [UInt8]) {
    let size = [UInt8(count >> 8), UInt8(count & 0xFF)]
    #expect(output([0x11, address << 1] + size + [1, register]) == nil)
    let status = output([0x15, 0x01])
    var bytes: [UInt8] = []
    while bytes.count < count {
      let left = count - bytes.count
      guard let report = output([0x12, UInt8(left >> 8), UInt8(left & 0xFF)]), report[2] > 0 else { break }
      #expect(report.count == 64)
      bytes += report[3..<(3 + Int(report[2]))]
    }
    return (status, bytes)
  }
}

@Suite("A CP2112 by its reports")
struct CP2112Tests {
  private let device = Device()

  @Test("The version is that of a part which makes repeated starts")
  func version() { #expect(device.feature(0x05) == [0x05, 0x0C, 0x03]) }

  @Test("What is written to a register is read from it")
  func registers() {
    #expect(device.output([0x14, 0x68 << 1, 3, 0x10, 0xAB, 0xCD]) == nil)
    #expect(device.output([0x15, 0x01]) == [0x16, 2, 5, 0, 0, 0, 3])
    let (status, bytes) = device.read(0x10, 2)
    #expect(status == [0x16, 2, 5, 0, 0, 0, 2])
    #expect(bytes == [0xAB, 0xCD])
  }

  @Test("A long read comes in pieces of at most 61 bytes", arguments: [1, 61, 62, 122, 300, 512])
  func pieces(_ count: Int) {
    device.bridge.surroundings.registers = (0..<256).map { UInt8($0) }
    let (_, bytes) = device.read(0, count)
    #expect(bytes == (0..<count).map { UInt8($0 & 0xFF) })
  }

  @Test("Every failure has its two status bytes, and gives no data")
  func failures() {
    for (fault, reason) in [
      (.failure(.addressNotAcknowledged), 0), (.failure(.busTimeout), 1), (.failure(.arbitrationLost), 2),
      (.shortRead, 3), (.failure(.writeIncomplete), 4),
    ] as [(BridgeFault, UInt8)] {
      device.bridge.faults.add(fault, for: 0x68, count: 1)
      let (status, bytes) = device.read(0, 4)
      #expect(status == [0x16, 3, reason, 0, 0, 0, 0])
      #expect(bytes.isEmpty)
      #expect(device.read(0, 4).bytes.count == 4, "the fault lasted longer than it should")
    }
    #expect(device.read(0, 1, 0x50).status == [0x16, 3, 0, 0, 0, 0, 0])
  }

  @Test("A transfer that never ends is busy until it is cancelled; a mute bridge says nothing")
  func hang() {
    device.bridge.faults.add(.hang, for: nil, count: 1)
    _ = device.output([0x14, 0xD0, 1, 0])
    for _ in 0..<10 { #expect(device.output([0x15, 0x01])?[1] == 1) }
    _ = device.output([0x17, 0x01])
    #expect(device.output([0x15, 0x01])?[1] == 0)
    device.bridge.faults.add(.mute, for: nil, count: 1)
    _ = device.output([0x14, 0xD0, 1, 0])
    #expect(device.output([0x15, 0x01]) == nil)
    #expect(device.read(0, 1).bytes.count == 1)
  }

  @Test("A fault of one address leaves the others alone")
  func otherAddress() {
    device.bridge.faults.add(.failure(.busTimeout), for: 0x40)
    #expect(device.read(0, 1).bytes.count == 1)
    device.bridge.faults.add(.failure(.busTimeout), for: 0x68)
    #expect(device.read(0, 1).bytes.isEmpty)
    device.bridge.faults.clear()
    #expect(device.read(0, 1).bytes.count == 1)
  }

  @Test("A pin has its latch's level as an output, and its surroundings' as an input")
  func pins() {
    #expect(device.setFeature([0x04, 0xFF, 0x01]))
    #expect(device.feature(0x03) == [0x03, 0])
    #expect(device.setFeature([0x02, 0x01, 0xFF, 0, 0]))
    #expect(device.bridge.surroundings.outputs.last?.levels == 0x01)
    device.bridge.surroundings.inputLevels = 0x82
    #expect(device.feature(0x03) == [0x03, 0x83])
    #expect(device.setFeature([0x04, 0x00, 0x01]))
    #expect(device.bridge.surroundings.outputs.last?.levels == 0)
  }

  @Test("Without supply every pin floats, and what was set is forgotten")
  func supply() {
    #expect(device.setFeature([0x02, 0x01, 0xFF, 0, 0]))
    #expect(device.setFeature([0x04, 0x01, 0x01]))
    device.bridge.loseSupply()
    #expect(device.bridge.surroundings.outputs.last?.isOutput == 0)
    #expect(device.bridge.surroundings.outputs.last?.levels == 0)
    #expect(device.feature(0x02) == [0x02, 0, 0, 0, 0])
  }

  @Test("Reports that no CP2112 acts upon change nothing and are counted")
  func malformed() {
    for report in [
      [], [0x11], [0x11, 0xD1, 0, 1, 1, 0], [0x11, 0xD0, 0, 0, 1, 0], [0x11, 0xD0, 2, 1, 1, 0],
      [0x11, 0xD0, 0, 1, 17], [0x11, 0xD0, 0, 1, 2, 0], [0x10, 0xD0, 0], [0x14, 0xD0, 62], [0x14, 0xD0, 0],
      [0x12, 0], [0x15], [0x15, 0], [0x17], [0xFF, 1, 2, 3],
    ] as [[UInt8]] {
      let before = device.bridge.malformedReports
      #expect(device.output(report) == nil)
      #expect(device.bridge.malformedReports == before + 1, "\(report)")
    }
    #expect(device.bridge.transfers == 0)
    for report in [[], [0x02], [0x04, 1], [0x06, 1, 2], [0x99, 1]] as [[UInt8]] {
      #expect(!device.setFeature(report))
    }
    #expect(device.bridge.surroundings.outputs.isEmpty)
  }

  @Test("Hostile reports never trap", arguments: [1, 2, 3] as [UInt64])
  func fuzz(_ seed: UInt64) {
    var random = RandomGenerator(seed: seed)
    func next(_ below: Int) -> Int { Int(truncatingIfNeeded: random.nextBits() >> 33) % below }
    let numbers: [UInt8] = [0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x14, 0x15, 0x17, 0x20]
    for _ in 0..<20_000 {
      var report = (0..<next(70)).map { _ in UInt8(next(256)) }
      if !report.isEmpty, next(4) > 0 { report[0] = numbers[next(numbers.count)] }
      if next(50) == 0 { device.bridge.faults.add([.hang, .mute, .shortRead][next(3)], for: nil, count: 1) }
      if let answer = device.output(report) { #expect(answer.count == 7 || answer.count == 64) }
      _ = device.setFeature(report)
      _ = device.feature(UInt8(next(256)))
    }
  }
}

@Suite("What the bridge's device says and hears through /dev/uhid")
struct UHIDEventTests {
  /// An event of the kernel, as long as its structure, with bytes at some places.
  private func event(_ parts: [(at: Int, bytes: [UInt8])]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: UHIDEvent.size)
    for (at, part) in parts { bytes.replaceSubrange(at..<(at + part.count), with: part) }
    return bytes
  }

  @Test("The kernel's events are read where linux/uhid.h puts them")
  func reads() {
    #expect(UHIDEvent.size == 4376)
    #expect(UHIDEvent(event([(0, [2])])) == .start)
    #expect(UHIDEvent(event([(0, [4])])) == .open)
    let output = event([(0, [6]), (4, [0x15, 0x01]), (4100, [2, 0, 1])])
    #expect(UHIDEvent(output) == .output([0x15, 0x01]))
    let get = event([(0, [9]), (4, [7, 1, 0, 0, 0x05, 0])])
    #expect(UHIDEvent(get) == .getReport(request: 263, number: 5, isFeature: true))
    let set = event([(0, [13]), (4, [9, 0, 0, 0, 0x04, 0, 3, 0, 0x04, 0xFF, 0x01])])
    #expect(UHIDEvent(set) == .setReport(request: 9, isFeature: true, report: [0x04, 0xFF, 0x01]))
  }

  @Test("The device's events are written where linux/uhid.h puts them")
  func writes() {
    let create = UHIDEvent.create(name: "bridge", vendor: 0x10C4, product: 0xEA90, descriptor: [1, 2, 3])
    #expect(create.count == 280 + 3)
    #expect(Array(create[260..<272]) == [3, 0, 3, 0, 0xC4, 0x10, 0, 0, 0x90, 0xEA, 0, 0])
    #expect(Array(create[280...]) == [1, 2, 3])
    #expect(UHIDEvent.input([0x16, 2]) == [12, 0, 0, 0, 2, 0, 0x16, 2])
    #expect(UHIDEvent.reply(263, report: [0x05, 0x0C]) == [10, 0, 0, 0, 7, 1, 0, 0, 0, 0, 2, 0, 0x05, 0x0C])
    #expect(UHIDEvent.reply(1, report: nil) == [10, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0])
    #expect(UHIDEvent.reply(1, isAccepted: true) == [14, 0, 0, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test("Every report that the bridge sends or takes is in its descriptor")
  func descriptor() {
    let bytes = ReportDescriptor.bytes
    for (number, size) in [(0x13, 63), (0x16, 6), (0x05, 2), (0x06, 13), (0x11, 20)] as [(UInt8, UInt8)] {
      #expect(bytes.indices.contains { Array(bytes[$0...].prefix(4)) == [0x85, number, 0x95, size] })
    }
    #expect(bytes.last == 0xC0)
  }

  @Test("Events that are cut off or hostile never trap", arguments: [4, 5, 6] as [UInt64])
  func fuzz(_ seed: UInt64) {
    var random = RandomGenerator(seed: seed)
    func next(_ below: Int) -> Int { Int(truncatingIfNeeded: random.nextBits() >> 33) % below }
    for _ in 0..<2_000 {
      var bytes = (0..<next(UHIDEvent.size + 1)).map { _ in UInt8(next(256)) }
      if bytes.count >= 4, next(4) > 0 { bytes.replaceSubrange(0..<4, with: [UInt8(next(16)), 0, 0, 0]) }
      if case .output(let report) = UHIDEvent(bytes) { #expect(report.count <= UHIDEvent.largestReport) }
    }
  }
}
