"""From checkpoints of ncps, its Keras twin and the drone-flight code to Ganglion model files: the command `ganglion-export`.

    from ganglion.export.command import main

    main(["policy.pt", "policy.safetensors", "--mode", "default", "--ports", "ports.json"])      # its exit status
"""
