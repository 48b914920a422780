// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ganglion",
  products: [
    .executable(name: "ganglion", targets: ["ganglion"]),
    .library(name: "LiquidCore", targets: ["LiquidCore"]),
    .library(name: "LiquidModel", targets: ["LiquidModel"]),
    // The C interface as libGanglionC.so and libGanglionCStatic.a; scripts/install-c makes libraries of them that
    // need no Swift.
    .library(name: "GanglionC", type: .dynamic, targets: ["GanglionC"]),
    .library(name: "GanglionCStatic", type: .static, targets: ["GanglionC"]),
    .library(name: "FlightLog", targets: ["Files", "FlightLog", "Signals"]),
    // What another program flies with: a vehicle from its configuration, with blocks and devices of its own.
    .library(
      name: "VehicleRuntime",
      targets: [
        "Control", "Devices", "FlightLog", "HardwareInterfaces", "Sampling", "Signals", "SimulatedHardware",
        "VehicleConfiguration", "VehicleRuntime",
      ]),
  ],
  targets: [
    // Arithmetic that gives the same bits on every machine; everything else stands on it.
    // Without optimisation Swift calls the C library's `sqrt`, which IEEE 754 makes exact everywhere.
    .target(name: "PortableMath", exclude: ["README.md"], linkerSettings: [.linkedLibrary("m")]),
    // The network mathematics: Embedded Swift, no Foundation, no heap.
    .target(name: "LiquidCore", dependencies: ["CLiquidKernels"], exclude: ["README.md"]),
    // Its inner loops for processors with wider instructions, chosen when a program starts.
    .target(name: "CLiquidKernels", exclude: ["README.md"]),
    // How files are read, written and told apart, without Foundation.
    .target(name: "Files", exclude: ["README.md"]),
    .target(name: "LiquidModel", dependencies: ["Files", "LiquidCore"], exclude: ["README.md"]),
    // Networks and input to measure and compare with, the same on every machine.
    .target(
      name: "BenchmarkNetworks", dependencies: ["LiquidModel", "PortableMath"], exclude: ["README.md"]),
    // The names that a vehicle speaks in, and the frame of their values; what decides in a tick, over such a frame.
    .target(name: "Signals", dependencies: ["PortableMath"], exclude: ["README.md"]),
    .target(
      name: "Control", dependencies: ["LiquidCore", "LiquidModel", "PortableMath", "Signals"],
      exclude: ["README.md"]),
    // What drivers talk to: protocols, sample types and typed errors only.
    .target(name: "HardwareInterfaces", exclude: ["README.md"]),
    .target(
      name: "Devices", dependencies: ["Files", "HardwareInterfaces", "PortableMath"], exclude: ["README.md"]),
    .target(
      name: "SimulatedHardware", dependencies: ["HardwareInterfaces", "PortableMath"], exclude: ["README.md"]),
    // The only room that knows Linux: libi2c, libgpiod, PWM, real time, watchdogs.
    .systemLibrary(name: "CGPIOD", pkgConfig: "libgpiod", providers: [.apt(["libgpiod-dev"])]),
    .target(
      name: "CLinuxHardware", dependencies: ["CGPIOD"], exclude: ["README.md"],
      cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: [.linkedLibrary("i2c")]),
    .target(
      name: "LinuxHardware", dependencies: ["CLinuxHardware", "HardwareInterfaces"], exclude: ["README.md"]),
    // What happens on a bus: devices are read into signals, and actuators' chips written from them.
    .target(
      name: "Sampling", dependencies: ["Devices", "HardwareInterfaces", "PortableMath", "Signals"],
      exclude: ["README.md"]),
    // A vehicle's text, and the settings of the rooms below that it becomes.
    .target(
      name: "VehicleConfiguration",
      dependencies: [
        "Control", "Devices", "Files", "HardwareInterfaces", "LiquidModel", "PortableMath", "Sampling",
        "Signals",
      ],
      exclude: ["README.md"]),
    // The C interface: the header, and the functions that it declares.
    .systemLibrary(name: "CGanglion"),
    .target(
      name: "GanglionC", dependencies: ["CGanglion", "LiquidCore", "LiquidModel"], exclude: ["README.md"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // What other people's recordings are compressed with.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .target(
      name: "FlightLog",
      dependencies: [
        "CLZ4", "CZlib", "CZstd", "Control", "Files", "HardwareInterfaces", "PortableMath",
        "Signals",
      ],
      exclude: ["README.md"]),
    // Flights: the loop, in simulation and on this machine, with its log; replays; other people's recordings.
    .target(
      name: "VehicleRuntime",
      dependencies: [
        "Control", "Devices", "Files", "FlightLog", "HardwareInterfaces", "LinuxHardware", "LiquidModel",
        "PortableMath", "Sampling", "Signals", "SimulatedHardware", "VehicleConfiguration",
      ],
      exclude: ["README.md"]),
    .executableTarget(
      name: "ganglion",
      dependencies: [
        "BenchmarkNetworks", "Control", "Devices", "Files", "FlightLog", "HardwareInterfaces",
        "LinuxHardware", "LiquidCore", "LiquidModel", "PortableMath", "Signals", "SimulatedHardware",
        "VehicleConfiguration", "VehicleRuntime",
      ],
      exclude: ["README.md"]),
    // The board of the hardware-in-the-loop tests: a CP2112 bridge through /dev/uhid, chips and plant behind it, and the
    // scenarios that the command line goes through on it.
    .executableTarget(
      name: "HILBoard",
      dependencies: ["Devices", "HardwareInterfaces", "LinuxHardware", "PortableMath", "SimulatedHardware"],
      path: "hil-tests/board"),

    .testTarget(name: "SignalsTests", dependencies: ["Signals"]),
    .testTarget(
      name: "ControlTests",
      dependencies: [
        "CAllocationCounter", "Control", "HardwareInterfaces", "LiquidModel", "PortableMath", "Signals",
        "SimulatedHardware",
      ]),
    .testTarget(name: "PortableMathTests", dependencies: ["PortableMath"]),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),
    .testTarget(name: "LiquidCoreTests", dependencies: ["LiquidCore"]),
    .testTarget(name: "LiquidModelTests", dependencies: ["Files", "LiquidModel", "LiquidCore"]),
    .testTarget(
      name: "BenchmarkNetworksTests",
      dependencies: ["BenchmarkNetworks", "Files", "LiquidModel", "LiquidCore"]),
    .testTarget(
      name: "DevicesTests",
      dependencies: [
        "CAllocationCounter", "Devices", "Files", "HardwareInterfaces", "PortableMath", "SimulatedHardware",
      ]),
    .testTarget(
      name: "SimulatedHardwareTests",
      dependencies: ["SimulatedHardware", "HardwareInterfaces", "PortableMath"]),
    .testTarget(
      name: "LinuxHardwareTests",
      dependencies: [
        "CAllocationCounter", "CLinuxHardware", "Devices", "HardwareInterfaces", "LinuxFakes",
        "LinuxHardware", "SimulatedHardware",
      ]),
    // Configurations and vehicles that tests know.
    .target(name: "VehicleFixtures", dependencies: ["VehicleRuntime"], path: "Tests/VehicleFixtures"),
    // Lines and system files that exist only in a test.
    .target(
      name: "LinuxFakes", dependencies: ["HardwareInterfaces", "LinuxHardware"], path: "Tests/LinuxFakes"),
    // Counts heap blocks in tests that show that a tick takes none.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "SamplingTests",
      dependencies: ["CAllocationCounter", "Devices", "HardwareInterfaces", "Sampling", "SimulatedHardware"]),
    .testTarget(
      name: "VehicleConfigurationTests",
      dependencies: [
        "CAllocationCounter", "Control", "Devices", "Files", "HardwareInterfaces", "LiquidModel",
        "PortableMath",
        "Sampling", "Signals", "SimulatedHardware", "VehicleConfiguration", "VehicleFixtures",
        "VehicleRuntime",
      ]),
    .testTarget(
      name: "VehicleRuntimeTests",
      dependencies: [
        "CAllocationCounter", "Control", "Devices", "HardwareInterfaces", "LiquidModel", "PortableMath",
        "Sampling",
        "Signals", "SimulatedHardware", "VehicleConfiguration", "VehicleFixtures", "VehicleRuntime",
      ]),
    // Steps a model on input of one kind; scripts/check-instructions counts its instructions.
    .executableTarget(
      name: "StepProbe", dependencies: ["LiquidModel", "LiquidCore"], path: "Tests/StepProbe"),
    .testTarget(
      name: "GanglionCTests",
      dependencies: ["CAllocationCounter", "CGanglion", "GanglionC", "LiquidCore", "LiquidModel"]),
    // Writes ULog files for tests of the reader and of what follows it.
    .target(name: "ULogBuilding", path: "Tests/ULogBuilding"),
    .testTarget(
      name: "FlightLogTests",
      dependencies: [
        "Control", "Files", "FlightLog", "HardwareInterfaces", "LiquidModel", "PortableMath", "Signals",
        "ULogBuilding",
        "VehicleConfiguration", "VehicleFixtures", "VehicleRuntime",
      ]),
    .testTarget(name: "HILBoardTests", dependencies: ["HILBoard", "PortableMath"]),
    .testTarget(
      name: "ganglionTests",
      dependencies: [
        "ganglion", "BenchmarkNetworks", "CAllocationCounter", "Devices", "Files", "FlightLog",
        "HardwareInterfaces",
        "LinuxFakes", "LinuxHardware", "LiquidCore", "LiquidModel", "PortableMath", "Sampling", "Signals",
        "SimulatedHardware", "ULogBuilding", "VehicleConfiguration", "VehicleFixtures", "VehicleRuntime",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// Tests that count heap blocks, or ask when a value that cannot be copied goes: the code that they call is made in part where it is
// called, and must be what flies.
let optimisedTests: Set = ["GanglionCTests", "LinuxHardwareTests", "SamplingTests", "VehicleRuntimeTests"]

for target in package.targets where [.regular, .executable, .test].contains(target.type) {
  // Swift 6.2 wants to be told that a span which is written to does not depend on one that is read (`@_lifetime`); later
  // versions know.
  target.swiftSettings = [.enableExperimentalFeature("Lifetimes")]
  // What tests say needs no optimiser, which takes more time for it than for all that flies.
  if target.type == .test, !optimisedTests.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-Onone"]))
  }
}
