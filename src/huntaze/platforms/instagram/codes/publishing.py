"""Codes of containers and publishing (instagram.md §3.7)."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.text import N_
from huntaze.platforms.instagram.codes.row import CHANGE_POST, REPORT, WE_RETRY, Code, Means

_FETCH_AGAIN = timedelta(seconds=5)
_SOON = timedelta(seconds=30)
_NEW_ONE = N_("We prepare the post anew.")
_ADDRESS = N_(
    "Check that this installation can be reached from the internet and that no firewall or robots.txt keeps Meta "
    "out. We try again."
)
_CONVERT_VIDEO = N_("Use MP4 or MOV with H.264 or HEVC video, 23 to 60 frames a second and AAC sound.")


def _anew(code: int | None, subcode: int, message: str, remedy: str = _NEW_ONE, *, wait: timedelta = _SOON) -> Code:
    return Code(code, subcode, Means.LATER, message, remedy, wait=wait, new_artefact=True)


def _refused(code: int, subcode: int, message: str, remedy: str = CHANGE_POST) -> Code:
    return Code(code, subcode, Means.REJECTED, message, remedy, refuses=True)


def _dead_container(subcode: int, message: str, remedy: str) -> Code:
    return Code(None, subcode, Means.REJECTED, message, remedy, new_artefact=True)


PUBLISHING: tuple[Code, ...] = (
    _anew(-2, 2207003, N_("Instagram took too long to fetch the media."), _ADDRESS),
    _anew(-2, 2207020, N_("What was prepared has expired.")),
    Code(-1, 2207001, Means.LATER, N_("Instagram had an error while it worked on the post."), WE_RETRY, wait=_SOON),
    _anew(-1, 2207032, N_("Instagram could not prepare the post.")),
    _anew(-1, 2207053, N_("Instagram could not take the video.")),
    _refused(1, 2207057, N_("The cover moment lies outside the video.")),
    Code(
        4,
        2207051,
        Means.LATER,
        N_("Instagram blocked this action to protect its community."),
        N_("Open Instagram and look at the account status. We wait some hours."),
        wait=timedelta(hours=4),
    ),
    Code(
        9,
        2207042,
        Means.LATER,
        N_("The account has reached its daily limit of posts."),
        N_("The post waits until the limit allows it."),
        wait=timedelta(hours=1),
        refuses=True,
    ),
    _anew(24, 2207006, N_("Instagram cannot find the media.")),
    Code(24, 2207008, Means.LATER, N_("Instagram cannot find what was prepared."), WE_RETRY, wait=_SOON),
    Code(
        25,
        2207050,
        Means.RECONNECT,
        N_("Instagram has restricted this account."),
        N_("Open Instagram, follow what it asks, then come back."),
        refuses=True,
    ),
    _refused(100, 2207023, N_("Instagram does not know this kind of post."), REPORT),
    _refused(100, 2207028, N_("A carousel holds 2 to 10 files.")),
    _refused(100, 2207035, N_("Product tags on a video have no position.")),
    _refused(100, 2207036, N_("Product tags on a photo need a position.")),
    _refused(100, 2207037, N_("A tagged product is not valid."), N_("Refresh the catalogue and choose it again.")),
    _refused(100, 2207040, N_("A post holds at most 20 tags.")),
    _refused(
        100,
        2207089,
        N_("A carousel's video cannot go out alone."),
        N_("Publish a single video as a reel."),
    ),
    _refused(352, 2207026, N_("Instagram does not take this video format."), _CONVERT_VIDEO),
    _anew(9004, 2207052, N_("Instagram could not fetch the media."), _ADDRESS, wait=_FETCH_AGAIN),
    Code(
        9007,
        2207027,
        Means.LATER,
        N_("Instagram is still working on the post."),
        WE_RETRY,
        wait=_FETCH_AGAIN,
        refuses=True,
    ),
    _refused(36000, 2207004, N_("The image is larger than 8 MB."), N_("Use a smaller image.")),
    _refused(36001, 2207005, N_("Instagram takes JPEG images only."), N_("Convert the image to JPEG.")),
    _refused(
        36003,
        2207009,
        N_("The image is too tall or too wide."),
        N_("Crop it to a shape between 4:5 and 1.91:1."),
    ),
    _refused(
        36004,
        2207010,
        N_("The caption is too long or has too many tags."),
        N_("At most 2,200 characters, 30 hashtags and 20 mentions."),
    ),
    _anew(None, 2207076, N_("Instagram could not process the video."), _CONVERT_VIDEO),
    _anew(None, 2207077, N_("Instagram could not download the video."), _ADDRESS),
    _dead_container(2207081, N_("This account cannot publish trial reels."), N_("Publish it as an ordinary reel.")),
    _dead_container(
        2207082,
        N_("Instagram could not process the video and its sound."),
        N_("If the video is silent, publish it without added music."),
    ),
    _anew(None, 2207085, N_("Instagram gave up without a reason.")),
)
