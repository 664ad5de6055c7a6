"""Publish once and on time: what dies, what is due together, what waits for a year, what comes back after days."""
