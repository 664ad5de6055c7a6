"""What every imitated platform stands on: clock, ids, ledger, faults, fetching, deliveries, dispatch."""
