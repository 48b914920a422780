import Signals
import Testing

@testable import Control

@Suite("Heading")
struct HeadingTests {
  /// An attitude, and what a magnetometer measures in it of 20 µT to the north and 45 µT down.
  struct Row {
    var roll, pitch, heading: Float
    var field: (Float, Float, Float)
  }

  /// Made by a few lines of Python: the field turned into the body by the matrix of yaw, pitch and roll.
  static let rows = [
    Row(roll: 0, pitch: 0, heading: 0, field: (2e-05, 0, 4.5e-05)),
    Row(
      roll: -1.026153, pitch: 0.08611681, heading: -0.8327287,
      field: (9.536855e-06, -3.167071e-05, 3.648307e-05)),
    Row(
      roll: -1.060803, pitch: 0.01784576, heading: -2.867527,
      field: (-2.005352e-05, -3.632508e-05, 2.652065e-05)),
    Row(
      roll: -0.1592504, pitch: -1.032347, heading: -2.537579, field: (3.01913e-05, 5.31485e-06, 3.853878e-05)),
    Row(
      roll: -0.1811539, pitch: 0.7844451, heading: -2.332428, field: (-4.155829e-05, 1.025575e-05, 2.4346e-05)
    ),
    Row(
      roll: -0.6642265, pitch: 0.3058397, heading: 2.775795,
      field: (-3.13593e-05, -2.861929e-05, 2.495056e-05)),
    Row(
      roll: 0.1850471, pitch: -0.2479669, heading: 2.952782,
      field: (-7.999194e-06, 5.223802e-06, 4.830864e-05)),
    Row(
      roll: -1.088202, pitch: 0.8603243, heading: -1.304422,
      field: (-3.067884e-05, -2.057773e-05, 3.256326e-05)),
  ]

  private static func bench(declination: Double = 0) throws -> BlockBench {
    try BlockBench(
      outside: BlockBench.signals(.number, .tesla, "m.x", "m.y", "m.z")
        + BlockBench.signals(.number, .radian, "a.roll", "a.pitch"),
      [
        BlockDeclaration(
          Heading.self, "h", settings: ["declination": .number(declination)],
          inputs: [
            "field_x": ["m.x"], "field_y": ["m.y"], "field_z": ["m.z"], "roll": ["a.roll"],
            "pitch": ["a.pitch"],
          ])
      ])
  }

  private static func values(_ row: Row) -> [String: Float] {
    ["m.x": row.field.0, "m.y": row.field.1, "m.z": row.field.2, "a.roll": row.roll, "a.pitch": row.pitch]
  }

  @Test("is where the nose points, whatever the tilt")
  func tilted() throws {
    var bench = try Self.bench()
    for row in Self.rows {
      try bench.step(Self.values(row))
      #expect(abs((bench["h.value"] as Float) - row.heading) < 1e-5)
      #expect(abs((bench["h.field"] as Float) - 20e-6) < 1e-10)
      #expect(bench["h.valid"] == true)
    }
  }

  @Test("counts from true north with a declination, and stays between -π and π")
  func declination() throws {
    var bench = try Self.bench(declination: 3)
    for row in Self.rows {
      try bench.step(Self.values(row))
      let value: Float = bench["h.value"]
      #expect(abs((value - row.heading - 3).remainder(dividingBy: 2 * .pi)) < 1e-5)
      #expect(abs(value) <= .pi)
    }
  }

  @Test("is none, and stays, where there is no field in the plane, or no number")
  func noField() throws {
    var bench = try Self.bench()
    try bench.step(Self.values(Self.rows[1]))
    let last: Float = bench["h.value"]
    for field: (Float, Float, Float) in [(0, 0, 45e-6), (1e-6, 1e-6, 45e-6), (.nan, 0, 0), (.infinity, 0, 0)]
    {
      try bench.step(["m.x": field.0, "m.y": field.1, "m.z": field.2, "a.roll": 0, "a.pitch": 0])
      #expect(bench["h.valid"] == false)
      #expect(bench["h.value"] == last)
    }
    try bench.step(Self.values(Self.rows[2]))
    #expect(bench["h.valid"] == true)
  }
}
