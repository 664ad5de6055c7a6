"""Posts, their schedule and the publishing state machine: out exactly once, or a person is told."""

from huntaze.publishing.answers import brief, is_final, problem_of, status_url, whole
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.model import PostDraft, PostRow, PostView, PublicationRow, text_from
from huntaze.publishing.service import AccountFindings, Publishing
from huntaze.publishing.states import FACES, Action, State, allows
from huntaze.publishing.timings import Timings

__all__ = [
    "FACES",
    "AccountFindings",
    "Action",
    "PostDraft",
    "PostRow",
    "PostView",
    "PublicationRow",
    "Publishing",
    "PublishingError",
    "State",
    "Timings",
    "allows",
    "brief",
    "is_final",
    "problem_of",
    "status_url",
    "text_from",
    "whole",
]
