"""Many things: table, list with pictures, filters, pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from htpy import (
    Node,
    Renderable,
    a,
    div,
    form,
    h2,
    h3,
    label,
    li,
    nav,
    option,
    select,
    span,
    tbody,
    td,
    th,
    thead,
    tr,
    ul,
)
from htpy import (
    caption as caption_element,
)
from htpy import (
    input as input_element,
)
from htpy import (
    table as table_element,
)

from huntaze.ui.i18n import _
from huntaze.ui.parts.actions import NO_ATTRS, Attrs, button, link_button
from huntaze.ui.parts.fields import Option
from huntaze.ui.parts.marks import icon


@dataclass(frozen=True, slots=True)
class Column:
    """A column; figures stand right in tabular figures. `sort_href` orders the rows by it, `sorted` says that they
    are, most first.
    """

    label: str
    numeric: bool = False
    hidden_label: bool = False
    sort_href: str = ""
    sorted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its id (also the value of its checkbox), its cells; the first one names it."""

    id: str
    cells: Sequence[Node]
    label: str = ""


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Row], *, bulk: Node = None, key: str = ""
) -> Renderable:
    """A table that folds into cards on a phone.

    With `bulk` (buttons), each row has a checkbox named `id` for the surrounding form.
    """
    heads: list[Node] = [th(".pick", scope="col")[span(".unseen")[_("Select")]]] if bulk is not None else []
    for column in columns:
        order = "descending" if column.sorted else None
        heads.append(th(scope="col", class_={"numeric": column.numeric}, aria_sort=order)[_head(column)])
    return div(".listing")[
        div(".table-wrap")[
            table_element(".table.folds", id=key or None)[
                caption_element(".unseen")[caption],
                thead[tr[heads]],
                tbody[[_row(columns, row, bulk is not None) for row in rows]],
            ]
        ],
        bulk is not None and div(".bulk")[span[_("With the selected")], bulk],
    ]


def _head(column: Column) -> Node:
    if column.hidden_label:
        return span(".unseen")[column.label]
    if not column.sort_href:
        return column.label
    return a(".sort", href=column.sort_href)[column.label, column.sorted and icon("arrow-down")]


def _row(columns: Sequence[Column], row: Row, pick: bool) -> Renderable:
    cells: list[Node] = []
    if pick:
        words = _("Select {name}").format(name=row.label)
        cells.append(td(".pick")[input_element(type="checkbox", name="id", value=row.id, aria_label=words)])
    for place, (column, inside) in enumerate(zip(columns, row.cells, strict=True)):
        css = {"numeric": column.numeric, "main-cell": place == 0}
        cells.append(td(class_=css, data_label=None if column.hidden_label else column.label)[inside])
    return tr(id=row.id)[cells]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list: picture, title that leads to its page, a soft line, its state."""

    id: str
    title: str
    href: str
    picture: Node = None
    meta: Node = None
    end: Node = None


def item_list(items: Sequence[Item], *, key: str = "", level: Literal[2, 3] = 3) -> Renderable:
    """Things with pictures, at any width. `level` is that of their headings: 2 where no heading stands above."""
    return ul(".items", id=key or None)[[item_line(item, level=level) for item in items]]


def item_line(item: Item, *, level: Literal[2, 3] = 3) -> Renderable:
    """One line of an `item_list`, also alone as a live part; its id is the item's."""
    heading = h2 if level == 2 else h3
    return li(".item", id=item.id)[
        item.picture or span,
        div(".item-text")[
            heading(".item-title")[a(".cover", href=item.href)[item.title]],
            item.meta is not None and div(".item-meta")[item.meta],
        ],
        div(".item-end")[item.end],
    ]


def pager(text: str, *, newer: str = "", older: str = "") -> Renderable:
    """Where one is and the ways to newer and older things."""
    return nav(".pager", aria_label=_("Pages"))[
        span[text],
        div[
            newer and link_button(_("Newer"), newer, icon_name="chevron-left"),
            older and a(".button.plain", href=older)[_("Older"), icon("chevron-right")],
        ],
    ]


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of a filter bar; its first option means any."""

    name: str
    label: str
    options: Sequence[Option]
    value: str = ""


def choice(name: str, label: str, any_of: str, options: Mapping[str, str], value: str) -> Filter:
    """One choice of a filter bar: ``any_of``, then the options, told by their values."""
    return Filter(name, label, [Option("", any_of), *(Option(*one) for one in options.items())], value)


def filter_bar(
    action: str,
    filters: Sequence[Filter],
    *,
    search: str | None = None,
    search_label: str = "",
    more: Node = None,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """Filters that live in the address.

    `search` is the text looked for, None for no search field; `more` are other fields of the form, `attrs` is a
    `swap(get=…)`.
    """
    words = search_label or _("Search")
    finder = div(".search")[
        icon("search"),
        input_element(
            ".input",
            type="search",
            name="q",
            value=search or None,
            placeholder=words,
            aria_label=words,
            data_search=True,
        ),
    ]
    return form({"class": "filters", "action": action, "method": "get", "role": "search", **attrs})[
        search is not None and finder,
        [_filter(one) for one in filters],
        more,
        div[button(_("Apply"), attrs={"data-apply": True})],
    ]


def _filter(one: Filter) -> Renderable:
    return label[
        span(".unseen")[one.label],
        select(".input", name=one.name, data_filter=True)[
            [option(value=choice.value, selected=choice.value == one.value)[choice.label] for choice in one.options]
        ],
    ]
