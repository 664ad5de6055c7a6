"""The three ways a page is refreshed without being loaded: swap a part, answer several parts, listen to the stream.
Made for htmx 4.

htmx 4 inherits nothing from parent elements, so that each form or link says everything itself. The swap of 422 and
409 answers (a form with its errors, a conflict) is wanted; 401, 403, 404, 429 and 5xx are shown as a toast and change
nothing (frontend/app.ts).
"""

import json
from collections.abc import Mapping
from typing import Literal

from htpy import Attribute, Element, Node, Renderable
from starlette.requests import Request

How = Literal[
    "outerHTML",
    "innerHTML",
    "outerMorph",
    "innerMorph",
    "beforebegin",
    "afterbegin",
    "beforeend",
    "afterend",
    "delete",
    "none",
]

# Read by htmx from <meta name="htmx-config">. No style sheet is injected and no `style` attribute is ever copied
# (both would break the content security policy); going back loads the page again, which keeps the elements' state
# simple.
CONFIG = json.dumps(
    {
        "includeIndicatorCSS": False,
        "defaultSettleDelay": 0,
        "morphIgnore": ["data-htmx-powered", "style"],
        "noSwap": [204, 304, 401, 403, 404, 413, 429, "5xx"],
        "history": "reload",
        "extensions": "sse",
        "prefix": "",
    },
    separators=(",", ":"),
)

_hx_partial = Element("hx-partial")


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, so that an answer may be a part of a page."""
    return request.headers.get("hx-request") == "true"


def swap(
    *,
    target: str,
    how: How = "outerHTML",
    get: str = "",
    post: str = "",
    trigger: str = "",
    select: str = "",
    include: str = "",
    sync: str = "",
    push: bool = False,
) -> Mapping[str, Attribute]:
    """Attributes that let a form or link ask by htmx and put the answer at `target`.

    Say `get` or `post`; the element stays a real one.
    """
    if bool(get) == bool(post):
        raise ValueError("say either get or post")
    attributes: dict[str, Attribute] = {
        "hx-get": get or None,
        "hx-post": post or None,
        "hx-target": target,
        "hx-swap": how,
        "hx-trigger": trigger or None,
        "hx-select": select or None,
        "hx-include": include or None,
        "hx-sync": sync or None,
        "hx-push-url": "true" if push else None,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def partial(target: str, node: Node, how: How = "outerHTML") -> Renderable:
    """One part of an answer or of a live message, which goes to `target` wherever it stands; a missing target is
    passed over.
    """
    return _hx_partial({"hx-target": target, "hx-swap": how})[node]


def stream(url: str) -> Mapping[str, Attribute]:
    """Attributes that keep a stream open; its messages are `partial()`s. htmx closes it in hidden tabs and resumes
    by Last-Event-ID.
    """
    return {
        "hx-sse:connect": url,
        "hx-swap": "none",
        "hx-config": json.dumps({"sse": {"reconnectDelay": 700, "reconnectMaxDelay": 15_000}}, separators=(",", ":")),
    }
