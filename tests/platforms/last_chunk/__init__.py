"""A made-up platform to which bytes are pushed: nothing is public until the last one arrives."""
