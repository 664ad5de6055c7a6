"""What is known of the posts of one life by whoever asked for them, and what has to be true of them at its end.

Posts that were asked for with the same words are a family: the ledger tells them apart by their words alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.crash.cells import Kind
from tests.crash.field import Field
from tests.publishing.ground import Connected, Json

NEEDS_WORDS = frozenset({"FAILED", "UNCONFIRMED", "HELD"})
SETTLED = NEEDS_WORDS | {"PUBLISHED", "CANCELLED", "IN_USER_INBOX"}


@dataclass(eq=False, slots=True)
class Family:
    """Posts with the same words."""

    stories: list[Story] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    """Words that were taken back, by an edit or by «cancelled», before anything was sent with them."""


@dataclass(eq=False, slots=True)
class Story:
    """One post, as whoever asked for it knows it."""

    kind: Kind
    account: Connected
    asked: Json
    """What was asked for first, and is again when the request is repeated."""
    key: str
    family: Family
    born: int
    """The step in which it was asked for."""
    body: Json = field(init=False)
    """What it is to say now."""
    changed: int = 0
    """The last step in which it may have been changed."""
    post: str = ""
    """Its id; empty while no request was answered with one."""
    publication: str = ""
    may: int = 1
    """How often a person said that it shall go out."""
    gone: bool = False
    """The backup that was restored is older than it."""
    doubtful: bool = False
    """The house was restored: it may be out although the house does not know."""
    known_public: bool = False
    most_alive: int = 0

    def __post_init__(self) -> None:
        self.body = self.asked

    @property
    def words(self) -> str:
        """Its caption now."""
        return str(self.body["caption"])

    @property
    def lives(self) -> bool:
        """Whether the house has it."""
        return bool(self.post) and not self.gone

    def close_words(self) -> None:
        """Its words are not to come out any more, unless they may have been sent before."""
        if self.may == 1 and not self.doubtful and len(self.family.stories) == 1:
            self.family.closed.add(self.words)


def forget(stories: Sequence[Story], step: int) -> None:
    """The house was put back to what it was in ``step``: what came later is forgotten, and may be out all the same."""
    for story in stories:
        story.family.closed.clear()
        story.known_public = False
        story.doubtful = True
        if story.born > step:
            story.gone = True
        elif story.changed > step:
            story.may += 1


def judge(field: Field, family: Family, told: Mapping[str, Json]) -> list[str]:
    """What is wrong with the posts of a family; ``told``: its publications as the API tells them, by post."""
    first = family.stories[0]

    def public(words: str) -> int:
        return field.public(first.kind.platform, first.account, words)

    alive = [story for story in family.stories if story.lives]
    states = [str(told[story.post]["state"]) for story in alive]
    out, said = sum(map(public, family.words)), states.count("PUBLISHED")
    unsure = sum(
        state == "UNCONFIRMED" or (story.doubtful and state != "PUBLISHED")
        for story, state in zip(alive, states, strict=True)
    )
    perhaps = unsure + sum(story.may - story.lives for story in family.stories)
    wrong = []
    if out > sum(story.may for story in family.stories):
        wrong.append(f"public {out} times")
    if out < said:
        wrong.append(f"PUBLISHED and public {out} times")
    if out > said + perhaps:
        wrong.append(f"public {out} times and told as {states}")
    wrong += [f"words that were taken back came out: {words!r}" for words in family.closed if public(words)]
    for story, state in zip(alive, states, strict=True):
        error = told[story.post]["error"]
        if state in NEEDS_WORDS and not (error and error["message"] and error["remedy"]):
            wrong.append(f"{state} without words")
        if story.most_alive > 1:
            wrong.append(f"{story.most_alive} artefacts of one publication could have been published at once")
    return [f"{first.kind.name} {family.words[0]!r}: {one}" for one in wrong]
