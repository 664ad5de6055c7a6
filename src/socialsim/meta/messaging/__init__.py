"""The inbox: reading, sending, and what people write (instagram.md §5, §6.8)."""
