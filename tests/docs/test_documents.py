"""The documents for people: their examples work, their words are those of the screen, the API page is the API."""

from __future__ import annotations

import asyncio
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from babel.messages.pofile import read_po

from huntaze.ui.i18n import LOCALES_FOLDER
from huntaze.wiring import api
from socialsim.control.app import endpoints
from socialsim.core import Core
from socialsim.coverage import report
from socialsim.ui.fault_words import WHAT
from tests.docs import api_page, outgoing_page, simulator_pages
from tests.fixtures import media
from tests.journeys.house import House

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = sorted([DOCS / "start" / "try-it.md", *(DOCS / "do").glob("*.md")])
_EXAMPLE = re.compile(r"```sh\n# (\d{3})\n(.*?)```", re.DOTALL)
_QUOTED = re.compile(r"(?<![*\w])\*([^*]+)\*(?!\*)")
_SIMULATORS = frozenset({"Faults", "Your own rule", *dict(WHAT).values()})
"""Words of the simulator's own pages."""


async def test_every_example_of_the_publishing_guide_works(house: House, tmp_path: Path) -> None:
    person = await house.person()
    accounts = await house.connect(person)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(media.jpeg(1080, 1350, seed=77))
    known = {
        "$HUNTAZE": house.url,
        "$KEY": await house.key(person),
        "ACCOUNT_ID": str(accounts[0]),
        "PICTURE_URL": f"{house.sim.url}/_sim/pictures/sea-1.jpg?w=1080&h=1350",
        "OTHER_URL": f"{house.sim.url}/_sim/pictures/sea-2.jpg?w=1080&h=1350",
        "PHOTO": str(photo),
        "START": (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S"),
        "TIME": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
    }
    examples = _EXAMPLE.findall((DOCS / "do" / "publish.md").read_text())
    assert len(examples) >= 8
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        for status, command in examples:
            for word, value in known.items():
                command = command.replace(word, value)
            answer = await _curl(client, command)
            assert answer.status_code == int(status), f"{command}\n{answer.text}"
            if status == "201":
                known["ASSET_ID"] = answer.json()["id"]
            if '"scheduledAt"' in command:
                known["POST_ID"] = answer.json()["id"]
            if "startsAt" in command:
                known["RECURRENCE_ID"] = answer.json()["id"]
            if "wait=30" in command:
                assert answer.json()["state"] == "PUBLISHED"


async def _curl(client: httpx2.AsyncClient, command: str) -> httpx2.Response:
    """What curl would send. (A machine that builds this may have none.)"""
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "curl"
    method, address, headers, content, files = "", "", {}, None, None
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            content = next(rest)
        elif word == "-F":
            field, _, path = next(rest).partition("=@")
            files = {field: (Path(path).name, await asyncio.to_thread(Path(path).read_bytes))}
        else:
            address = word
    method = method or ("POST" if content or files else "GET")
    return await client.request(method, address, headers=headers, content=content, files=files)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: str(guide.name))
def test_what_a_guide_quotes_stands_on_the_screen(guide: Path) -> None:
    with (LOCALES_FOLDER / "messages.pot").open("rb") as file:
        sources = {words for message in read_po(file) for words in _words(message.id)} | _SIMULATORS
    quoted = {" ".join(words.split()) for words in _QUOTED.findall(guide.read_text())}
    assert quoted
    assert sorted(quoted - sources) == []


def test_the_pages_made_from_the_simulators_code_are_up_to_date() -> None:
    remedy = "python -m tests.docs.simulator_pages"
    assert simulator_pages.KNOBS.read_text(encoding="utf-8") == simulator_pages.knobs_page(), remedy
    assert simulator_pages.COVERAGE.read_text(encoding="utf-8") == report("markdown") + "\n", remedy


def test_every_address_of_the_control_plane_is_in_the_documents() -> None:
    page = (DOCS / "look-up" / "simulator.md").read_text(encoding="utf-8")
    for path, _ in endpoints(Core()):
        *_, last = path.removesuffix("/{name}").removesuffix("/{id}").split("/")
        assert path in page or f"`{last}`" in page or f"/{last}`" in page or "{" in last, f"{path} is not described"


def _words(message: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message] if isinstance(message, str) else [*message]


async def test_the_page_of_the_api_is_the_api(house: House) -> None:
    made = api_page.page(api(house.rooms))
    assert api_page.PAGE.read_text() == made, "write it again: python -m tests.docs.api_page"


def test_the_page_of_outgoing_webhooks_names_every_kind_and_fact() -> None:
    written = outgoing_page.PAGE.read_text(encoding="utf-8")
    assert written == outgoing_page.whole(written), "write it again: python -m tests.docs.outgoing_page"
