/// The physical figures of a kind of vehicle, which are known without being told.
protocol StandardAirframe: Sendable {
  /// The vehicle that is flown when a file says nothing.
  init()
}

extension Configuration {
  /// A figure of an airframe whose default is a number: that of the airframe that is there without being told.
  struct AirframeNumber<Airframe: StandardAirframe>: Sendable {
    let path: WritableKeyPath<Airframe, Double> & Sendable
    let key: Key<Double>

    init(
      _ path: WritableKeyPath<Airframe, Double> & Sendable, _ name: String, _ range: ClosedRange<Double>,
      unit: String = "", _ about: String
    ) {
      self.path = path
      key = .number(name, range, unit: unit, standard: Airframe()[keyPath: path], about)
    }

    /// Reads all; whether each could be read.
    static func read(_ numbers: [Self], _ section: Section, into airframe: inout Airframe) -> Bool {
      var isWhole = true
      for number in numbers {
        guard let value = section.read(number.key) else {
          isWhole = false
          continue
        }
        airframe[keyPath: number.path] = value
      }
      return isWhole
    }
  }

  /// The battery of an airframe.
  public struct AirframeBattery: Sendable, Equatable {
    /// Cells in series.
    public var cells = 3
    /// Capacity in A s.
    public var capacity = 2.2 * 3600
    /// Resistance in Ω of one cell with its share of the wiring.
    public var cellResistance = 0.012
    /// Voltage in V for which thrust, speed and gains hold.
    public var referenceVoltage = 11.4
  }
}

extension Configuration.AirframeBattery {
  private static let cells = Key<Int>.integer(
    "battery_cells", 1...14, standard: 3, "Cells of the battery in series.")
  private static let capacity = Key<Double>.number(
    "battery_capacity_ah", 0.05...500, unit: "A h", standard: 2.2, "Capacity of the battery.")
  private static let resistance = Key<Double>.number(
    "battery_cell_ohm", 0.0001...1, unit: "Ω", standard: 0.012,
    "Resistance of one cell with its share of the wiring.")
  private static let reference = Key<Double?>.optionalNumber(
    "reference_voltage_v", 1...100, unit: "V", absent: "3.8 for each cell",
    "Voltage for which the motors' figures and the gains hold.")

  static let keys = [cells.description, capacity.description, resistance.description, reference.description]

  init?(_ section: Section) {
    let (cells, capacity) = (section.read(Self.cells), section.read(Self.capacity))
    let (resistance, reference) = (section.read(Self.resistance), section.read(Self.reference))
    guard let cells, let capacity, let resistance, let reference else { return nil }
    self.cells = cells
    (self.capacity, cellResistance) = (capacity * 3600, resistance)
    referenceVoltage = reference ?? Double(38 * cells) / 10
  }
}
