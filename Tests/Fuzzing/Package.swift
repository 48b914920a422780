// swift-tools-version: 6.2
// A package of its own: libFuzzer brings the program's entry, and everything is compiled with its counters. scripts/fuzz
// builds and runs it.
import PackageDescription

let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "ganglion", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        .product(name: "FlightLog", package: "ganglion"),
        .product(name: "GanglionCStatic", package: "ganglion"),
        .product(name: "LiquidModel", package: "ganglion"),
        .product(name: "VehicleRuntime", package: "ganglion"),
      ],
      path: "Sources",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ],
  swiftLanguageModes: [.v6]
)
