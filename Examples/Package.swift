// swift-tools-version: 6.2
// A program of its own that flies with Ganglion as a library: a chip, a block and an actuator that Ganglion does not have, and a
// vehicle of them. Take Ganglion by its address in place of the path.
import PackageDescription

let package = Package(
  name: "example",
  dependencies: [.package(name: "ganglion", path: "..")],
  targets: [
    .executableTarget(
      name: "Example",
      dependencies: [.product(name: "VehicleRuntime", package: "ganglion")],
      swiftSettings: [.enableExperimentalFeature("Lifetimes")])
  ],
  swiftLanguageModes: [.v6]
)
