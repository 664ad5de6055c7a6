"""The mirror, against the simulator."""
