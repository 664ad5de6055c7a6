"""What the simulator promises: true to the platforms, quick, small, the same for the same seed."""
