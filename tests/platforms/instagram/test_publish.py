"""Containers, the one call that cannot be taken back, and looking afterwards (instagram.md §3)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from huntaze.kit.clock import SystemClock
from huntaze.kit.http import irreversible_client, platform_client
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import (
    Access,
    Artefact,
    ArtefactRequest,
    ArtefactState,
    ArtefactStatus,
    MediaSource,
    PostType,
)
from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.platforms.instagram import Instagram, InstagramUrls
from huntaze.platforms.instagram.publish import container_form
from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import SimulatorHandle
from tests.kit.loopback import replying, serving
from tests.platforms.instagram.world import MAYA_ACCOUNT

MP4 = CLIP_PATH.read_bytes()
PUBLISH = "POST /{ig}/media_publish"


def picture(sim: SimulatorHandle, name: str = "sea-1", size: str = "w=1080&h=1350") -> MediaSource:
    return MediaSource(f"{sim.url}/_sim/pictures/{name}.jpg?{size}", "image", "image/jpeg", 100_000)


@pytest_asyncio.fixture
async def video() -> AsyncIterator[MediaSource]:
    """The simulator's clip on a server of its own."""
    async with serving(replying(MP4, "Content-Type: video/mp4")) as server:
        yield film_at(server.port)


def film_at(port: int) -> MediaSource:
    return MediaSource(f"http://127.0.0.1:{port}/film.mp4", "video", "video/mp4", len(MP4))


def image_post(sim: SimulatorHandle, caption: str = "Matin calme 🌊 #mer") -> ArtefactRequest:
    return ArtefactRequest(PostType.IMAGE, item=False, media=(picture(sim),), caption=caption)


async def ready(instagram: Instagram, access: Access, request: ArtefactRequest) -> Artefact:
    artefact = await instagram.publisher.begin(access, request)
    status = await instagram.publisher.status(access, artefact.ref)
    for _ in range(100):
        if status.state is not ArtefactState.IN_PROGRESS:
            break
        await asyncio.sleep(0.02)
        status = await instagram.publisher.status(access, artefact.ref)
    assert status.state is ArtefactState.READY, status
    return artefact


async def state_of(instagram: Instagram, access: Access, artefact: Artefact) -> ArtefactStatus:
    return await instagram.publisher.status(access, artefact.ref)


async def test_an_image_goes_out_and_is_found_again(instagram: Instagram, sim: SimulatorHandle, access: Access) -> None:
    publisher, request = instagram.publisher, image_post(sim)
    before = await publisher.baseline(access)
    started = datetime.now(UTC) - timedelta(minutes=2)
    artefact = await ready(instagram, access, request)

    committed = await publisher.commit(access, artefact, request)

    assert [row["objectId"] for row in sim.truth("media.published")] == [committed.media_ref]
    assert (await state_of(instagram, access, artefact)).state is ArtefactState.PUBLISHED
    recent = await publisher.recent(access, started)
    assert [(one.media_ref, one.type, one.caption, one.children) for one in recent] == [
        (committed.media_ref, PostType.IMAGE, request.caption, 0)
    ]
    assert committed.media_ref not in before.media_refs
    assert len(before.media_refs) == 9
    assert await publisher.permalink(access, committed.media_ref) == recent[0].permalink
    quota = await publisher.quota(access)
    assert (quota.used, quota.total, quota.period) == ((before.quota_used or 0) + 1, 50, timedelta(days=1))


async def test_a_carousel_of_pictures_and_a_video_goes_out_as_one_post(
    instagram: Instagram, sim: SimulatorHandle, access: Access, video: MediaSource
) -> None:
    sources = [picture(sim, "sea-1"), video, picture(sim, "hills-2")]
    kinds = [PostType.IMAGE, PostType.VIDEO, PostType.IMAGE]
    items = [
        await ready(instagram, access, ArtefactRequest(kind, item=True, media=(source,)))
        for kind, source in zip(kinds, sources, strict=True)
    ]
    request = ArtefactRequest(
        PostType.CAROUSEL, item=False, media=(), caption="Trois", children=tuple(item.ref for item in items)
    )
    artefact = await ready(instagram, access, request)

    committed = await instagram.publisher.commit(access, artefact, request)

    recent = await instagram.publisher.recent(access, datetime.now(UTC) - timedelta(minutes=2))
    assert [(one.media_ref, one.type, one.children) for one in recent] == [(committed.media_ref, PostType.CAROUSEL, 3)]


async def test_a_reel_goes_out_with_its_cover_and_reads_back_as_a_reel(
    instagram: Instagram, sim: SimulatorHandle, access: Access, video: MediaSource
) -> None:
    request = ArtefactRequest(
        PostType.REELS, item=False, media=(video,), caption="Film", cover_url=picture(sim, "still-1").url
    )
    artefact = await ready(instagram, access, request)

    await instagram.publisher.commit(access, artefact, request)

    recent = await instagram.publisher.recent(access, datetime.now(UTC) - timedelta(minutes=2))
    assert [one.type for one in recent] == [PostType.REELS]


def test_each_kind_of_container_gets_its_own_parameters() -> None:
    picture_, film = MediaSource("https://h/a.jpg", "image", "", 1), MediaSource("https://h/a.mp4", "video", "", 1)

    assert container_form(ArtefactRequest(PostType.IMAGE, True, (picture_,), caption="not on items")) == {
        "image_url": "https://h/a.jpg",
        "is_carousel_item": "true",
    }
    assert container_form(ArtefactRequest(PostType.VIDEO, True, (film,))) == {
        "video_url": "https://h/a.mp4",
        "media_type": "VIDEO",
        "is_carousel_item": "true",
    }
    assert container_form(ArtefactRequest(PostType.STORIES, False, (picture_,), caption="ignored")) == {
        "image_url": "https://h/a.jpg",
        "media_type": "STORIES",
    }
    assert container_form(ArtefactRequest(PostType.IMAGE, False, (picture_,), location_id="77")) == {
        "image_url": "https://h/a.jpg",
        "location_id": "77",
    }
    with pytest.raises(Unsupported):
        container_form(ArtefactRequest(PostType.VIDEO, False, (film,)))


async def test_a_container_that_is_not_ready_refuses_for_sure_and_stays_usable(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.configure({"ready": {"IMAGE": 3600.0}})
    artefact = await instagram.publisher.begin(access, image_post(sim))

    with pytest.raises(Later) as caught:
        await instagram.publisher.commit(access, artefact, image_post(sim))

    assert (caught.value.code, caught.value.subcode, caught.value.same_artefact) == ("9007", "2207027", True)
    assert (await state_of(instagram, access, artefact)).state is ArtefactState.IN_PROGRESS
    sim.advance(3601)
    assert (await instagram.publisher.commit(access, artefact, image_post(sim))).media_ref


async def test_an_expired_container_says_so(instagram: Instagram, sim: SimulatorHandle, access: Access) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.advance(25 * 3600)

    assert (await state_of(instagram, access, artefact)).state is ArtefactState.EXPIRED


async def test_the_daily_limit_is_a_definite_refusal(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.configure({"quotaTotal": 1})
    first, second = [await ready(instagram, access, image_post(sim)) for _ in range(2)]
    await instagram.publisher.commit(access, first, image_post(sim))

    with pytest.raises(Later) as caught:
        await instagram.publisher.commit(access, second, image_post(sim))

    assert caught.value.subcode == "2207042"
    assert len(sim.truth("media.published")) == 1


@pytest.mark.parametrize(("size", "code"), [("w=600&h=1350", "36003/2207009"), ("w=1350&h=600", "36003/2207009")])
async def test_a_picture_of_the_wrong_shape_is_rejected_with_its_remedy(
    instagram: Instagram, sim: SimulatorHandle, access: Access, size: str, code: str
) -> None:
    request = ArtefactRequest(PostType.IMAGE, item=False, media=(picture(sim, "sea-1", size),))

    with pytest.raises(Rejected) as caught:
        await instagram.publisher.begin(access, request)

    assert f"{caught.value.code}/{caught.value.subcode}" == code
    assert "4:5" in str(caught.value.remedy)


async def test_a_video_that_breaks_off_kills_the_container_with_its_number(
    instagram: Instagram, access: Access
) -> None:
    async def half(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 900000\r\n\r\n" + MP4 * 5)
        await writer.drain()
        writer.close()

    async with serving(half) as server:
        request = ArtefactRequest(PostType.REELS, item=False, media=(film_at(server.port),))
        artefact = await instagram.publisher.begin(access, request)
        status = await state_of(instagram, access, artefact)
        while status.state is ArtefactState.IN_PROGRESS:
            await asyncio.sleep(0.02)
            status = await state_of(instagram, access, artefact)

    assert status.state is ArtefactState.FAILED
    assert isinstance(status.error, Later)
    assert (status.error.subcode, status.error.same_artefact) == ("2207077", False)
    assert "2207077" in status.raw


async def test_media_that_meta_cannot_fetch_asks_for_a_new_container(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    gone = MediaSource(f"{sim.url}/_sim/nowhere.jpg", "image", "image/jpeg", 1)

    with pytest.raises(Later) as caught:
        await instagram.publisher.begin(access, ArtefactRequest(PostType.IMAGE, item=False, media=(gone,)))

    assert (caught.value.subcode, caught.value.same_artefact) == ("2207052", False)
    assert caught.value.trace_id


@pytest.mark.parametrize(
    "fault",
    [
        {"where": "after", "what": "reset"},
        {"where": "mid", "what": "reset"},
        {"where": "after", "what": "status", "status": 500},
        {"where": "after", "what": "malformed"},
        {"where": "after", "what": "error", "code": 4, "subcode": 2207051, "status": 400},
        {"where": "after", "what": "error", "code": 2, "status": 500},
        {"where": "after", "what": "error", "code": 190, "status": 400},
        {"where": "after", "what": "error", "code": 9, "subcode": 2207042, "status": 400, "transient": True},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_a_post_that_went_out_without_a_clear_answer_is_unknown_and_the_container_tells(
    instagram: Instagram, sim: SimulatorHandle, access: Access, fault: dict[str, object]
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault(fault | {"match": {"endpoint": PUBLISH}})

    with pytest.raises(UnknownOutcome):
        await instagram.publisher.commit(access, artefact, image_post(sim))

    assert (await state_of(instagram, access, artefact)).state is ArtefactState.PUBLISHED
    assert len(sim.truth("media.published")) == 1
    assert sim.calls()[PUBLISH] == 1


async def test_a_post_that_went_out_while_we_gave_up_waiting_is_unknown_and_the_container_tells(
    instagram: Instagram, impatient: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault({"where": "after", "what": "timeout", "seconds": 60, "match": {"endpoint": PUBLISH}})

    with pytest.raises(UnknownOutcome):
        await impatient.publisher.commit(access, artefact, image_post(sim))

    assert (await state_of(instagram, access, artefact)).state is ArtefactState.PUBLISHED


async def test_a_post_that_was_cut_off_before_it_counted_is_unknown_too(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault({"where": "before", "what": "reset", "match": {"endpoint": PUBLISH}})

    with pytest.raises(UnknownOutcome):
        await instagram.publisher.commit(access, artefact, image_post(sim))

    assert (await state_of(instagram, access, artefact)).state is ArtefactState.READY
    assert (await instagram.publisher.commit(access, artefact, image_post(sim))).media_ref


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (10, None, Reconnect),
        (200, None, Reconnect),
        (25, 2207050, Reconnect),
        (36004, 2207010, Rejected),
        (100, 2207089, Rejected),
        (9, 2207042, Later),
    ],
)
async def test_only_codes_of_the_white_list_are_a_refusal(
    instagram: Instagram,
    sim: SimulatorHandle,
    access: Access,
    code: int,
    subcode: int | None,
    kind: type[PlatformError],
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    fault = {"what": "error", "code": code, "status": 400, "match": {"endpoint": PUBLISH}}
    sim.add_fault(fault if subcode is None else fault | {"subcode": subcode})

    with pytest.raises(kind) as caught:
        await instagram.publisher.commit(access, artefact, image_post(sim))

    assert not isinstance(caught.value, UnknownOutcome)
    assert sim.truth("media.published") == []


async def test_a_host_that_cannot_be_reached_got_not_a_byte(sim: SimulatorHandle, access: Access) -> None:
    nowhere = InstagramUrls(graph="http://127.0.0.1:9", dialog="http://127.0.0.1:9")
    async with platform_client() as client, irreversible_client() as once:
        instagram = Instagram(client, once, nowhere, "v26.0", SystemClock())

        with pytest.raises(Later) as publishing:
            await instagram.publisher.commit(access, Artefact("1790"), image_post(sim))
        with pytest.raises(Later) as reading:
            await instagram.publisher.status(access, "1790")

    assert not publishing.value.sent
    assert not reading.value.sent


async def test_a_read_that_breaks_off_may_be_repeated_and_is_no_unknown_outcome(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault({"where": "mid", "what": "reset", "match": {"endpoint": "GET /{c}"}})

    with pytest.raises(Later) as caught:
        await state_of(instagram, access, artefact)

    assert caught.value.sent


async def test_a_container_that_the_page_token_may_not_see_is_read_with_the_users(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault({"what": "error", "code": 100, "subcode": 33, "match": {"endpoint": "GET /{c}"}})

    assert (await state_of(instagram, access, artefact)).state is ArtefactState.READY


async def test_an_outage_that_hides_the_container_is_no_verdict(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    artefact = await ready(instagram, access, image_post(sim))
    sim.add_fault({"what": "error", "code": 100, "subcode": 33, "times": 0, "match": {"endpoint": "GET /{c}"}})

    with pytest.raises(Later):
        await state_of(instagram, access, artefact)


async def test_a_dead_page_token_is_not_answered_by_the_users(instagram: Instagram, access: Access) -> None:
    dead = Access(access.app, MAYA_ACCOUNT, Secret("EAAdead"), access.fallback, access.page_ref)

    with pytest.raises(Reconnect):
        await instagram.publisher.status(dead, "1790")


async def test_a_baseline_without_the_quota_still_serves(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    endpoint = "GET /{ig}/content_publishing_limit"
    sim.add_fault({"what": "status", "status": 502, "match": {"endpoint": endpoint}})

    baseline = await instagram.publisher.baseline(access)

    assert baseline.quota_used is None
    assert len(baseline.media_refs) == 9


async def test_what_became_public_is_listed_as_far_back_as_asked(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    everything = await instagram.publisher.recent(access, datetime(2000, 1, 1, tzinfo=UTC))
    since = everything[3].published_at

    some = await instagram.publisher.recent(access, since)

    assert len(everything) == 9
    assert [one.media_ref for one in some] == [one.media_ref for one in everything[:4]]
