import Control
import Signals

extension PartKind {
  /// A vessel with a free surface.
  static let tank = PartKind(
    "tank",
    about:
      "A vessel of upright walls with what flows in and what runs out. Through an opening in its bottom it loses `outlet_m2` · opening · √(2 g h).",
    inputs: [
      PartInput("inflow", count: 1...8, about: "What flows in, in m³/s; less than nothing is pumped out."),
      PartInput("opening", count: 0...8, about: "How far its outlet is open, 0 to 1; several add up."),
    ],
    settings: [
      SettingDescription("area_m2", .number(1e-6...1e6, unit: .none), about: "area of its surface"),
      SettingDescription(
        "height_m", .number(1e-3...1e3, unit: .metre), about: "height at which it runs over"),
      SettingDescription(
        "start_m", .numbers(0...1e3, count: 2...2, unit: .metre),
        about: "level at the start: [least, greatest]"
      ),
      SettingDescription(
        "outlet_m2", .number(0...1e3, unit: .none), standard: .number(0),
        about: "effective area of its outlet when it is open"),
      SettingDescription(
        "density_kg_m3", .number(1...2e4, unit: .none), standard: .number(998), about: "of what is in it"),
    ],
    outputs: { _ in
      [
        PartOutput("level", .metre, about: "of the surface above the bottom"),
        PartOutput("pressure", .pascal, about: "at the bottom, above the air's"),
        PartOutput("spilt", Unit("m3") ?? .none, about: "what has run over so far"),
      ]
    })
}
