"""The front desk: what several rooms show together."""
