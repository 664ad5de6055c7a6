"""Reading the product's Python without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import huntaze

SOURCE = Path(str(files(huntaze)))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found: dict[str, Path] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = [huntaze.__name__, *path.relative_to(SOURCE).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def calls(module: ast.Module, name: str) -> Iterator[ast.Call]:
    """Calls of something whose last name is `name`: `name(…)`, `a.b.name(…)`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if last == name:
                yield node


def text_of(node: ast.expr, module: ast.Module, known: dict[str, Path]) -> str | None:
    """The text a constant expression stands for, following names through assignments and imports of ours."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.Name):
        return None
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.id:
                return text_of(value, module, known)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name == node.id:
                return text_of(value, module, known)
            case ast.ImportFrom(module=str(source), names=names) if source in known:
                for alias in names:
                    if (alias.asname or alias.name) == node.id:
                        return text_of(ast.Name(alias.name), tree(known[source]), known)
    return None
