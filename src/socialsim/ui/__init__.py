"""Pages for people: accounts, feeds, a medium with its comments, the transcript, clock and faults."""
