"""``GET /ig_audio``: music and sounds that may be attached to a reel (instagram.md §3.2 audio_configuration)."""

from dataclasses import dataclass

from socialsim.meta.access import Context
from socialsim.meta.errors import bad_parameter


@dataclass(frozen=True, slots=True)
class Track:
    """One audio of the catalogue. ``artist`` is a username for an original sound."""

    audio_id: str
    audio_type: str
    title: str
    artist: str
    seconds: int

    @property
    def words(self) -> str:
        """What a search looks in."""
        return f"{self.title} {self.artist}".casefold()


TRACKS = (
    Track("18200000000000001", "music", "Harbour Lights", "The Low Tide", 187),
    Track("18200000000000002", "music", "Petite houle", "Anouk Riou", 142),
    Track("18200000000000003", "music", "Slow Flour", "Bakers' Hours", 205),
    Track("18200000000000004", "original_sound", "Original audio", "atelier.maya", 31),
    Track("18200000000000005", "original_sound", "Rain on the roof", "roue.libre", 58),
)
"""Made up, the most popular first: without a search the catalogue is what is trending."""


async def search(context: Context, node_id: str) -> object:
    """``audio_type`` and ``user_id``; ``search_query`` looks in titles and artists. The shape is as seen in clients."""
    context.account(context.parameter("user_id"))
    context.need("instagram_content_publish")
    kind = context.parameter("audio_type")
    if kind not in {"music", "original_sound"}:
        raise bad_parameter("audio_type must be music or original_sound")
    wanted = context.call.params.get("search_query", "").casefold()
    found = [track for track in TRACKS if track.audio_type == kind and wanted in track.words]
    return {"audio": [_node(context, track) for track in found]}


def _node(context: Context, track: Track) -> dict[str, object]:
    original = track.audio_type == "original_sound"
    return {
        "audio_id": track.audio_id,
        "audio_type": track.audio_type,
        "title": track.title,
        "ig_username" if original else "display_artist": track.artist,
        "duration_in_ms": track.seconds * 1000,
        "cover_artwork_thumbnail_uri": f"{context.services.home}/_sim/pictures/shapes-{track.audio_id}.jpg?w=320&h=320",
        "download_url": None,
    }
