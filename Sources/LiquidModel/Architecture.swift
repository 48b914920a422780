/// The shape of a network without its weights, as `ganglion.architecture` in a model file tells it.
public struct Architecture: Sendable, Equatable {
  /// One cell's shape.
  public typealias Cell = CellOf<CfC, LTC>

  /// The shape of a liquid time-constant cell.
  public struct LTC: HasUnits, Sendable, Equatable {
    /// Neurons.
    public var units: Int
    /// Semi-implicit Euler steps of a network step.
    public var unfolds: Int

    /// A cell's shape from its parts.
    public init(units: Int, unfolds: Int) { (self.units, self.unfolds) = (units, unfolds) }
  }

  /// The shape of a closed-form continuous-time cell.
  public struct CfC: HasUnits, Sendable, Equatable {
    /// How the state is renewed.
    public var mode: NetworkModel.Mode
    /// Neurons.
    public var units: Int
    /// Units of each backbone layer.
    public var backbone: [Int]
    /// Activation after each backbone layer.
    public var backboneActivation: NetworkModel.BackboneActivation
    /// Activation of ff1 and ff2; without effect in mode pure.
    public var headActivation: NetworkModel.HeadActivation

    /// A cell's shape from its parts.
    public init(
      mode: NetworkModel.Mode, units: Int, backbone: [Int],
      backboneActivation: NetworkModel.BackboneActivation,
      headActivation: NetworkModel.HeadActivation
    ) {
      (self.mode, self.units, self.backbone) = (mode, units, backbone)
      (self.backboneActivation, self.headActivation) = (backboneActivation, headActivation)
    }
  }

  /// Most neurons of a cell, units of a backbone layer, inputs, or outputs.
  public static let maximumUnits = 4096
  /// Most cells, and most backbone layers of a cell.
  public static let maximumLayers = 16

  /// Inputs and outputs of the network.
  public var inputs, outputs: Int
  /// What mixed memory's hidden output is to the cell; nil without mixed memory.
  public var memory: NetworkModel.Memory.Role?
  /// The cells in order; a wired network has three: inter, command, motor.
  public var cells: [Cell]
  /// Whether a final affine map makes the outputs; otherwise they are the last cell's first units.
  public var hasProjection: Bool

  /// An architecture from its parts; `checkSizes` tells whether they make a network.
  public init(
    inputs: Int, outputs: Int, memory: NetworkModel.Memory.Role?, cells: [Cell], hasProjection: Bool
  ) {
    (self.inputs, self.outputs, self.memory) = (inputs, outputs, memory)
    (self.cells, self.hasProjection) = (cells, hasProjection)
  }

  /// The architecture of `model`.
  public init(of model: NetworkModel) {
    self.init(
      inputs: model.inputs.count, outputs: model.outputs.count, memory: model.memory?.role,
      cells: model.cells.map { cell in
        switch cell {
        case .cfc(let cell):
          .cfc(
            CfC(
              mode: cell.mode, units: cell.units, backbone: cell.backbone.map(\.rows),
              backboneActivation: cell.backboneActivation, headActivation: cell.headActivation))
        case .ltc(let cell): .ltc(LTC(units: cell.units, unfolds: cell.unfolds))
        }
      }, hasProjection: model.projection != nil)
  }

  /// Neurons of all cells, the usual measure of a network's size.
  public var neurons: Int { cells.reduce(0) { $0 + $1.units } }

  /// Whether a cell is a liquid time-constant one.
  public var hasTimeConstantCells: Bool {
    cells.contains { if case .ltc = $0 { true } else { false } }
  }

  /// Columns of the first map of cell `index`: what it reads and its own previous state.
  func columns(ofCell index: Int) -> Int {
    let read =
      index > 0 ? cells[index - 1].units : memory == .feedsInput ? cells[index].units : inputs
    return read + cells[index].units
  }

  /// Whether every size is within bounds and the parts fit together.
  ///
  /// - Throws: `ModelError` naming the cell and the bound, before anything is allocated for it.
  public func checkSizes() throws(ModelError) {
    func check(_ place: String, _ count: Int, _ what: String, atMost limit: Int = Self.maximumUnits)
      throws(ModelError)
    {
      guard (1...limit).contains(count) else {
        throw ModelError(
          place, "\(count) \(what), outside 1 to \(limit)",
          remedy: "Ganglion runs controllers: use a network within these bounds")
      }
    }
    try check("architecture", inputs, "inputs")
    try check("architecture", outputs, "outputs")
    try check("architecture", cells.count, "cells", atMost: Self.maximumLayers)
    for (k, cell) in cells.enumerated() {
      try check("cell \(k)", cell.units, "neurons")
      if case .ltc(let cell) = cell {
        try check("cell \(k)", cell.unfolds, "unfolds", atMost: NetworkModel.LTC.maximumUnfolds)
      }
      guard case .cfc(let cell) = cell else { continue }
      guard cell.backbone.count <= Self.maximumLayers else {
        throw ModelError(
          "cell \(k)", "\(cell.backbone.count) backbone layers, more than \(Self.maximumLayers)",
          remedy: "Ganglion runs controllers: use a network within these bounds")
      }
      for (j, units) in cell.backbone.enumerated() { try check("cell \(k), backbone \(j)", units, "units") }
    }
    if memory != nil, hasTimeConstantCells {
      throw ModelError(
        "memory", "mixed memory beside a liquid time-constant cell",
        remedy: "mixed memory works with a single dense CfC; train without it")
    }
    if memory != nil, cells.count != 1 {
      throw ModelError(
        "memory", "mixed memory beside \(cells.count) cells",
        remedy: "mixed memory works with a single dense CfC; train without it, or without a wiring")
    }
    if !hasProjection, let last = cells.last, outputs > last.units {
      throw ModelError(
        "outputs", "\(outputs) outputs from a last cell of \(last.units) neurons",
        remedy: "name as many outputs as the network has")
    }
  }
}

extension Architecture {
  /// The architecture in the form of `ganglion.architecture`.
  var json: JSONValue {
    .object([
      "memory": memory.map { role in
        .object(["role": .string(role.rawValue), "units": .number(Double(cells.first?.units ?? 0))])
      } ?? .null,
      "cells": .array(
        cells.map { cell in
          switch cell {
          case .cfc(let cell):
            .object([
              "mode": .string(cell.mode.rawValue),
              "units": .number(Double(cell.units)),
              "backbone": .array(cell.backbone.map { .number(Double($0)) }),
              "backbone_activation": .string(cell.backboneActivation.rawValue),
              "head_activation": .string(cell.headActivation.rawValue),
            ])
          case .ltc(let cell):
            .object([
              "mode": .string(Self.timeConstantMode), "units": .number(Double(cell.units)),
              "unfolds": .number(Double(cell.unfolds)),
            ])
          }
        }),
      "projection": .bool(hasProjection),
    ])
  }

  /// What a liquid time-constant cell has as its mode in `ganglion.architecture`.
  fileprivate static let timeConstantMode = "ltc"

  /// The architecture that `json` tells, for a network of so many inputs and outputs.
  init(_ json: JSONValue, inputs: Int, outputs: Int, place: String) throws(ModelError) {
    var members = try JSONMembers(json, place: place)
    var cells: [Cell] = []
    for (k, value) in try members.array("cells").enumerated() {
      cells.append(try Cell(value, place: "\(place), cell \(k)"))
    }
    var role: NetworkModel.Memory.Role?
    if let value = members.optional("memory") {
      var memory = try JSONMembers(value, place: "\(place), memory")
      role = try memory.choice("role", NetworkModel.Memory.Role.self)
      let units = try memory.integer("units", in: 1...Self.maximumUnits)
      guard cells.count != 1 || units == cells[0].units else {
        throw ModelError(
          memory.place, "\(units) units beside a cell of \(cells[0].units)", remedy: ModelError.exportAgain)
      }
      try memory.finish()
    }
    self.init(
      inputs: inputs, outputs: outputs, memory: role, cells: cells,
      hasProjection: try members.bool("projection"))
    try members.finish()
    try checkSizes()
  }
}

extension Architecture {
  /// Refuses unfolds that the exporter's note contradicts: the one number that changes what an LTC network does and
  /// that no tensor's shape tells, of which an old file holds two copies.
  func check(against provenance: [String: String]) throws(ModelError) {
    guard let noted = provenance["unfolds"].flatMap({ Int($0) }) else { return }
    let unfolds = cells.compactMap { if case .ltc(let cell) = $0 { cell.unfolds } else { nil } }
    guard let found = unfolds.first, !unfolds.contains(noted) else { return }
    throw ModelError(
      "metadata \(ModelFile.Key.architecture)", "\(found) unfolds, but it was exported with \(noted)",
      remedy: "the file was altered or damaged after it was written: copy or export it again")
  }
}

extension Architecture.Cell {
  fileprivate init(_ json: JSONValue, place: String) throws(ModelError) {
    let sizes = 1...Architecture.maximumUnits
    var members = try JSONMembers(json, place: place)
    if members.has("mode", .string(Architecture.timeConstantMode)) {
      _ = try members.required("mode")
      self = .ltc(
        .init(
          units: try members.integer("units", in: sizes),
          unfolds: try members.integer("unfolds", in: 1...NetworkModel.LTC.maximumUnfolds)))
      try members.finish()
      return
    }
    var backbone: [Int] = []
    for value in try members.array("backbone") {
      backbone.append(try JSONMembers.integer(value, in: sizes, place: "\(place), backbone"))
    }
    self = .cfc(
      .init(
        mode: try members.choice("mode", NetworkModel.Mode.self),
        units: try members.integer("units", in: sizes),
        backbone: backbone,
        backboneActivation: try members.choice("backbone_activation", NetworkModel.BackboneActivation.self),
        headActivation: try members.choice("head_activation", NetworkModel.HeadActivation.self)))
    try members.finish()
  }
}
