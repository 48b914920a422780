import CLinuxHardware
import Foundation
import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

@Suite("Watchdogs")
struct WatchdogTests {
  @Test("A loop is watched from its first beat until it is dismissed")
  func life() throws {
    let loop = try LoopGuard()
    let start = MonotonicTime(nanoseconds: 1_000_000_000)
    #expect(!loop.isSilent(now: start, limit: 10))
    loop.beat(start)
    #expect(!loop.isSilent(now: start.advanced(nanoseconds: 10), limit: 10))
    #expect(loop.isSilent(now: start.advanced(nanoseconds: 11), limit: 10))
    // A clock that has jumped back lets whoever sleeps by it sleep long.
    #expect(!loop.isSilent(now: start.advanced(nanoseconds: -10), limit: 10))
    #expect(loop.isSilent(now: start.advanced(nanoseconds: -11), limit: 10))
    loop.dismiss()
    #expect(!loop.isSilent(now: start.advanced(milliseconds: 1000), limit: 10))
  }

  @Test("It trips once, and again only after a reset")
  func tripping() throws {
    let loop = try LoopGuard()
    #expect(loop.trip() && !loop.trip() && loop.isTripped)
    loop.reset()
    #expect(!loop.isTripped && loop.trip())
  }

  @Test("The watchdog's thread makes a silent loop's outputs safe, once for each silence")
  func thread() throws {
    let loop = try LoopGuard()
    let count = Tally()
    let clock = SystemClock()
    let watchdog = try WatchdogThread(loop, limit: 20_000_000, scheduling: ThreadScheduling()) {
      count.add()
    }
    usleep(50_000)
    #expect(count.value == 0, "no loop has begun")
    loop.beat(clock.now())
    let end = clock.now().advanced(milliseconds: 10_000)
    while count.value == 0, clock.now() < end { usleep(1_000) }
    #expect(count.value == 1)
    usleep(60_000)
    #expect(count.value == 1)
    #expect(loop.isTripped)
    watchdog.end()
  }

  @Test("The guard's process makes outputs safe when the loop is silent, and when its process dies")
  func guardProcess() throws {
    let loop = try LoopGuard()
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    var plan = ganglion_guard_plan()
    plan.page = loop.page
    plan.limit = 20_000_000
    plan.context = UnsafeMutableRawPointer(bitPattern: Int(ends[1]))
    // Writes what happened into the pipe: 0 for a silent loop, 1 for a dead process.
    plan.make_safe = { context, isDead in
      var byte = UInt8(isDead == 0 ? 0x30 : 0x31)
      _ = write(Int32(Int(bitPattern: context)), &byte, 1)
    }
    let process = try GuardProcess(plan)
    close(ends[1])
    func next() -> UInt8? {
      var byte: UInt8 = 0
      var file = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
      guard poll(&file, 1, 20_000) == 1, read(ends[0], &byte, 1) == 1 else { return nil }
      return byte
    }
    loop.beat(SystemClock().now())
    #expect(next() == 0x30)
    #expect(loop.isTripped)
    let number = process.abandon()
    #expect(next() == 0x31)
    #expect(next() == nil, "the guard has ended")
    waitpid(number, nil, 0)
  }

  @Test("A guard that is ended in order makes nothing safe")
  func orderlyEnd() throws {
    let loop = try LoopGuard()
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    var plan = ganglion_guard_plan()
    plan.page = loop.page
    plan.limit = 1_000_000_000
    plan.context = UnsafeMutableRawPointer(bitPattern: Int(ends[1]))
    plan.make_safe = { context, _ in
      var byte: UInt8 = 1
      _ = write(Int32(Int(bitPattern: context)), &byte, 1)
    }
    let process = try GuardProcess(plan)
    close(ends[1])
    process.end()
    var byte: UInt8 = 0
    #expect(read(ends[0], &byte, 1) == 0)
  }

  @Test("/dev/watchdog is fed, and stopped with the word that says it is on purpose")
  func hardware() throws {
    let machine = try MachineFiles()
    try machine.put("dev/watchdog", [])
    let path = machine.folder.path + "/dev/watchdog"
    let watchdog = try HardwareWatchdog(path: path, timeout: 10)
    #expect(watchdog.timeout == nil, "a file has no timeout")
    #expect(watchdog.feed() && watchdog.feed())
    watchdog.stop()
    #expect(machine.files.text("/dev/watchdog") == "11V")
    let error = linuxError { () throws(LinuxError) in
      _ = try HardwareWatchdog(path: "/dev/no-watchdog", timeout: 10)
    }
    #expect(error?.remedy.contains("watchdog.device") == true)
  }
}

@Suite("sd_notify")
struct SystemdNotifierTests {
  /// A socket that a service manager would listen at, and what it hears.
  private final class Manager {
    let descriptor: Int32
    let name: String
    private let file: String?

    init(isAbstract: Bool) throws {
      let unique = "ganglion-\(UUID().uuidString.prefix(8))"
      file = isAbstract ? nil : FileManager.default.temporaryDirectory.appending(path: unique).path
      name = file ?? "@\(unique)"
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      var bytes = Array(name.utf8)
      if isAbstract { bytes[0] = 0 }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let length = socklen_t(
        MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path) + bytes.count)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
      }
      try #require(result == 0)
    }

    deinit {
      close(descriptor)
      if let file { unlink(file) }
    }

    func hear() -> String {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
  }

  @Test(
    "READY, STATUS, WATCHDOG and STOPPING arrive, at a path and at an abstract name",
    arguments: [true, false])
  func words(_ isAbstract: Bool) throws {
    let manager = try Manager(isAbstract: isAbstract)
    let notifier = try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": manager.name]))
    notifier.ready("flies")
    #expect(manager.hear() == "READY=1\nSTATUS=flies")
    notifier.status("two\nlines")
    #expect(manager.hear() == "STATUS=two lines")
    notifier.isAlive()
    #expect(manager.hear() == "WATCHDOG=1")
    notifier.stopping()
    #expect(manager.hear() == "STOPPING=1")
  }

  @Test("The watchdog's period holds for the process that it names, or for any")
  func period() throws {
    func period(_ values: [String: String]) -> Int64? {
      SystemdNotifier(
        environment: values.merging(["NOTIFY_SOCKET": "/nowhere"]) { first, _ in first }, process: 42)?
        .watchdogPeriod
    }
    #expect(period(["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "42"]) == 500_000_000)
    #expect(period(["WATCHDOG_USEC": "500000"]) == 500_000_000)
    #expect(period(["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "7"]) == nil)
    #expect(period(["WATCHDOG_USEC": "soon"]) == nil)
    #expect(period(["WATCHDOG_USEC": "99999999999999999"]) == nil)
    #expect(period([:]) == nil)
  }

  @Test("Without a service manager there is no notifier, and one that has gone does no harm")
  func absent() throws {
    #expect(SystemdNotifier(environment: [:]) == nil)
    #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
    #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]) == nil)
    #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": "@"]) == nil)
    let gone = try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"]))
    #expect(!gone.send("WATCHDOG=1"))
  }
}
