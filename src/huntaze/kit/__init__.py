"""Tools without business words: database, jobs, clock, sealing, HTTP, live stream."""
