"""A process beside a vehicle that runs: to Foxglove, MQTT, ROS 2, MAVLink over UDP, and a page (docs/bridge.md)."""
