"""The mirror for people: posts, contacts, comments."""
