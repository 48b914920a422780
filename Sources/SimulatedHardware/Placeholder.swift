// SimulatedHardware
