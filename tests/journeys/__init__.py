"""Whole stories in a real browser: pages, worker, PostgreSQL and simulator together."""
