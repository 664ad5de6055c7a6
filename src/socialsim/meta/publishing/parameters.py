"""The parameters of ``POST /{ig}/media`` by kind of post, as data (instagram.md §3.2)."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.model import Account
from socialsim.meta.publishing.audio import TRACKS

POSTS = frozenset({"IMAGE", "CAROUSEL", "REELS"})
VIDEOS = frozenset({"VIDEO", "REELS", "STORIES"})
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_MENTION = re.compile(r"(?<!\w)@[\w.]+")
_STRATEGIES = frozenset({"MANUAL", "SS_PERFORMANCE"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The post that the parameters are about."""

    context: Context
    account: Account
    kind: str


Check = Callable[[Draft, str], None]
"""Given the post and the parameter's value; raises a ``GraphError``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where a parameter belongs. Elsewhere it is an error, or passed over as the platform does with unknown ones."""

    kinds: frozenset[str]
    elsewhere_refused: bool = True
    facebook_only: bool = False
    check: Check | None = None


def check_parameters(draft: Draft) -> dict[str, str]:
    """Hold every given parameter against its rule; gives those that the post keeps. Raises the codes of §3.7."""
    kept = {}
    for name, rule in RULES.items():
        value = draft.context.call.params.get(name, "")
        fits = draft.kind in rule.kinds
        if not value or not (fits or rule.elsewhere_refused):
            continue
        if not fits or (rule.facebook_only and draft.context.by_instagram):
            raise bad_parameter(f"param {name} is not allowed for this media type")
        if rule.check is not None:
            rule.check(draft, value)
        kept[name] = value
    if "trial_params" in kept and "collaborators" in kept:
        raise bad_parameter("param collaborators is not allowed with trial_params")
    return kept


def true(text: str) -> bool:
    """How a form says yes."""
    return text.lower() in {"true", "1"}


def json_list(text: str, name: str) -> list[object]:
    """A JSON array in a form field; code 100 if it is none."""
    value = _json(text, name)
    if not isinstance(value, list):
        raise bad_parameter(f"param {name} must be a JSON array")
    return value


def _json(text: str, name: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad_parameter(f"param {name} must be valid JSON") from error
    return value


def _json_object(text: str, name: str) -> dict[str, object]:
    value = _json(text, name)
    if not isinstance(value, dict):
        raise bad_parameter(f"param {name} must be a JSON object")
    return value


# --- The checks --------------------------------------------------------------------------------------------------


def _caption(draft: Draft, text: str) -> None:
    if len(text) > 2200 or len(_HASHTAG.findall(text)) > 30 or len(_MENTION.findall(text)) > 20:
        raise GraphError(errors.CAPTION_LONG)


def _alt_text(draft: Draft, text: str) -> None:
    if len(text) > 1000:
        raise bad_parameter("alt_text is longer than 1000 characters")


def _location(draft: Draft, text: str) -> None:
    if not text.isdecimal():
        raise GraphError(errors.LOCATION)


def _user_tags(draft: Draft, text: str) -> None:
    tags = json_list(text, "user_tags")
    if len(tags) > 20:
        raise GraphError(errors.TAGS_TOO_MANY)
    for tag in tags:
        if not isinstance(tag, dict) or not tag.get("username"):
            raise bad_parameter("user_tags need a username")
        if draft.kind == "REELS" and ("x" in tag or "y" in tag):
            raise bad_parameter("user_tags positions are not allowed on reels")
        if not _placed(tag, needed=draft.kind in {"IMAGE", "CAROUSEL_ITEM"}):
            raise bad_parameter("user_tags need x and y between 0 and 1")


def _product_tags(draft: Draft, text: str) -> None:
    tags = json_list(text, "product_tags")
    if len(tags) > 5:
        raise bad_parameter("At most 5 product_tags")
    own = draft.context.services.config.accounts.get(draft.account.id)
    known = None if own is None else own.products
    for tag in tags:
        if not isinstance(tag, dict):
            raise bad_parameter("product_tags need a product_id")
        product = str(tag.get("product_id", ""))
        if not product.isdecimal() or (known is not None and product not in known):
            raise GraphError(errors.PRODUCT_UNKNOWN)
        if draft.kind in VIDEOS and ("x" in tag or "y" in tag):
            raise GraphError(errors.PRODUCT_TAG_ON_VIDEO)
        if draft.kind not in VIDEOS and not _placed(tag, needed=True):
            raise GraphError(errors.PRODUCT_TAG_POSITION)


def _placed(tag: dict[str, object], *, needed: bool) -> bool:
    """Whether a tag has x and y between 0 and 1, or has neither where it needs none."""
    given = [tag[axis] for axis in ("x", "y") if axis in tag]
    if not given:
        return not needed
    return len(given) == 2 and all(_number(value, 0, 1) for value in given)


def _number(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _collaborators(draft: Draft, text: str) -> None:
    names = json_list(text, "collaborators")
    if len(names) > 3 or not all(isinstance(name, str) and name for name in names):
        raise bad_parameter("At most 3 collaborators, by their usernames")


def _thumb_offset(draft: Draft, text: str) -> None:
    if not text.isdecimal() or len(text) > 9:
        raise GraphError(errors.THUMB_OFFSET)


def _flag(draft: Draft, text: str) -> None:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise bad_parameter("must be true or false")


def _audio_name(draft: Draft, text: str) -> None:
    if len(text) > 100:
        raise bad_parameter("audio_name is too long")


def _audio_configuration(draft: Draft, text: str) -> None:
    value = _json_object(text, "audio_configuration")
    if not any(track.audio_id == str(value.get("audio_id", "")) for track in TRACKS):
        raise bad_parameter("param audio_configuration needs the audio_id of an authorised audio")
    for name in ("audio_volume", "video_volume"):
        if not _number(value.get(name, 0), 0, 100):
            raise bad_parameter(f"{name} must be between 0 and 100")


def _trial_params(draft: Draft, text: str) -> None:
    if _json_object(text, "trial_params").get("graduation_strategy") not in _STRATEGIES:
        raise bad_parameter("graduation_strategy must be MANUAL or SS_PERFORMANCE")


def _sponsors(draft: Draft, text: str) -> None:
    ids = json_list(text, "branded_content_sponsor_ids")
    if len(ids) > 2 or not all(str(sponsor).isdecimal() for sponsor in ids):
        raise bad_parameter("At most 2 branded_content_sponsor_ids")
    draft.context.need("instagram_branded_content_creator")


def _upload_type(draft: Draft, text: str) -> None:
    if text != "resumable":
        raise bad_parameter("upload_type must be resumable")
    if draft.context.call.params.get("video_url"):
        raise bad_parameter("param video_url is not allowed with upload_type")


RULES = {
    "image_url": Parameter(frozenset({"IMAGE", "CAROUSEL_ITEM", "STORIES"})),
    "video_url": Parameter(VIDEOS),
    "caption": Parameter(POSTS, elsewhere_refused=False, check=_caption),
    "alt_text": Parameter(frozenset({"IMAGE", "CAROUSEL_ITEM"}), elsewhere_refused=False, check=_alt_text),
    "location_id": Parameter(POSTS, check=_location),
    "user_tags": Parameter(frozenset({"IMAGE", "CAROUSEL_ITEM", "REELS", "STORIES"}), check=_user_tags),
    "product_tags": Parameter(frozenset({"IMAGE", "CAROUSEL_ITEM", "VIDEO", "REELS"}), check=_product_tags),
    "collaborators": Parameter(POSTS, check=_collaborators),
    "share_to_feed": Parameter(frozenset({"CAROUSEL", "REELS"}), check=_flag),
    "cover_url": Parameter(frozenset({"REELS"})),
    "thumb_offset": Parameter(frozenset({"VIDEO", "REELS"}), check=_thumb_offset),
    "audio_name": Parameter(frozenset({"REELS"}), check=_audio_name),
    "audio_configuration": Parameter(frozenset({"REELS"}), facebook_only=True, check=_audio_configuration),
    "trial_params": Parameter(frozenset({"REELS"}), check=_trial_params),
    "is_ai_generated": Parameter(POSTS | {"STORIES"}, check=_flag),
    "is_paid_partnership": Parameter(POSTS, facebook_only=True, check=_flag),
    "branded_content_sponsor_ids": Parameter(POSTS, facebook_only=True, check=_sponsors),
    "upload_type": Parameter(VIDEOS, facebook_only=True, check=_upload_type),
}
"""Anything else is passed over as the platform does: there is no scheduling and no ``comment_enabled`` here."""
