"""Content Posting: what is sent, how it ripens, what becomes of it (tiktok.md §4)."""
