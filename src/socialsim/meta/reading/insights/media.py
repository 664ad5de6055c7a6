"""``/{m}/insights`` and ``insights.metric(…)`` inside a list of media (instagram.md §4.4)."""

from collections.abc import Mapping

from socialsim.meta.access import Context
from socialsim.meta.dice import split
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.fields import Field
from socialsim.meta.figures import BREAKDOWNS, Figure, figures
from socialsim.meta.listed import names
from socialsim.meta.model import Media
from socialsim.meta.reading.insights.asking import UNKNOWN, chosen, gone, one_of
from socialsim.meta.reading.insights.media_metrics import MEDIA_GONE, MEDIA_METRICS, MediaMetric
from socialsim.meta.reading.projection import OMIT

STORY_LIFE = 86_400.0
KEPT = 2 * 365 * 86_400.0
FEWEST_VIEWERS = 5
_BEFORE = 2108006
_NOT_SERVED = "does not support"
_TOO_FEW = "Not enough viewers for the media to show insights"
_EARLY_TITLE = "Media posted before business account conversion"
_EARLY = "The media was posted before the most recent time that the account was converted to a business account."


def media_insights(context: Context, media: Media, arguments: Mapping[str, str], keys: list[str]) -> dict[str, object]:
    """``{"data": […]}``; ``arguments`` are metric, breakdown and period, ``keys`` what to show of each result.

    Raises 100 for a metric that is unknown, gone or not of this product, 1 for a breakdown that one has not, 10 for a
    story few have seen, 100/2108006 for media older than the professional account. Empty where there is no data yet.
    """
    context.need("instagram_manage_insights")
    wanted = _metrics(context, media, arguments)
    breakdown = _breakdown(wanted, arguments)
    if media.parent_id or not _has_data(context, media):
        return {"data": []}
    numbers = current_figures(context, media)
    if not numbers["views"] and media.product != "STORY":
        return {"data": []}
    if media.product == "STORY" and numbers["reach"] < FEWEST_VIEWERS:
        prefix = "" if context.services.config.insights.bare_text else "(#10) "
        raise GraphError(Problem(10, None, prefix + _TOO_FEW))
    upper = context.services.config.insights.upper_case
    results = (_result(media, name, numbers[name], MEDIA_METRICS[name], breakdown, upper=upper) for name in wanted)
    return {"data": [chosen(result, keys) for result in results]}


def expanded(context: Context, media: Media, field: Field) -> object:
    """``insights`` as a field: a medium that cannot serve it loses the key, or fails the call (a knob)."""
    context.need("instagram_manage_insights")
    keys = [below.name for below in field.below]
    try:
        return media_insights(context, media, dict(field.arguments), keys)
    except GraphError as error:
        of_this_medium = error.problem.code == 10 or error.problem.subcode == _BEFORE or _NOT_SERVED in str(error)
        if context.services.config.insights.nested_failure == "fail" or not of_this_medium:
            raise
        return OMIT


def current_figures(context: Context, media: Media) -> dict[str, Figure]:
    """The numbers as late as the knob makes them."""
    account = context.world.accounts[media.account_id]
    knobs = context.services.config.insights
    messages = context.world.inbox.messages.values() if media.product == "STORY" else ()
    return figures(
        context.services.seed,
        media,
        followers=account.followers,
        country=account.country,
        now=context.call.at - knobs.delay,
        reach_lag=knobs.reach_lag,
        replies=sum(message.story_id == media.id for message in messages),
    )


def _metrics(context: Context, media: Media, arguments: Mapping[str, str]) -> list[str]:
    if arguments.get("period", "lifetime") not in {"lifetime", '["lifetime"]'}:
        raise bad_parameter("period must be lifetime for media")
    wanted = names(arguments, "metric")
    if not wanted:
        raise bad_parameter("The parameter metric is required")
    for index, name in enumerate(wanted):
        if name in MEDIA_GONE:
            raise gone(name, "media")
        metric = MEDIA_METRICS.get(name)
        if metric is None or (metric.facebook_login and context.by_instagram):
            raise one_of("metric", index, MEDIA_METRICS)
        product = "FEED" if media.product == "AD" else media.product
        if product not in metric.products or (metric.needs_facebook and not media.on_facebook):
            raise bad_parameter(f"The Media Insights API {_NOT_SERVED} the {name} metric for this media product type.")
    return wanted


def _breakdown(wanted: list[str], arguments: Mapping[str, str]) -> str:
    asked = names(arguments, "breakdown")
    for index, name in enumerate(asked):
        if name not in BREAKDOWNS:
            raise one_of("breakdown", index, BREAKDOWNS)
    if asked and any([MEDIA_METRICS[name].breakdown] != asked for name in wanted):
        raise GraphError(UNKNOWN)
    return asked[0] if asked else ""


def _has_data(context: Context, media: Media) -> bool:
    """Not before the delay is over, not once they are deleted; refused before the account was professional."""
    knobs = context.services.config.insights
    account = context.world.accounts[media.account_id]
    if media.timestamp < account.professional_since:
        code = knobs.early_code
        raise GraphError(Problem(code, _BEFORE, "Invalid parameter", _EARLY_TITLE, _EARLY))
    life = STORY_LIFE if media.product == "STORY" else KEPT
    return media.timestamp + knobs.delay <= context.call.at < media.timestamp + life


def _result(
    media: Media, name: str, value: Figure, metric: MediaMetric, breakdown: str, *, upper: bool
) -> dict[str, object]:
    out: dict[str, object] = {
        "name": name,
        "period": "lifetime",
        "values": [{"value": value}],
        "title": metric.title,
        "description": metric.description,
    }
    if breakdown:
        parts = split(int(value), BREAKDOWNS[breakdown])
        results = [{"dimension_values": [_case(part, upper=upper)], "value": n} for part, n in parts if n]
        out["total_value"] = {
            "value": value,
            "breakdowns": [{"dimension_keys": [breakdown], "results": results}],
        }
    out["id"] = f"{media.id}/insights/{name}/lifetime"
    return out


def _case(name: str, *, upper: bool) -> str:
    return name if upper else name.lower()
