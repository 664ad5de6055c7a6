"""TikTok's open API: Login Kit, Content Posting, Display, webhooks (tiktok.md)."""
