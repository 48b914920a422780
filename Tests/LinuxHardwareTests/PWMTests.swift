import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A machine with one PWM chip of two outputs, of which the first is exported.
private func machine() throws -> (MachineFiles, PWMChip) {
  let machine = try MachineFiles()
  try machine.put("sys/class/pwm/pwmchip0/npwm", "2")
  try machine.put("sys/class/pwm/pwmchip0/export", "")
  try machine.link("sys/class/pwm/pwmchip0/device", to: "../../../1f00098000.pwm")
  for file in ["enable", "duty_cycle", "polarity", "period"] {
    try machine.put("sys/class/pwm/pwmchip0/pwm0/\(file)", "")
  }
  return (machine, try PWMChips(machine.files).find("pwmchip0"))
}

@Suite("PWM over sysfs")
struct PWMTests {
  @Test("A chip is found by its name and by its device")
  func finding() throws {
    let (machine, chip) = try machine()
    #expect(chip == PWMChip(name: "pwmchip0", device: "1f00098000.pwm", channels: 2))
    #expect(try PWMChips(machine.files).find("1f00098000.pwm") == chip)
    let error = linuxError { () throws(LinuxError) in _ = try PWMChips(machine.files).find("pwmchip3") }
    #expect(error?.what.contains("there are pwmchip0 (1f00098000.pwm)") == true)
    let none = linuxError { () throws(LinuxError) in _ = try PWMChips(nothing()).find("pwmchip0") }
    #expect(none?.remedy.contains("dtoverlay=pwm") == true)
  }

  /// A machine without anything.
  private func nothing() -> SystemFiles { SystemFiles(root: "/nonexistent") }

  @Test("A channel begins with its safe width, follows, and ends with it")
  func pulses() throws {
    let (machine, chip) = try machine()
    let folder = "/sys/class/pwm/pwmchip0/pwm0"
    do {
      var output = try SysfsPulseOutput(chip, channel: 0, rate: 400, safe: 900, files: machine.files)
      #expect(machine.line("\(folder)/period") == "2500000")
      #expect(machine.line("\(folder)/duty_cycle") == "900000")
      #expect(machine.line("\(folder)/enable") == "1")
      try output.set(microseconds: 1500)
      #expect(machine.line("\(folder)/duty_cycle") == "1500000")
      // No pulse is longer than the time to the next.
      try output.set(microseconds: .infinity)
      #expect(machine.line("\(folder)/duty_cycle") == "2500000")
      try output.set(microseconds: .nan)
      #expect(machine.line("\(folder)/duty_cycle") == "0")
    }
    #expect(machine.line("\(folder)/duty_cycle") == "900000")
  }

  /// A channel as Linux 6.1 keeps it (drivers/pwm/core.c and sysfs.c): what gives no valid state is refused.
  private struct KernelChannel {
    var period: Int64 = 0
    var width: Int64 = 0
    var isEnabled = false
    var isInversed = false

    mutating func take(_ file: String, _ text: String) -> Bool {
      var next = self
      switch file {
      case "period": next.period = Int64(text) ?? -1
      case "duty_cycle": next.width = Int64(text) ?? -1
      case "enable": next.isEnabled = text == "1"
      default: next.isInversed = text != "normal"
      }
      guard next.period > 0, next.width >= 0, next.width <= next.period else { return false }
      if next.isInversed != isInversed, isEnabled { return false }
      self = next
      return true
    }
  }

  @Test("A channel starts whatever state it is in: never used, or left by somebody else")
  func startOrder() {
    let states: [KernelChannel] = [
      KernelChannel(), KernelChannel(period: 100, width: 100, isEnabled: true, isInversed: true),
      KernelChannel(period: 20_000_000, width: 1_500_000, isEnabled: true, isInversed: false),
      KernelChannel(period: 20_000_000, width: 20_000_000, isEnabled: false, isInversed: true),
    ]
    for state in states {
      var channel = state
      for (file, text) in SysfsPulseOutput.startWrites(
        period: 2_500_000, width: 900_000, isFresh: state.period == 0)
      {
        let isTaken = channel.take(file, text)
        #expect(isTaken, "\(text) to \(file) of \(state)")
        // Never a pulse of the old width at the new rate.
        if channel.isEnabled { #expect(channel.width == state.width || channel.width == 900_000) }
      }
      #expect(channel.period == 2_500_000 && channel.width == 900_000)
      #expect(channel.isEnabled && !channel.isInversed)
    }
  }

  @Test("A channel that nobody has used is given its period first")
  func fresh() throws {
    let (machine, chip) = try machine()
    try machine.put("sys/class/pwm/pwmchip0/pwm0/period", "0")
    // The next file is not there, so that it ends behind the first write.
    let folder = machine.folder.path + "/sys/class/pwm/pwmchip0/pwm0"
    try #require(unlink("\(folder)/enable") == 0)
    let error = linuxError { () throws(LinuxError) in
      _ = try SysfsPulseOutput(chip, channel: 0, rate: 400, safe: 900, files: machine.files)
    }
    #expect(error?.what.contains("write 0 to") == true && error?.what.contains("/enable") == true)
    #expect(machine.line("/sys/class/pwm/pwmchip0/pwm0/period") == "2500000")
  }

  @Test("After a write that failed the width from before counts as written no longer")
  func unknownWidth() throws {
    let (machine, chip) = try machine()
    // A file of the kernel's that takes numbers up to 1000 and refuses larger ones.
    let kernel = "/proc/self/oom_score_adj"
    let before = try #require(SystemFiles().text(kernel))
    defer { _ = SystemFiles().write(before, to: kernel) }
    let path = machine.folder.path + "/sys/class/pwm/pwmchip0/pwm0/duty_cycle"
    try #require(unlink(path) == 0 && symlink(kernel, path) == 0)
    var output = try SysfsPulseOutput(chip, channel: 0, rate: 400, safe: 0.5, files: machine.files)
    #expect(machine.line("/sys/class/pwm/pwmchip0/pwm0/duty_cycle") == "500")
    #expect(throws: LineError.system(errno: EINVAL)) { try output.set(microseconds: 1.5) }
    // What the failed write could have left there.
    try #require(SystemFiles().write("900", to: kernel) == 0)
    try output.set(microseconds: 0.5)
    #expect(machine.line("/sys/class/pwm/pwmchip0/pwm0/duty_cycle") == "500")
  }

  @Test("A channel that is not there, and a width that does not fit, are refused")
  func refused() throws {
    let (machine, chip) = try machine()
    func complaint(channel: Int, rate: Double, safe: Float) -> String {
      linuxError { () throws(LinuxError) in
        _ = try SysfsPulseOutput(chip, channel: channel, rate: rate, safe: safe, files: machine.files)
      }?.what ?? ""
    }
    #expect(complaint(channel: 2, rate: 50, safe: 0).contains("has no channel 2; it has 2, from 0"))
    #expect(complaint(channel: 0, rate: 400, safe: 3000).contains("not possible"))
    #expect(complaint(channel: 0, rate: .nan, safe: 900).contains("not possible"))
    #expect(complaint(channel: 0, rate: 400, safe: .nan).contains("not possible"))
    #expect(complaint(channel: 0, rate: -1, safe: 900).contains("not possible"))
  }

  @Test("A file that may not be written is a matter of permission; one that is not there is said by name")
  func errors() throws {
    let (machine, chip) = try machine()
    // Channel 1 is not exported, and nobody makes its files.
    let error = linuxError { () throws(LinuxError) in
      _ = try SysfsPulseOutput(chip, channel: 1, rate: 50, safe: 0, files: machine.files)
    }
    #expect(error?.what.contains("/sys/class/pwm/pwmchip0/pwm1") == true)
    #expect(machine.line("/sys/class/pwm/pwmchip0/export") == "1")
  }
}
