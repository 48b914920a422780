extension VehicleTables {
  /// The tables of a file without a template, in the order of the reference. What a chip's section holds is where format 1 has it.
  static let schemas: [SectionSchema] =
    [
      schema,
      SectionSchema(
        path: "devices.NAME",
        about:
          "A device. What else it holds follows from its chip: the keys of `sensors.imu`, `barometer`, `magnetometer`, `range`, `power` "
          + "or `left_encoder`, or those of the sections below.",
        keys: DeviceKeys.descriptions + [DeviceKeys.shaft.description]),
      ActuatorKeys.reference, Configuration.AnalogInputs.schema, Configuration.DifferentialPressure.schema,
      Configuration.PortInputs.schema,
      Configuration.LineDevice.schema, CommandList.schema,
      CommandSignal.schema, PilotKeys.stick, PilotKeys.toggle,
      SectionSchema(
        path: "blocks[]",
        about:
          "A block. What can be set, and what it reads, depends on its kind (docs/blocks.md): each is a key.",
        keys: BlockList.common + [BlockList.beforeKey.description]),
      BlockReader.networkSchema, BlockReader.inputSchema, BlockReader.outputSchema,
      SafetyList.conditionSchema,
      SafetyList.armingSchema, SafetyTestReader.schema, SafetyList.reactionSchema, SafetyList.modeSchema,
      PlantSections.simulationSchema, PlantSections.evaluationSchema, SimulatedInput.schema,
      SimulatedInput.stepSchema, SimulatedInput.sineSchema,
    ]
}
