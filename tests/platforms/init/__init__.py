"""A made-up platform whose first call publishes by itself: it fetches the link it is given, later."""
