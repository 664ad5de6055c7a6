"""`python -m tests.docs.simulator_pages` writes the simulator's pages that are made from its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from socialsim import kernel
from socialsim.coverage import report

LOOK_UP = Path(__file__).parents[2] / "docs" / "look-up"
COVERAGE = LOOK_UP / "simulator-coverage.md"
KNOBS = LOOK_UP / "simulator-knobs.md"
_SOURCES = ("config.py", "meta_config.py", "tiktok_config.py")
_HEAD = """# The simulator's knobs

Made from the code by `python -m tests.docs.simulator_pages`; a test holds it. `GET /_sim/config` tells them all,
`POST /_sim/config` lays a change over them: `{"tiktok": {"posting": {"moderation": 60}}}`.
"""


class Knob(NamedTuple):
    """One field of a config struct."""

    name: str
    kind: str
    default: str
    words: str


class Part(NamedTuple):
    """One struct: its class, what it says of itself, its fields."""

    name: str
    words: str
    knobs: list[Knob]


def knobs_page() -> str:
    """Every struct of the configuration, the whole first, each below the path under which it stands."""
    parts = {part.name: part for part in _parts()}
    lines = [_HEAD]
    for path, name in _paths(parts, "Config", ""):
        part = parts[name]
        lines += [
            f"## {path or 'The whole'}\n",
            f"{part.words}\n",
            "| knob | values | from the start | |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{knob.name}` | {knob.kind} | {knob.default} | {knob.words} |" for knob in part.knobs]
        lines.append("")
    return "\n".join(lines)


def _paths(parts: dict[str, Part], name: str, path: str) -> Iterator[tuple[str, str]]:
    yield path, name
    for knob in parts[name].knobs:
        for inner in parts:
            if f"`{inner}`" in knob.kind and (inner != "Range" or not path):
                below = f"{knob.name}.ID" if "by" in knob.kind else knob.name
                yield from _paths(parts, inner, f"{path}.{below}".lstrip("."))


def _parts() -> Iterator[Part]:
    for file in _SOURCES:
        tree = ast.parse((Path(kernel.__path__[0]) / file).read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield Part(node.name, _flat(ast.get_docstring(node) or ""), list(_knobs(node)))


def _knobs(struct: ast.ClassDef) -> Iterator[Knob]:
    for node, after in zip(struct.body, [*struct.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            words = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                words = _flat(str(after.value.value))
            yield Knob(_camel(node.target.id), _kind(node.annotation), _default(node.value), words)


def _kind(node: ast.expr) -> str:
    match node:
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choice):
            values = choice.elts if isinstance(choice, ast.Tuple) else [choice]
            return ", ".join(f"`{ast.literal_eval(value)}`" for value in values)
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, value])):
            return f"{_kind(value)} by key"
        case ast.Subscript(value=ast.Name(id="list"), slice=value):
            return f"list of {_kind(value)}"
        case ast.BinOp(left=left, right=right):
            return f"{_kind(left)} or {_kind(right)}"
        case ast.Constant(value=None):
            return "null"
        case ast.Name(id=name):
            return {"bool": "true, false", "int": "whole number", "float": "number", "str": "text"}.get(
                name, f"`{name}`"
            )
    raise TypeError(ast.unparse(node))


def _default(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Constant) or node.value in (None, ""):
        return ""
    return f"`{str(node.value).lower()}`" if isinstance(node.value, bool) else f"`{node.value!s}`"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _flat(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")


if __name__ == "__main__":
    COVERAGE.write_text(report("markdown") + "\n", encoding="utf-8")
    KNOBS.write_text(knobs_page(), encoding="utf-8")
