"""Measurements for developers: `python -m bench prove main-job`, `python -m bench NAME --json OUT`."""
