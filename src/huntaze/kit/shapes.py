"""What programs send and get: camelCase in both directions, and a name that is not known is refused, since a mistyped
filter must not answer everything."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Nothing was on a network before or will be after; arithmetic on moments between them never overflows."""
LONGEST_SEARCH = 100


def _of_our_time(value: datetime) -> datetime:
    if not EARLIEST <= value <= LATEST:
        raise ValueError(f"must be between {EARLIEST.year} and {LATEST.year}")
    return value


def _searchable(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a sign that no text can hold")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Words = Annotated[str, AfterValidator(_searchable), Field(max_length=LONGEST_SEARCH)]
"""What is searched for."""


class Shape(BaseModel):
    """The base of them all."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Period(Shape):
    """From when to when."""

    since: Moment | None = Field(None, description="From this moment on; with an offset.")
    until: Moment | None = Field(None, description="Before this moment; with an offset.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if value is not None and since is not None and value <= since:
            raise ValueError("must be later than since")
        return value
