"""Reading the SQL of the product: every query, who owns which table, what a query gives and touches."""

import importlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints
from uuid import UUID

import huntaze
from huntaze.kit.db import Connection, Query, parse
from huntaze.kit.revisions import revisions
from tests.contract.source import modules

SOURCE = Path(str(files(huntaze)))
_SECTION = re.compile(r"^-- (?P<room>[a-z_.]+) -{5,}$|^CREATE TABLE (?P<table>[a-z_]+)", re.MULTILINE)
_WORKSPACE = re.compile(r"workspace_id\s*(=|IN\b)|INSERT INTO \w+\s*(AS \w+\s*)?\([^)]*\bworkspace_id\b", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")

SCALARS: Mapping[str, type] = {
    "uuid": UUID,
    "text": str,
    "varchar": str,
    "int2": int,
    "int4": int,
    "int8": int,
    "xid8": int,
    "bool": bool,
    "bytea": bytes,
    "float8": float,
    "numeric": Decimal,
    "timestamptz": datetime,
    "date": date,
    "interval": timedelta,
}
"""What the driver makes of each type we use."""

NAMED = {kind.__name__: kind for kind in SCALARS.values()}


def every_query() -> list[Query]:
    """Every named statement of the product, from every `queries.sql` there is."""
    found: list[Query] = []
    for path in sorted(SOURCE.rglob("queries.sql")):
        package = ".".join([huntaze.__name__, *path.parent.relative_to(SOURCE).parts])
        found += parse(package, path.read_text(encoding="utf-8"))
    return found


def owners() -> dict[str, str]:
    """Table -> the package that owns it, from the section comments of the revisions."""
    found: dict[str, str] = {}
    for revision in revisions():
        room = ""
        for match in _SECTION.finditer(revision.sql):
            if match["room"]:
                room = f"{huntaze.__name__}.{match['room']}"
            else:
                found[match["table"]] = room
    return found


def purpose(query: Query) -> str:
    """The line under the head, without its dashes; empty when there is none."""
    first = query.sql.partition("\n")[0]
    return first.removeprefix("--").strip() if first.startswith("--") else ""


def knows_workspace(query: Query) -> bool:
    """Whether the statement compares or sets a workspace_id, or says that it works for all of them."""
    return purpose(query).startswith("worker:") or bool(_WORKSPACE.search(_COMMENT.sub("", query.sql)))


async def tables_of(connection: Connection, query: Query) -> set[str]:
    """The tables the statement reads or writes, as PostgreSQL's planner sees it."""
    parameters = (await connection.prepare(query.sql)).get_parameters()
    plan = await connection.fetchval(
        f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {query.sql}", *[None for _ in parameters], column=0
    )
    return set(_relations(json.loads(plan)))


def _relations(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _relations(item)
    if isinstance(node, dict):
        if "Relation Name" in node:
            yield node["Relation Name"]
        for value in node.values():
            yield from _relations(value)


@dataclass(frozen=True)
class Column:
    """One column of an answer: its name, PostgreSQL's name of its type, and whether it is an array."""

    name: str
    type: str
    array: bool


async def columns_of(connection: Connection, query: Query) -> list[Column]:
    """What the statement gives; `void` columns (of functions called for their effect) are left out."""
    attributes = (await connection.prepare(query.sql)).get_attributes()
    columns = [Column(each.name, each.type.name.removesuffix("[]"), each.type.kind == "array") for each in attributes]
    return [column for column in columns if column.type != "void"]


def mismatches(query: Query, columns: Sequence[Column]) -> list[str]:
    """What is wrong between the columns and the row class or scalar the head names."""
    if not query.row:
        return [f"gives {column.name}, but its head names no row" for column in columns]
    if query.row in NAMED:
        if len(columns) != 1:
            return [f"gives {len(columns)} columns, not one {query.row}"]
        return _mismatch(columns[0], NAMED[query.row])
    row = row_class(query.room, query.row)
    if row is None:
        return [f"no class {query.row} in {query.room}"]
    wanted, given = get_type_hints(row), {column.name: column for column in columns}
    names = [field.name for field in fields(row)]
    problems = [f"{query.row}.{name} is not given" for name in names if name not in given]
    problems += [f"{name} has no field in {query.row}" for name in given if name not in names]
    for name in names:
        problems += _mismatch(given[name], wanted[name]) if name in given else []
    return problems


def row_class(package: str, name: str) -> type | None:
    """The dataclass `name` defined in one of the modules under the package."""
    for module, path in modules().items():
        if not module.startswith(f"{package}."):
            continue
        if not re.search(rf"^class {name}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            continue
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, type) and is_dataclass(found):
            return found
    return None


def _mismatch(column: Column, wanted: object) -> list[str]:
    if any(_fits(column, kind) for kind in _alternatives(wanted)):
        return []
    return [f"{column.name} is {column.type}{'[]' if column.array else ''}, which is no {wanted}"]


def _alternatives(annotation: object) -> list[object]:
    if get_origin(annotation) in (Union, UnionType):
        return [kind for kind in get_args(annotation) if kind is not NoneType]
    return [annotation]


def _fits(column: Column, kind: object) -> bool:
    origin = get_origin(kind) or kind
    if column.array:
        return origin in (list, Sequence) and get_args(kind) == (SCALARS.get(column.type),)
    if column.type == "jsonb":
        return origin in (dict, list, Mapping, Sequence, object)
    return kind is SCALARS.get(column.type, ())
