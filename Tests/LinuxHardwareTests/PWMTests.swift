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
