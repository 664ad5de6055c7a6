"""Addresses that are pulled, photos, and files held against the specification (tiktok.md §4.4, §4.8, §4.9, §4.12)."""

from pathlib import Path
from typing import Any

import pytest

from socialsim.kernel.probing import Clip, probe
from socialsim.tiktok.posting.media import flaw_of_video
from tests.socialsim.films import film
from tests.socialsim.parts import Listener, Reply
from tests.socialsim.parts import picture as drawn
from tests.socialsim.tiktok.posting_parts import CLIP, MAYA, TOM, Poster, photo_body, url_body

UNVERIFIED = (403, "url_ownership_unverified")
INVALID = (400, "invalid_params")
SOUND = Clip(
    size=1,
    container="mp4",
    moov_first=True,
    edit_lists=False,
    video_codec="h264",
    fps=30.0,
    width=1080,
    height=1920,
    seconds=20.0,
    video_bps=0,
    interlaced=False,
    chroma="4:2:0",
    audio_codec="aac",
    audio_hz=0,
    audio_channels=0,
    audio_bps=0,
)


def clip_with(**changes: Any) -> Clip:
    return Clip(**{**{name: getattr(SOUND, name) for name in Clip.__slots__}, **changes})


# --- What a video must be ------------------------------------------------------------------------------------------


def test_a_video_is_held_against_every_line_of_the_specification() -> None:
    sound: dict[str, tuple[Any, ...]] = {
        "container": ("mp4", "mov", "webm"),
        "video_codec": ("h264", "hevc", "vp8", "vp9"),
        "fps": (23.0, 23.976, 59.94, 60.0),
        "width": (360, 4096),
        "height": (360, 4096),
        "seconds": (0.5, 600.0),
        "audio_codec": ("", "mp3"),
        "fps_most": (60.0,),
    }
    assert {flaw_of_video(clip_with(**{name: value}), 600) for name in sound for value in sound[name]} == {None}
    wrong: dict[str, list[dict[str, Any]]] = {
        "file_format_check_failed": [{"container": "avi"}, {"container": "mkv"}, {"video_codec": "mpeg4"}],
        "frame_rate_check_failed": [{"fps": 22.9}, {"fps": 60.01}, {"fps": 30.0, "fps_most": 60.5}],
        "picture_size_check_failed": [{"width": 359}, {"height": 359}, {"width": 4097}, {"height": 4097}],
        "duration_check_failed": [{"seconds": 600.1}],
    }
    for reason, changes in wrong.items():
        assert {flaw_of_video(clip_with(**change), 3600) for change in changes} == {reason}
    assert flaw_of_video(clip_with(seconds=180.5), 180) == "duration_check_failed"
    assert flaw_of_video(None, 600) == "file_format_check_failed"


def test_files_that_break_it_fail_once_they_are_processed(poster: Poster) -> None:
    poster.knobs(processing=5)
    small = poster.upload(film(1, "108x192", audio=""))
    fast = poster.upload(film(0.5, "360x640", fps=61, audio=""))
    old = poster.upload(film(0.5, "360x640", video="mpeg4", audio=""))
    junk = poster.upload(b"no film at all")
    fine = poster.upload(CLIP, kind="video/quicktime")
    poster.change_creator(maxVideoSeconds=3)
    long = poster.upload(CLIP)
    assert poster.outcome(small) == ("PROCESSING_UPLOAD", "")
    poster.later(5)
    assert poster.outcome(small) == ("FAILED", "picture_size_check_failed")
    assert poster.outcome(fast) == ("FAILED", "frame_rate_check_failed")
    assert poster.outcome(old) == ("FAILED", "file_format_check_failed")
    assert poster.outcome(junk) == ("FAILED", "file_format_check_failed")
    assert poster.outcome(long) == ("FAILED", "duration_check_failed")
    assert poster.outcome(fine) == ("PUBLISH_COMPLETE", "")
    assert len(poster.sim.truth("post.published")) == 1
    assert len(poster.sim.truth("job.failed")) == 5
    poster.knobs(checkMedia=False)
    lax = poster.upload(b"no film at all")
    poster.later(5)
    assert poster.outcome(lax) == ("PUBLISH_COMPLETE", "")


def test_the_highest_rate_of_a_film_is_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CLIP)
    clip = probe(path)
    assert (clip.container, clip.video_codec, clip.fps, clip.width, clip.height) == ("mp4", "h264", 30.0, 540, 960)
    assert flaw_of_video(clip, 600) is None


# --- Pulling -------------------------------------------------------------------------------------------------------


def test_a_pulled_video_is_fetched_once_and_posted(poster: Poster, listener: Listener) -> None:
    url = listener.serve("/films/a.mp4", CLIP, "video/mp4")
    publish_id = poster.pull(f"{url}?signature=1", title="Pulled")
    assert poster.status(publish_id) == {
        "status": "PUBLISH_COMPLETE",
        "publicaly_available_post_id": [],
        "downloaded_bytes": len(CLIP),
    }
    (seen,) = listener.seen
    assert (seen.method, seen.query) == ("GET", {"signature": ["1"]})
    assert "cookie" not in seen.headers
    assert "range" not in seen.headers
    assert "TikTokSpider" in seen.headers["user-agent"]


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 500, 206])
def test_anything_but_200_at_the_address_fails_the_pull(poster: Poster, listener: Listener, status: int) -> None:
    listener.answers["/a"] = Reply(status, CLIP, {"location": listener.serve("/b", CLIP)})
    video = poster.pull(f"{listener.url}/a")
    photo = poster.photos(f"{listener.url}/a")
    assert poster.outcome(video) == ("FAILED", "video_pull_failed")
    assert poster.outcome(photo) == ("FAILED", "photo_pull_failed")
    assert "/b" not in [seen.path for seen in listener.seen]


def test_an_address_where_nobody_is_or_nothing_comes_fails_the_pull(poster: Poster, listener: Listener) -> None:
    assert poster.outcome(poster.pull("http://127.0.0.1:9/a.mp4")) == ("FAILED", "video_pull_failed")
    assert poster.outcome(poster.pull(listener.serve("/empty", b""))) == ("FAILED", "video_pull_failed")
    listener.answers["/torn"] = Reply(200, CLIP, {"content-length": str(len(CLIP) + 1)})
    assert poster.outcome(poster.pull(f"{listener.url}/torn")) == ("FAILED", "video_pull_failed")


def test_a_pull_runs_at_100_mbps_and_ends_after_an_hour(poster: Poster, listener: Listener) -> None:
    assert poster.sim.get("/_sim/config")["tiktok"]["posting"]["downloadRate"] == 1e15
    poster.knobs(downloadRate=len(CLIP) / 10)
    url = listener.serve("/a.mp4", CLIP)
    publish_id = poster.pull(url)
    assert poster.status(publish_id)["downloaded_bytes"] == 0
    poster.later(5)
    view = poster.status(publish_id)
    assert (view["status"], view["downloaded_bytes"]) == ("PROCESSING_DOWNLOAD", len(CLIP) // 2)
    poster.later(5)
    assert poster.outcome(publish_id)[0] == "PUBLISH_COMPLETE"
    poster.knobs(downloadRate=len(CLIP) / 3601)
    too_slow = poster.pull(url)
    poster.later(3599)
    assert poster.outcome(too_slow) == ("PROCESSING_DOWNLOAD", "")
    poster.later(1)
    assert poster.outcome(too_slow) == ("FAILED", "video_pull_failed")


def test_the_usual_download_rate_is_100_mbps(poster: Poster) -> None:
    poster.sim.reset()
    assert poster.sim.get("/_sim/config")["tiktok"]["posting"]["downloadRate"] * 8 == 100_000_000


def test_only_verified_domains_and_prefixes_may_be_pulled_from(poster: Poster) -> None:
    poster.sim.configure({"strictMedia": True, "fetchTimeout": 0.2})
    poster.knobs(postCap=1000)
    poster.change_client(urlProperties=["media.test", "https://cdn.test/maya/"])
    for url, covered in (
        ("https://media.test/a.mp4", True),
        ("https://deep.in.media.test/a.mp4", True),
        ("https://test/a.mp4", False),
        ("https://notmedia.test/a.mp4", False),
        ("https://cdn.test/maya/2026/a.mp4", True),
        ("https://cdn.test/maya.mp4", False),
        ("https://cdn.test/other/a.mp4", False),
        ("https://sub.cdn.test/maya/a.mp4", False),
        ("http://media.test/a.mp4", False),
        ("https://203.0.113.7/a.mp4", False),
        (f"{poster.sim.url}/_sim/videos/a.mp4", False),
    ):
        wanted = (200, "ok") if covered else UNVERIFIED
        assert poster.code("video/init", url_body(url)) == wanted, url
        assert poster.code("content/init", photo_body("https://media.test/1.jpg", url)) == wanted, url
        poster.settle()


def test_what_is_no_web_address_at_all_is_a_wrong_parameter(poster: Poster) -> None:
    for url in ("ftp://media.test/a.mp4", "a.mp4", "https://", "http://[::1", "https://media.test:99999/a.mp4"):
        assert poster.code("video/init", url_body(url)) == INVALID, url


def test_the_tester_s_own_machine_needs_no_verification(poster: Poster, listener: Listener) -> None:
    poster.change_client(urlProperties=[])
    assert poster.outcome(poster.pull(listener.serve("/a.mp4", CLIP)))[0] == "PUBLISH_COMPLETE"
    assert poster.code("video/init", url_body("https://media.test/a.mp4")) == UNVERIFIED


def test_what_a_sandbox_verified_does_not_count_in_production(poster: Poster) -> None:
    sandbox = {"sandboxOf": poster.sim.client_key, "targets": [MAYA]}
    poster.change_client(urlProperties=[])
    made = poster.sim.post("/_sim/tiktok/clients", sandbox)
    poster.sim.post("/_sim/tiktok/clients", {"key": made["key"], "urlProperties": ["media.test"]})
    with Poster.of(poster.sim, MAYA, client_key=made["key"]) as trying:
        assert trying.code("inbox/video/init", url_body("https://media.test/a.mp4")) == (200, "ok")
    assert poster.code("inbox/video/init", url_body("https://media.test/a.mp4")) == UNVERIFIED


@pytest.mark.parametrize(
    "owned",
    [
        "my-bucket.s3.eu-west-3.amazonaws.com",
        "https://pub-1.r2.dev/media/",
        "https://x.supabase.co/storage/",
        "https://203.0.113.7/media/",
        "https://media.test/no-slash",
        "http://media.test/media/",
        "Media.test",
    ],
)
def test_shared_hosts_addresses_and_sloppy_prefixes_cannot_be_verified(poster: Poster, owned: str) -> None:
    with pytest.raises(RuntimeError, match="422"):
        poster.change_client(urlProperties=[owned])
    poster.change_client(urlProperties=["media.test", "https://media.test/media/"])


# --- Photos --------------------------------------------------------------------------------------------------------


def test_photos_are_posted_in_their_order_with_the_chosen_cover(poster: Poster, listener: Listener) -> None:
    urls = [listener.serve(f"/{side}.jpg", drawn(side, 100)) for side in (101, 102, 103)]
    webp = listener.serve("/last.webp", drawn(104, 100, "WEBP"), "image/webp")
    made = poster.data(
        "content/init",
        photo_body(*urls, webp, cover=2, title="Proofs", privacy_level="PUBLIC_TO_EVERYONE", auto_add_music=True),
    )
    assert set(made) == {"publish_id"}
    poster.settle()
    job = poster.job(made["publish_id"])
    assert [blob.rpartition(".")[2] for blob in job["blobs"]] == ["jpg", "jpg", "jpg", "webp"]
    assert job["wishes"]["music"] is True
    (post,) = [post["post"] for post in poster.sim.get(f"/_sim/tiktok/posts?creatorId={MAYA}")["posts"]][-1:]
    assert (post["kind"], post["title"], post["images"]) == ("PHOTO", "Proofs", job["blobs"])
    assert (post["cover"], post["width"]) == (job["blobs"][2], 103)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"media_type": "VIDEO"}, INVALID),
        ({"media_type": None}, INVALID),
        ({"post_mode": "DIRECT POST"}, INVALID),
        ({"post_mode": None}, INVALID),
        ({"post_info": None}, INVALID),
        ({"post_info": {"title": "x"}}, (403, "privacy_level_option_mismatch")),
        ({"post_info": {"privacy_level": "SELF_ONLY", "title": "😀" * 45}}, (200, "ok")),
        ({"post_info": {"privacy_level": "SELF_ONLY", "title": "😀" * 45 + "x"}}, INVALID),
        ({"post_info": {"privacy_level": "SELF_ONLY", "description": "😀" * 2000}}, (200, "ok")),
        ({"post_info": {"privacy_level": "SELF_ONLY", "description": "😀" * 2000 + "x"}}, INVALID),
        ({"source_info": {"source": "FILE_UPLOAD"}}, (400, "invalid_file_upload")),
        ({"source_info": {"source": None}}, INVALID),
    ],
)
def test_the_body_of_a_photo_post(poster: Poster, change: dict[str, object], code: tuple[int, str]) -> None:
    body = photo_body(f"{poster.sim.url}/_sim/pictures/sea-1.jpg")
    assert poster.code("content/init", body) == (200, "ok")
    assert poster.code("content/init", body | change) == code


def test_one_to_35_photos_with_a_cover_among_them(poster: Poster) -> None:
    url = f"{poster.sim.url}/_sim/pictures/sea-1.jpg?w=80&h=80"
    for urls, cover, fits in (
        (0, 0, False),
        (1, 0, True),
        (1, 1, False),
        (1, -1, False),
        (1, None, False),
        (35, 34, True),
        (36, 0, False),
    ):
        code = poster.code("content/init", photo_body(*[url] * urls, cover=cover))
        assert code == ((200, "ok") if fits else INVALID), (urls, cover)


def test_a_draft_of_photos_needs_no_privacy_level_but_a_newer_app(poster: Poster) -> None:
    body = photo_body(f"{poster.sim.url}/_sim/pictures/sea-1.jpg", mode="MEDIA_UPLOAD", privacy_level=None, title="Hm")
    publish_id = poster.data("content/init", body)["publish_id"]
    poster.settle()
    assert poster.outcome(publish_id) == ("SEND_TO_USER_INBOX", "")
    (post_id,) = poster.act("post-draft", publishId=publish_id)["postIds"]
    assert poster.sim.truth("post.published")[0]["text"] == "Hm"
    assert poster.status(publish_id)["publicaly_available_post_id"] == [int(post_id)]
    for version, code in (("31.7.9", (400, "app_version_check_failed")), ("31.8.0", (200, "ok")), ("9.1", None)):
        poster.change_creator(appVersion=version)
        assert poster.code("content/init", body) == (code or (400, "app_version_check_failed"))


def test_one_bad_photo_fails_them_all_without_saying_which(poster: Poster, listener: Listener) -> None:
    good = listener.serve("/good.jpg", drawn(1080, 1350))
    for name, body, reason in (
        ("large", drawn(1081, 1350), "picture_size_check_failed"),
        ("png", drawn(100, 100, "PNG"), "file_format_check_failed"),
        ("gif", drawn(100, 100, "GIF"), "file_format_check_failed"),
        ("torn", drawn(100, 100)[:200], "file_format_check_failed"),
        ("heavy", drawn(100, 100) + bytes(20 * 1024**2), "photo_pull_failed"),
    ):
        publish_id = poster.photos(good, listener.serve(f"/{name}", body), good)
        view = poster.status(publish_id)
        assert (view["status"], view["fail_reason"]) == ("FAILED", reason), name
        assert name not in str(view)
    assert poster.outcome(poster.photos(good, good))[0] == "PUBLISH_COMPLETE"


def test_1080p_can_mean_three_things(poster: Poster, listener: Listener) -> None:
    sides = ((1080, 2400), (1080, 1920), (1920, 1080), (1200, 1000))
    urls = [listener.serve(f"/{width}x{height}", drawn(width, height)) for width, height in sides]
    fits = {
        "short-side": [True, True, True, True],
        "box": [False, True, True, True],
        "width": [True, True, False, False],
    }
    for reading, wanted in fits.items():
        poster.knobs(photoLimit=reading)
        outcomes = [poster.outcome(poster.photos(url))[0] == "PUBLISH_COMPLETE" for url in urls]
        assert outcomes == wanted, reading


def test_comments_of_a_photo_post_stay_off_where_the_creator_switched_them_off(poster: Poster) -> None:
    with Poster.of(poster.sim, TOM) as silent:
        url = f"{poster.sim.url}/_sim/pictures/sea-1.jpg?w=80&h=80"
        assert silent.job(silent.photos(url, disable_comment=False))["wishes"]["disableComment"] is True
        assert silent.job(silent.photos(url))["wishes"]["disableDuet"] is False
