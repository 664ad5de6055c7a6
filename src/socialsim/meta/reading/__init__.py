"""Profiles, media, insights and discovery, read by field expansion (instagram.md §4)."""
