"""Display: user info, own public videos, their links (tiktok.md §3, §5)."""
