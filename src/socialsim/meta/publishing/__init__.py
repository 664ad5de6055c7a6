"""Containers, upload, publishing and what may be done to a post afterwards (instagram.md §3)."""
