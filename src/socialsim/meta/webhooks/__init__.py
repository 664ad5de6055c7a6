"""Subscriptions, events on their way out, compliance callbacks (instagram.md §6, §7)."""
