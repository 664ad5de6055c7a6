"""Our own files: received, probed, made fit for platforms, stored, and lent under signed links.

`receive` is the one door in. What a file is is told from its bytes by a limited child process, never from its name.
"""

from huntaze.library.api import problem_of, router
from huntaze.library.errors import (
    AssetInUse,
    AssetNotReady,
    BadUpload,
    FetchBroken,
    FetchNotAllowed,
    LibraryError,
    NoRoom,
    NotStored,
    TooLarge,
    Unreadable,
    UnsupportedType,
)
from huntaze.library.files import FileMissing, FileStore, StoreUnavailable
from huntaze.library.model import (
    Asset,
    AssetState,
    LibraryLimits,
    Link,
    LinkFetch,
    Purpose,
    Source,
    StoredFile,
    stand_in,
)
from huntaze.library.pages import strip_item, tile
from huntaze.library.prober import Prober, find_ffmpeg
from huntaze.library.service import Library, UsedBy
from huntaze.library.tasks import tasks
from huntaze.library.web import routes

__all__ = [
    "Asset",
    "AssetInUse",
    "AssetNotReady",
    "AssetState",
    "BadUpload",
    "FetchBroken",
    "FetchNotAllowed",
    "FileMissing",
    "FileStore",
    "Library",
    "LibraryError",
    "LibraryLimits",
    "Link",
    "LinkFetch",
    "NoRoom",
    "NotStored",
    "Prober",
    "Purpose",
    "Source",
    "StoreUnavailable",
    "StoredFile",
    "TooLarge",
    "Unreadable",
    "UnsupportedType",
    "UsedBy",
    "find_ffmpeg",
    "problem_of",
    "router",
    "routes",
    "stand_in",
    "strip_item",
    "tasks",
    "tile",
]
