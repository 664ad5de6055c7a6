"""Login Kit: consent page, codes, tokens, the end of an authorisation (tiktok.md §2)."""
