"""TikTok, so far its webhooks alone: what ``contract.Events`` promises. Facts come from the sheet tiktok.md."""

from huntaze.platforms.tiktok.events import TikTokEvents

__all__ = ["TikTokEvents"]
