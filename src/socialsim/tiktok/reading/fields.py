"""The ``fields`` query parameter (tiktok.md §1.2)."""

from collections.abc import Collection

from socialsim.tiktok.access import Context
from socialsim.tiktok.errors import invalid


def asked_fields(context: Context, known: Collection[str]) -> list[str]:
    """Comma-separated names, each once; 400 if none is given or one is unknown."""
    names = [name.strip() for name in context.query.get("fields", "").split(",")]
    chosen = list(dict.fromkeys(name for name in names if name))
    if not chosen:
        raise invalid("The fields parameter is required.")
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise invalid(f"Unknown fields: {', '.join(unknown)[:200]}")
    return chosen
