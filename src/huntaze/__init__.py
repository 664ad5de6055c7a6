"""Huntaze: publishing and engagement for Instagram and TikTok, self-hosted."""
