import PortableMath
import Signals

/// Where the nose points, by the earth's magnetic field, whatever the tilt: the field is turned back by roll and pitch, and what is left of
/// it in the plane points north. (J. Diebel, Representing attitude, 2006, section 5.6, has the rotations.)
struct Heading: Block {
  static let description = BlockDescription(
    "heading",
    about:
      "Heading from a magnetometer, compensated for tilt: 0 north, clockwise from above positive, from -π to π.",
    settings: [
      .number(
        "declination", -.pi...(.pi), .radian, 0,
        "where magnetic north is, from true north clockwise: positive where the needle points east of it"),
      .number(
        "least_field", 0...0.001, .tesla, 5e-6,
        "horizontal field below which there is no heading, as near the poles or beside iron"),
    ])

  static func ports(_ settings: BlockSettings) -> BlockPorts {
    BlockPorts(
      inputs: InputPort.numbers(
        .tesla,
        [
          "field_x": "magnetometer.field_x", "field_y": "magnetometer.field_y",
          "field_z": "magnetometer.field_z",
        ]) + InputPort.numbers(.radian, ["roll": "attitude.roll", "pitch": "attitude.pitch"]),
      outputs: [
        OutputPort("value", .number, unit: .fixed(.radian), about: "stays as it was while it is not valid"),
        OutputPort("field", .number, unit: .fixed(.tesla), about: "strength of the field in the plane"),
      ], invalidity: .decides)
  }

  private let fieldX, fieldY, fieldZ, roll, pitch: Input<Float>
  private let value, field: Output<Float>
  private let valid: Output<Bool>
  private let declination, leastField: Double

  init(_ settings: BlockSettings, _ wiring: inout Wiring) {
    (fieldX, fieldY) = (wiring.input("field_x"), wiring.input("field_y"))
    fieldZ = wiring.input("field_z")
    (roll, pitch) = (wiring.input("roll"), wiring.input("pitch"))
    (value, field, valid) = (wiring.output("value"), wiring.output("field"), wiring.output("valid"))
    (declination, leastField) = (settings.number("declination"), settings.number("least_field"))
  }

  mutating func step(_ frame: Frame) {
    let level = LevelField(
      Double(frame[fieldX]), Double(frame[fieldY]), Double(frame[fieldZ]),
      roll: sineAndCosine(Double(frame[roll])), pitch: sineAndCosine(Double(frame[pitch])))
    let strength = (level.north * level.north + level.east * level.east).squareRoot()
    frame[field] = Float(strength)
    // Written so that what is no number is no heading either.
    let isValid = frame[valid] && strength >= leastField && strength > 0 && strength.isFinite
    frame[valid] = isValid
    guard isValid else { return }
    let heading = level.heading + declination
    frame[value] = Float(heading.remainder(dividingBy: 2 * .pi))
  }
}
