import HardwareInterfaces
import LinuxFakes
import Testing

@testable import LinuxHardware

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A Raspberry Pi with its header's chip and a USB bridge whose lines have no names.
private func machine() throws -> (MachineFiles, FakeGPIO) {
  let machine = try MachineFiles()
  for path in ["dev/gpiochip0", "dev/gpiochip1"] { try machine.put(path, "") }
  let header = (0..<28).map { GPIOLine(name: "GPIO\($0)") }
  let gpio = FakeGPIO {
    $0.chips["gpiochip0"] = (
      GPIOChip(path: "", name: "gpiochip0", label: "pinctrl-bcm2711", lines: 28), header
    )
    $0.chips["gpiochip1"] = (
      GPIOChip(path: "", name: "gpiochip1", label: "cp2112_gpio", lines: 8),
      [GPIOLine](repeating: GPIOLine(name: ""), count: 8)
    )
  }
  return (machine, gpio)
}

private let place = LinePlace(
  chip: GPIOChip(path: "/dev/gpiochip0", name: "gpiochip0", label: "pinctrl-bcm2711", lines: 28), offset: 17,
  name: "GPIO17")

@Suite("GPIO chips and lines of a machine")
struct GPIOChipsTests {
  @Test("A line is found by its name on a labelled chip, on any chip, and by its number")
  func finding() throws {
    let (machine, gpio) = try machine()
    let chips = GPIOChips(machine.files, system: gpio)
    #expect(try chips.find(chip: "pinctrl-bcm2711", line: "GPIO17").offset == 17)
    #expect(try chips.find(chip: nil, line: "GPIO17").chip.name == "gpiochip0")
    #expect(try chips.find(chip: "gpiochip1", line: "3").offset == 3)
    #expect(try chips.find(chip: "cp2112_gpio", line: "7").text == "line 7 of cp2112_gpio")
  }

  @Test("What is not there is answered with what is")
  func missing() throws {
    let (machine, gpio) = try machine()
    let chips = GPIOChips(machine.files, system: gpio)
    func complaint(_ chip: String?, _ line: String) -> String {
      linuxError { () throws(LinuxError) in _ = try chips.find(chip: chip, line: line) }?.description ?? ""
    }
    #expect(complaint("pinctrl-rp1", "GPIO17").contains("there are pinctrl-bcm2711 (gpiochip0), cp2112_gpio"))
    #expect(complaint("pinctrl-bcm2711", "GPIO99").contains("there are GPIO0, GPIO1"))
    #expect(complaint("cp2112_gpio", "ENABLE").contains("its lines have no names"))
    #expect(complaint("cp2112_gpio", "8").contains("has no line 8; it has 8, from 0"))
    #expect(complaint(nil, "3").contains("is called '3'"), "a number alone says nothing without a chip")
    let empty = GPIOChips(try MachineFiles().files, system: gpio)
    #expect(
      linuxError { () throws(LinuxError) in _ = try empty.find(chip: nil, line: "x") }?.what
        == "this machine has no GPIO chip")
  }

  @Test("A line name or a label that stands for two is refused")
  func ambiguous() throws {
    let (machine, gpio) = try machine()
    gpio.with {
      $0.chips["gpiochip1"]?.lines[2].name = "GPIO17"
    }
    let chips = GPIOChips(machine.files, system: gpio)
    let twice = linuxError { () throws(LinuxError) in _ = try chips.find(chip: nil, line: "GPIO17") }
    #expect(twice?.what.hasPrefix("2 lines are called 'GPIO17'") == true)
    gpio.with { $0.chips["gpiochip1"]?.chip.label = "pinctrl-bcm2711" }
    let labels = linuxError { () throws(LinuxError) in
      _ = try chips.find(chip: "pinctrl-bcm2711", line: "GPIO17")
    }
    #expect(labels?.what.contains("2 GPIO chips have the label") == true)
  }

  @Test("Chips that may not be opened are a matter of permission, not of absence")
  func permission() throws {
    let (machine, gpio) = try machine()
    gpio.with { $0.openError = -EACCES }
    let chips = GPIOChips(machine.files, system: gpio)
    let error = linuxError { () throws(LinuxError) in _ = try chips.find(chip: nil, line: "GPIO17") }
    #expect(error?.description.contains("usermod -aG gpio") == true)
  }

  @Test("A line that is busy is named with its holder; other refusals with what to do")
  func refusals() throws {
    let (machine, gpio) = try machine()
    let chips = GPIOChips(machine.files, system: gpio)
    func refusal(_ error: Int32) -> String {
      gpio.with { $0.requestErrors = [-error] }
      return linuxError { () throws(LinuxError) in _ = try OutputLine(place, activeHigh: true, chips: chips)
      }?
      .description ?? ""
    }
    gpio.with { $0.chips["gpiochip0"]?.lines[17].consumer = "spi0 CS0" }
    #expect(refusal(EBUSY).contains("GPIO17 of pinctrl-bcm2711 is in use by 'spi0 CS0'"))
    gpio.with { $0.chips["gpiochip0"]?.lines[17].consumer = "ganglion" }
    #expect(refusal(EBUSY).contains("Stop the other ganglion"))
    #expect(refusal(EPERM).contains("no permission"))
    #expect(refusal(ENOTSUP).contains("cannot pull"))
    #expect(refusal(EIO).contains("dmesg"))
  }

  @Test("The library's own calls report a file that is no chip")
  func kernel() {
    let kernel = KernelGPIO()
    var error: Int32 = 0
    #expect(kernel.chip("/dev/null", error: &error) == nil)
    #expect(error < 0)
    #expect(kernel.line("/dev/null", offset: 0, error: &error) == nil)
    #expect(error < 0)
    #expect(kernel.requestOutputs("/dev/null", offsets: [0], high: 0, error: &error) == nil)
    #expect(error < 0)
    #expect(
      kernel.requestInput(
        "/dev/null", offset: 0, activeLow: false, bias: .asIs, edges: true, error: &error) == nil)
    #expect(error < 0)
    #expect(kernel.requestOutputs("/dev/null", offsets: [], high: 0, error: &error) == nil)
    #expect(error == -EINVAL)
    #expect([1, 2].contains(kernel.libraryVersion))
  }
}

@Suite("GPIO outputs and inputs")
struct LinesTests {
  @Test("An output begins at its safe level, high or low as its activity says", arguments: [true, false])
  func safeLevel(_ activeHigh: Bool) throws {
    let (machine, gpio) = try machine()
    let line = try OutputLine(place, activeHigh: activeHigh, chips: GPIOChips(machine.files, system: gpio))
    #expect(gpio.with { $0.requested.map(\.high) } == [activeHigh ? 0 : 1])
    #expect(line.safeLevels == (activeHigh ? 0 : 1))
    try line.set(true)
    try line.set(false)
    #expect(gpio.lines.with { $0.levels } == (activeHigh ? [1, 0] : [0, 1]))
  }

  @Test("An output that has gone, is busy or fails otherwise says so")
  func outputErrors() throws {
    let (machine, gpio) = try machine()
    let line = try OutputLine(place, activeHigh: true, chips: GPIOChips(machine.files, system: gpio))
    for (number, expected) in [(ENODEV, LineError.gone), (EBUSY, .busy), (EIO, .system(errno: EIO))] {
      gpio.lines.with { $0.setResult = -number }
      #expect(throws: expected) { try line.set(true) }
    }
  }

  @Test("A bridge's sides never overlap: lines go inactive before others go active")
  func breakBeforeMake() throws {
    let (machine, gpio) = try machine()
    let places = [5, 6].map { LinePlace(chip: place.chip, offset: $0, name: "") }
    let bridge = try OutputGroup(places, activeHigh: 0b11, chips: GPIOChips(machine.files, system: gpio))
    try bridge.set(0b01)
    try bridge.set(0b10)
    try bridge.set(0b10)
    try bridge.set(0b00)
    #expect(gpio.lines.with { $0.levels } == [0b01, 0b00, 0b10, 0b00])
  }

  @Test("A bridge that is active low begins high and breaks before it makes")
  func activeLowBridge() throws {
    let (machine, gpio) = try machine()
    let places = [5, 6, 7].map { LinePlace(chip: place.chip, offset: $0, name: "") }
    let bridge = try OutputGroup(places, activeHigh: 0b100, chips: GPIOChips(machine.files, system: gpio))
    #expect(gpio.with { $0.requested.map(\.high) } == [0b011])
    try bridge.set(0b101)
    try bridge.set(0b110)
    #expect(gpio.lines.with { $0.levels } == [0b110, 0b111, 0b101])
  }

  @Test("A bridge that fails to break does not make")
  func failingBreak() throws {
    let (machine, gpio) = try machine()
    let places = [5, 6].map { LinePlace(chip: place.chip, offset: $0, name: "") }
    let bridge = try OutputGroup(places, activeHigh: 0b11, chips: GPIOChips(machine.files, system: gpio))
    try bridge.set(0b01)
    gpio.lines.with { $0.setResult = -EIO }
    #expect(throws: LineError.system(errno: EIO)) { try bridge.set(0b10) }
    #expect(gpio.lines.with { $0.levels } == [0b01, 0b00])
  }

  @Test("Outputs of two chips are no group")
  func twoChips() throws {
    let (machine, gpio) = try machine()
    var other = place
    other.chip.path = "/dev/gpiochip1"
    let error = linuxError { () throws(LinuxError) in
      _ = try OutputGroup([place, other], activeHigh: 0, chips: GPIOChips(machine.files, system: gpio))
    }
    #expect(error?.what.contains("lines of one chip") == true)
  }

  @Test("An edge to active is seen even when the line is inactive again before anyone looks")
  func edges() throws {
    let (machine, gpio) = try machine()
    let input = try InputLine(
      place, activeHigh: false, bias: .pullUp, chips: GPIOChips(machine.files, system: gpio))
    #expect(gpio.with { $0.inputs.map(\.activeLow) } == [true])
    #expect(input.edgeDescriptor == 7)
    gpio.lines.with {
      $0.edges = [
        [
          LineEdge(time: 100, sequence: 1, becameActive: true),
          LineEdge(time: 200, sequence: 2, becameActive: false),
        ], [LineEdge(time: 300, sequence: 3, becameActive: false)],
      ]
    }
    #expect(try input.takeEdges())
    #expect(try !input.takeEdges())
    #expect(input.lastEdge == 300)
    #expect(input.lostEdges == 0)
    #expect(try !input.isActive())
  }

  @Test("A gap in the events' numbers is counted and taken for an activation")
  func lostEdges() throws {
    let (machine, gpio) = try machine()
    let input = try InputLine(
      place, activeHigh: true, bias: .asIs, chips: GPIOChips(machine.files, system: gpio))
    gpio.lines.with {
      $0.edges = [
        [LineEdge(time: 1, sequence: 1, becameActive: false)],
        [LineEdge(time: 2, sequence: 4, becameActive: false)],
      ]
    }
    #expect(try !input.takeEdges())
    #expect(try input.takeEdges())
    #expect(input.lostEdges == 2)
  }

  @Test("A library that does not number events loses none that it knows of")
  func unnumbered() throws {
    let (machine, gpio) = try machine()
    let input = try InputLine(
      place, activeHigh: true, bias: .asIs, chips: GPIOChips(machine.files, system: gpio))
    gpio.lines.with { $0.edges = [[LineEdge(time: 1, sequence: 0, becameActive: false)]] }
    #expect(try !input.takeEdges())
    #expect(input.lostEdges == 0)
  }

  @Test("A chip without interrupts is asked for the level instead")
  func withoutInterrupts() throws {
    let (machine, gpio) = try machine()
    gpio.with { $0.requestErrors = [-ENXIO, nil] }
    let input = try InputLine(
      place, activeHigh: true, bias: .asIs, chips: GPIOChips(machine.files, system: gpio))
    #expect(input.edgeDescriptor < 0)
    #expect(gpio.with { $0.inputs.map(\.edges) } == [true, false])
    gpio.lines.with { $0.active = 1 }
    #expect(try input.isActive())
  }

  @Test("An input that cannot be taken or read says so")
  func inputErrors() throws {
    let (machine, gpio) = try machine()
    let chips = GPIOChips(machine.files, system: gpio)
    gpio.with { $0.requestErrors = [-EBUSY] }
    #expect(
      linuxError { () throws(LinuxError) in
        _ = try InputLine(place, activeHigh: true, bias: .asIs, chips: chips)
      }?.errno == EBUSY)
    let input = try InputLine(place, activeHigh: true, bias: .asIs, chips: chips)
    gpio.lines.with {
      $0.active = -ENODEV
      $0.readResult = -ENODEV
    }
    #expect(throws: LineError.gone) { try input.isActive() }
    #expect(throws: LineError.gone) { try input.takeEdges() }
  }
}

@Suite("Lines that carry an I2C bus")
struct PinConflictTests {
  private func conflict(_ files: MachineFiles, offset: Int, name: String) -> String? {
    let place = LinePlace(chip: place.chip, offset: offset, name: name)
    return linuxError { () throws(LinuxError) in try PinConflicts(files.files).check(place) }?.what
  }

  @Test("The Raspberry Pi's SDA and SCL are refused while their bus is there")
  func knownPins() throws {
    let machine = try MachineFiles()
    #expect(conflict(machine, offset: 2, name: "GPIO2") == nil)
    try machine.put("sys/bus/i2c/devices/i2c-1/name", "bcm2835")
    #expect(conflict(machine, offset: 2, name: "GPIO2")?.contains("is a pin of i2c-1") == true)
    #expect(conflict(machine, offset: 3, name: "GPIO3") != nil)
    #expect(conflict(machine, offset: 0, name: "ID_SD") == nil)
    #expect(conflict(machine, offset: 17, name: "GPIO17") == nil)
  }

  @Test("A line that is called SDA or SCL is refused")
  func names() throws {
    let machine = try MachineFiles()
    for name in ["SDA1", "SCL1", "ID_SDA", "I2C2_SCL"] {
      #expect(conflict(machine, offset: 20, name: name)?.contains("by its name") == true)
    }
  }

  @Test("What the pin controller says of a pin is believed")
  func pinController() throws {
    let machine = try MachineFiles()
    try machine.put(
      "sys/kernel/debug/pinctrl/fe200000.gpio-pinctrl-bcm2711/pinmux-pins",
      """
      Pinmux settings per pin
      pin 4 (gpio4): (MUX UNCLAIMED) (GPIO UNCLAIMED)
      pin 44 (gpio44): fe804000.i2c (GPIO UNCLAIMED) function alt0 group gpio44
      """)
    #expect(conflict(machine, offset: 44, name: "GPIO44")?.contains("fe804000.i2c") == true)
    #expect(conflict(machine, offset: 4, name: "GPIO4") == nil)
  }
}

@Suite("Software pulses")
struct SoftwarePulsesTests {
  @Test(
    "Servos and speed controllers are refused with the reason",
    arguments: [PulsedLoad.servo, .speedController])
  func refused(_ load: PulsedLoad) {
    let error = linuxError { () throws(LinuxError) in _ = try SoftwarePulses(rate: 5, duty: 0.5, load: load) }
    #expect(error?.what.contains("as uneven as the scheduler") == true)
    #expect(error?.remedy.contains("PCA9685") == true)
  }

  @Test(
    "Rates and duties out of range are refused",
    arguments: [(50.0, 0.5), (0, 0.5), (-1, 0.5), (5, 1.5), (.nan, 0.5), (5, .nan)])
  func range(_ rate: Double, _ duty: Double) {
    #expect(
      linuxError { () throws(LinuxError) in _ = try SoftwarePulses(rate: rate, duty: duty, load: .slow) }
        != nil)
  }

  @Test("A lamp at 1 Hz and a quarter is lit for the first quarter of each second")
  func pulses() throws {
    let pulses = try SoftwarePulses(rate: 1, duty: 0.25, load: .slow)
    #expect(pulses.isActive(at: 0) && pulses.isActive(at: 249_999_999) && !pulses.isActive(at: 250_000_000))
    #expect(pulses.nextChange(after: 5_100_000_000) == 5_250_000_000)
    #expect(pulses.nextChange(after: 5_250_000_000) == 6_000_000_000)
    #expect(try SoftwarePulses(rate: 1, duty: 1, load: .slow).nextChange(after: 3) == nil)
    #expect(try SoftwarePulses(rate: 1, duty: 0, load: .slow).isActive(at: 0) == false)
  }
}
