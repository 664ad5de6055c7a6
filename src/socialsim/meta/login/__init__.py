"""Logging in: the dialogs, codes and tokens (instagram.md §1, §2)."""
