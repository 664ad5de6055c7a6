"""Accounts: from the platform's dialog to the last wiped token."""
