"""What Instagram takes and what becomes of the rest (instagram.md §3.2, §3.3, §3.7)."""

import io
import json

import pytest
from PIL import Image

from socialsim.kernel.pictures import CLIP_PATH
from tests.socialsim.films import film
from tests.socialsim.parts import FTYP, IG, Graph, Listener, Reply, eventually, picture

MUSIC = "18200000000000001"


def outcome(graph: Graph, listener: Listener, body: bytes, **data: str) -> tuple[str, str]:
    """State and text of a container made of that film."""
    url = listener.serve("/film.mp4", body, "video/mp4")
    made = graph.post(f"{IG}/media", **{"media_type": "REELS", "video_url": url, **data})
    assert "id" in made, made
    eventually(lambda: graph.get(f"{made['id']}?fields=status_code")["status_code"] != "IN_PROGRESS")
    read = graph.get(f"{made['id']}?fields=status_code,status")
    return read["status_code"], read["status"]


TAKEN = [
    ({}, {}),
    ({"fps": 60, "audio": "", "size": "1920x400"}, {}),
    ({"seconds": 61.0, "size": "64x112", "fps": 23}, {}),
    ({"audio": ""}, {"audio_configuration": json.dumps({"audio_id": MUSIC, "audio_volume": 80, "video_volume": 0})}),
    ({}, {"audio_configuration": json.dumps({"audio_id": MUSIC}), "thumb_offset": "2999"}),
    ({}, {"media_type": "VIDEO", "thumb_offset": "100"}),
    ({}, {"media_type": "STORIES"}),
    ({}, {"trial_params": '{"graduation_strategy":"MANUAL"}', "audio_name": "Low tide"}),
]


@pytest.mark.parametrize(("made", "said"), TAKEN, ids=str)
def test_a_video_within_the_specification_is_finished(
    graph: Graph, listener: Listener, made: dict[str, object], said: dict[str, str]
) -> None:
    assert outcome(graph, listener, film(**made), **said)[0] == "FINISHED"


REFUSED = [
    ("2207026", {"seconds": 2.0}, {}),
    ("2207026", {"seconds": 61.0, "size": "64x112", "fps": 23}, {"media_type": "STORIES"}),
    ("2207026", {"seconds": 61.0, "size": "64x112", "fps": 23}, {"media_type": "VIDEO"}),
    ("2207026", {"fps": 15}, {}),
    ("2207026", {"size": "1924x400"}, {}),
    ("2207026", {"size": "16x320"}, {"media_type": "STORIES"}),
    ("2207026", {"video": "libx264 -pix_fmt yuv444p"}, {}),
    ("2207026", {"video": "mpeg4"}, {}),
    ("2207026", {"video": "libx264 -b:v 30M -maxrate 30M -bufsize 30M -x264-params nal-hrd=cbr:force-cfr=1"}, {}),
    ("2207026", {"audio": "aac -ar 96000"}, {}),
    ("2207026", {"audio": "libmp3lame"}, {}),
    ("2207053", {"moov_first": False}, {}),
    ("2207057", {}, {"thumb_offset": "3000"}),
    ("2207082", {"audio": ""}, {"audio_configuration": json.dumps({"audio_id": MUSIC})}),
]


@pytest.mark.parametrize(("number", "made", "said"), REFUSED, ids=str)
def test_a_video_outside_of_it_ends_in_error_with_the_number_in_the_text(
    graph: Graph, listener: Listener, number: str, made: dict[str, object], said: dict[str, str]
) -> None:
    state, text = outcome(graph, listener, film(**made), **said)
    assert (state, text[-7:]) == ("ERROR", number)


def test_a_file_that_only_begins_like_a_film_fails_in_processing(graph: Graph, listener: Listener) -> None:
    assert outcome(graph, listener, FTYP + bytes(5000)) == (
        "ERROR",
        "Error: Media upload has failed with error code 2207076",
    )


def test_a_film_that_was_cut_short_fails_in_processing(graph: Graph, listener: Listener) -> None:
    whole = CLIP_PATH.read_bytes()
    status, words = outcome(graph, listener, whole[: len(whole) // 2], media_type="REELS")
    assert (status, "2207076" in words) == ("ERROR", True)


def test_a_dead_container_answers_publishing_with_its_own_code_where_there_is_one(
    graph: Graph, listener: Listener
) -> None:
    outcome(graph, listener, film(), thumb_offset="5000")
    outcome(graph, listener, film(fps=15))
    outcome(graph, listener, FTYP + bytes(5000))
    codes = [
        graph.fails("POST", f"{IG}/media_publish", creation_id=container["id"])
        for container in graph.sim.containers(IG)
    ]
    assert codes == [(1, 2207057), (352, 2207026), (24, 2207006)]


def test_a_video_by_its_first_bytes_or_its_type_is_refused_at_once(graph: Graph, listener: Listener) -> None:
    webm = listener.serve("/a.webm", b"\x1aE\xdf\xa3" + bytes(99), "video/webm")
    assert graph.fails("POST", f"{IG}/media", media_type="REELS", video_url=webm) == (352, 2207026)
    page = listener.serve("/page", film(), "text/html")
    assert graph.fails("POST", f"{IG}/media", media_type="REELS", video_url=page) == (9004, 2207052)
    login = listener.serve("/login", b"", "video/mp4", status=401)
    assert graph.fails("POST", f"{IG}/media", media_type="REELS", video_url=login) == (9004, 2207052)


def test_only_accounts_that_may_make_trial_reels_do(graph: Graph, listener: Listener) -> None:
    graph.sim.configure({"accounts": {IG: {"trialReels": False}}})
    trial = '{"graduation_strategy":"SS_PERFORMANCE"}'
    assert outcome(graph, listener, film(), trial_params=trial)[1].endswith("2207081")
    assert outcome(graph, listener, film())[0] == "FINISHED"


def test_a_cover_is_the_thumbnail_whatever_the_offset(graph: Graph, listener: Listener) -> None:
    cover = listener.serve("/cover.jpg", picture(640, 1138))
    said = {"cover_url": cover, "thumb_offset": "1000"}
    assert outcome(graph, listener, film(), **said)[0] == "FINISHED"
    media = graph.publish(graph.sim.containers(IG)[-1]["id"])
    thumbnail = graph.client.get(graph.get(f"{media}?fields=thumbnail_url")["thumbnail_url"])
    assert Image.open(io.BytesIO(thumbnail.content)).size == (640, 1138)


def test_edit_lists_are_refused_only_where_the_knob_says_so(graph: Graph, listener: Listener) -> None:
    assert outcome(graph, listener, film())[0] == "FINISHED"
    graph.sim.configure({"strictEditLists": True})
    assert outcome(graph, listener, film())[1].endswith("2207053")
    assert outcome(graph, listener, film(video="libx264 -pix_fmt yuv420p -bf 0", audio=""))[0] == "FINISHED"


def test_the_copyright_check_runs_while_a_video_is_processed(graph: Graph, listener: Listener) -> None:
    graph.sim.configure({"accounts": {IG: {"copyrightMatches": True, "ready": {"REELS": 60}}}})
    url = listener.serve("/a.mp4", CLIP_PATH.read_bytes(), "video/mp4")
    container = graph.post(f"{IG}/media", media_type="REELS", video_url=url)["id"]

    def check() -> object:
        return graph.get(f"{container}?fields=copyright_check_status")["copyright_check_status"]

    eventually(lambda: check() == {"status": "in_progress", "matches_found": False})
    graph.sim.advance(61)
    assert check() == {"status": "completed", "matches_found": True}
    image = graph.get(f"{graph.container()}?fields=copyright_check_status")["copyright_check_status"]
    assert image == {"status": "not_started", "matches_found": False}


# --- Pictures ----------------------------------------------------------------------------------------------------


def published(graph: Graph, listener: Listener, body: bytes) -> Image.Image:
    """The picture as it comes back after publishing."""
    url = listener.serve("/a.jpg", body)
    media = graph.publish(graph.container(image_url=url))
    return Image.open(io.BytesIO(graph.client.get(graph.get(f"{media}?fields=media_url")["media_url"]).content))


@pytest.mark.parametrize(("width", "height", "expected"), [(2000, 2000, 1440), (200, 200, 320), (1080, 1080, 1080)])
def test_the_width_is_scaled_between_320_and_1440(
    graph: Graph, listener: Listener, width: int, height: int, expected: int
) -> None:
    assert published(graph, listener, picture(width, height)).size == (expected, expected)


def test_colours_become_srgb_or_are_refused_where_the_knob_says_so(graph: Graph, listener: Listener) -> None:
    out = io.BytesIO()
    Image.new("CMYK", (400, 400), (0, 200, 200, 0)).save(out, "JPEG")
    assert published(graph, listener, out.getvalue()).mode == "RGB"
    progressive = io.BytesIO()
    Image.new("RGB", (400, 400)).save(progressive, "JPEG", progressive=True)
    assert published(graph, listener, progressive.getvalue()).mode == "RGB"
    graph.sim.configure({"strictJpeg": True})
    for body in (out.getvalue(), progressive.getvalue()):
        url = listener.serve("/strict.jpg", body)
        assert graph.fails("POST", f"{IG}/media", image_url=url) == (36001, 2207005)


def test_robots_txt_is_obeyed_where_the_knob_says_so(graph: Graph, listener: Listener) -> None:
    url = listener.serve("/a.jpg", picture(400, 400))
    listener.answers["/robots.txt"] = Reply(200, b"User-agent: facebookexternalhit\nDisallow: /\n")
    graph.container(image_url=url)
    graph.sim.configure({"robots": True})
    assert graph.fails("POST", f"{IG}/media", image_url=url) == (9004, 2207052)
    listener.answers["/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /private\n")
    graph.container(image_url=url)
    del listener.answers["/robots.txt"]
    graph.container(image_url=url)


# --- Parameters --------------------------------------------------------------------------------------------------

PRODUCT = '[{"product_id":"77","x":0.5,"y":0.5}]'
PARAMETERS: list[tuple[str, dict[str, str], tuple[int, int | None]]] = [
    ("IMAGE", {"product_tags": json.dumps([{"product_id": "77", "x": 0.1, "y": 0.1}] * 6)}, (100, None)),
    ("IMAGE", {"product_tags": '[{"product_id":"77"}]'}, (100, 2207036)),
    ("IMAGE", {"product_tags": '[{"product_id":"red shoes","x":0,"y":0}]'}, (100, 2207037)),
    ("IMAGE", {"product_tags": '[{"product_id":"78","x":0,"y":0}]'}, (100, 2207037)),
    ("REELS", {"product_tags": PRODUCT}, (100, 2207035)),
    ("STORIES", {"product_tags": PRODUCT}, (100, None)),
    ("IMAGE", {"cover_url": "http://x/a.jpg"}, (100, None)),
    ("REELS", {"cover_url": "http://127.0.0.1:9/a.jpg"}, (9004, 2207052)),
    ("REELS", {"thumb_offset": "-1"}, (1, 2207057)),
    ("REELS", {"thumb_offset": "soon"}, (1, 2207057)),
    ("IMAGE", {"thumb_offset": "0"}, (100, None)),
    ("VIDEO", {"audio_name": "Mine"}, (100, None)),
    ("REELS", {"audio_configuration": "{}"}, (100, None)),
    ("REELS", {"audio_configuration": json.dumps({"audio_id": MUSIC, "video_volume": 101})}, (100, None)),
    ("REELS", {"audio_configuration": '["no object"]'}, (100, None)),
    ("REELS", {"trial_params": '{"graduation_strategy":"LATER"}'}, (100, None)),
    ("REELS", {"trial_params": '{"graduation_strategy":"MANUAL"}', "collaborators": '["lea"]'}, (100, None)),
    ("IMAGE", {"trial_params": '{"graduation_strategy":"MANUAL"}'}, (100, None)),
    ("IMAGE", {"is_carousel_item": "true", "is_ai_generated": "true"}, (100, None)),
    ("VIDEO", {"is_ai_generated": "true"}, (100, None)),
    ("IMAGE", {"branded_content_sponsor_ids": '["1","2","3"]'}, (100, None)),
    ("STORIES", {"is_paid_partnership": "true"}, (100, None)),
    ("IMAGE", {"upload_type": "resumable"}, (100, None)),
    ("REELS", {"upload_type": "Resumable"}, (100, None)),
    ("REELS", {"upload_type": "resumable"}, (100, None)),
]


@pytest.mark.parametrize(("kind", "said", "expected"), PARAMETERS, ids=str)
def test_a_parameter_that_does_not_belong_is_refused(
    graph: Graph, kind: str, said: dict[str, str], expected: tuple[int, int | None]
) -> None:
    graph.sim.configure({"accounts": {IG: {"products": ["77"]}}})
    sea = f"{graph.sim.url}/_sim/pictures/sea-a.jpg?w=320&h=400"
    media = {"image_url": sea} if kind in {"IMAGE", "STORIES"} else {"video_url": f"{graph.sim.url}/_sim/videos/a.mp4"}
    asked = {"media_type": "" if kind == "IMAGE" else kind, **media, **said}
    assert graph.fails("POST", f"{IG}/media", **asked) == expected


def test_what_belongs_is_taken_and_goes_with_the_post(graph: Graph) -> None:
    said = {
        "product_tags": PRODUCT,
        "collaborators": '["lea.rivage"]',
        "is_ai_generated": "true",
        "is_paid_partnership": "true",
        "branded_content_sponsor_ids": '["17841400000000002"]',
        "location_id": "101000000000001",
        "user_tags": '[{"username":"lea.rivage","x":0.2,"y":0.8}]',
    }
    graph.publish(graph.container(**said))
    newest = max(graph.sim.get(f"/_sim/truth/media?accountId={IG}")["media"], key=lambda media: media["timestamp"])
    assert newest["extras"] == said


def test_there_is_no_scheduling(graph: Graph) -> None:
    container = graph.container(scheduled_publish_time="1999999999", published="false")
    graph.publish(container)
    assert len(graph.sim.truth("media.published")) == 1
    assert graph.get(f"{IG}/scheduled_media") == {"data": []}


def test_a_caption_is_not_edited_after_publishing(graph: Graph) -> None:
    media = graph.publish(graph.container(caption="First words"))
    assert graph.fails("POST", media, caption="Second thoughts") == (100, None)
    assert graph.get(f"{media}?fields=caption")["caption"] == "First words"


def test_audio_is_searched_and_trending_without_a_query(graph: Graph) -> None:
    everything = graph.get(f"ig_audio?audio_type=music&user_id={IG}")["audio"]
    assert next(audio["audio_id"] for audio in everything) == MUSIC
    (one,) = graph.get(f"ig_audio?audio_type=music&user_id={IG}&search_query=houle")["audio"]
    assert (one["title"], one["download_url"]) == ("Petite houle", None)
    (own, _) = graph.get(f"ig_audio?audio_type=original_sound&user_id={IG}")["audio"]
    assert own["ig_username"] == "atelier.maya"
    assert graph.fails("GET", f"ig_audio?audio_type=noise&user_id={IG}") == (100, None)
