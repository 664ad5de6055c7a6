"""The control plane under ``/_sim``: what a test or a person may do to the simulated world."""
