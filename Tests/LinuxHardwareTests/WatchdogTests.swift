import CLinuxHardware
import Foundation
import HardwareInterfaces
import LinuxFakes
import Synchronization
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

  @Test("Outputs count as held until the last watcher that had reason to has let go of them")
  func holding() throws {
    let loop = try LoopGuard()
    #expect(!ganglion_guard_begin(loop.page, GANGLION_GUARD_THREAD), "nobody has tripped")
    #expect(!loop.holdsOutputs)
    loop.trip()
    #expect(ganglion_guard_begin(loop.page, GANGLION_GUARD_THREAD))
    #expect(ganglion_guard_begin(loop.page, GANGLION_GUARD_PROCESS))
    loop.reset()
    #expect(loop.holdsOutputs, "both still drive them")
    ganglion_guard_finish(loop.page, GANGLION_GUARD_THREAD)
    #expect(loop.holdsOutputs, "one still drives them")
    ganglion_guard_finish(loop.page, GANGLION_GUARD_PROCESS)
    #expect(!loop.holdsOutputs)
  }

  @Test(
    "The watchdog's thread makes a silent loop's outputs safe again and again, until the loop takes that back"
  )
  func thread() throws {
    let loop = try LoopGuard()
    let count = Tally()
    let accepts = Atomic<Bool>(false)
    let watchdog = try WatchdogThread(loop, limit: 20_000_000, scheduling: ThreadScheduling()) {
      count.add()
      return accepts.load(ordering: .relaxed)
    }
    usleep(50_000)
    #expect(count.value == 0, "no loop has begun")
    loop.beat(SystemClock().now())
    #expect(comes { count.value >= 3 })
    #expect(loop.isTripped)
    #expect(!watchdog.hasMadeSafe, "no output has accepted")
    accepts.store(true, ordering: .relaxed)
    #expect(comes { watchdog.hasMadeSafe })
    loop.dismiss()
    loop.reset()
    #expect(comes { !watchdog.hasMadeSafe && !loop.holdsOutputs })
    let before = count.value
    usleep(60_000)
    #expect(count.value == before)
    #expect(watchdog.end())
  }

  @Test("It acts upon what the other watcher has found, too")
  func otherWatcher() throws {
    let loop = try LoopGuard()
    let count = Tally()
    let watchdog = try WatchdogThread(loop, limit: 20_000_000, scheduling: ThreadScheduling()) {
      count.add()
      return true
    }
    loop.trip()
    #expect(comes { count.value > 0 })
    watchdog.end()
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
