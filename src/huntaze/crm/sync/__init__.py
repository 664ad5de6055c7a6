"""Accounts are read again: their posts, stories, comments and pictures, and what is gone."""
