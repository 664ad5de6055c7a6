"""Comments and mentions (instagram.md §4.3)."""
