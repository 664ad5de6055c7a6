"""Parameters that are lists: ``a,b`` as people write them, ``["a","b"]`` as Meta's SDK does."""

from collections.abc import Mapping

import msgspec

from socialsim.meta.errors import bad_parameter


def names(arguments: Mapping[str, str], key: str) -> list[str]:
    """Each name once, in order; code 100 for what is no list."""
    text = arguments.get(key, "").strip()
    found: object = text.split(",")
    if text.startswith("["):
        try:
            found = msgspec.json.decode(text)
        except (ValueError, RecursionError) as error:
            raise bad_parameter(f"param {key} must be an array.") from error
    if not isinstance(found, list):
        raise bad_parameter(f"param {key} must be an array.")
    return list(dict.fromkeys(name for name in (str(part).strip() for part in found) if name))
