"""Training a vehicle's network by imitation of the controller that its configuration has beside it: `ganglion-train imitate CONFIG`.

What is trained, on what and by whom follows from the configuration alone (`ganglion check --training`). Needs PyTorch and
ncps: the extra `train` of the package. docs/bring-your-own-network.md says how to use it, scripts/train/README.md how it works.
"""
