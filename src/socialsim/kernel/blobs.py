"""Bytes of pictures and videos that the platforms fetched, kept on disk under the hash of their content."""

import hashlib
import shutil
import tempfile
from pathlib import Path


class Blobs:
    """A folder of content-addressed files. Without a folder given, a temporary one that goes with the process."""

    def __init__(self, folder: Path | None) -> None:
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="socialsim-")) if folder is None else folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes, extension: str) -> str:
        """Store bytes; gives the file's name."""
        name = f"{hashlib.sha256(data).hexdigest()[:40]}.{extension}"
        path = self.folder / name
        if not path.exists():
            path.write_bytes(data)
        return name

    def write(self, name: str, offset: int, data: bytes | bytearray) -> None:
        """Put bytes into a file that is still coming in, from ``offset``; what it held from there on is dropped."""
        path = self.folder / name
        with path.open("r+b" if path.exists() else "wb") as file:
            file.truncate(offset)
            file.seek(offset)
            file.write(data)

    def adopt(self, name: str, extension: str) -> str:
        """Make a blob of a file that has come in whole; gives its new name."""
        path = self.folder / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        blob = f"{digest[:40]}.{extension}"
        path.replace(self.folder / blob)
        return blob

    def drop(self, name: str) -> None:
        """Forget a file that will not be whole."""
        (self.folder / name).unlink(missing_ok=True)

    def path(self, name: str) -> Path | None:
        """Where a blob lies, or None. Only plain names are looked up."""
        if "/" in name or name.startswith("."):
            return None
        path = self.folder / name
        return path if path.is_file() else None

    def close(self) -> None:
        """Remove the folder if it was temporary."""
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)
