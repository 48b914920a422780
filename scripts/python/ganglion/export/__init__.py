"""From checkpoints of ncps, its Keras twin and the drone-flight code to Ganglion model files."""
