"""Posts in bulk: `file` is the CSV, `rows` one row and its post, `run` makes them, `service` is both ways together."""
