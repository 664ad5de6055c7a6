"""The file itself: every text comes back as it was written, and no cell of it is a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huntaze.publishing.bulk.file import COLUMNS, MAX_BYTES, MAX_ROWS, header_line, read_file, written
from huntaze.publishing.errors import Invalid

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "'=1", "''=1", "'", "''", "'a")
ANYTHING = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
CAPTIONS = st.one_of(ANYTHING, st.builds(str.__add__, st.sampled_from(FORMULAS), ANYTHING))
PLAIN = {"account": "maya", "type": "IMAGE"}


def captions_of(content: bytes) -> list[str]:
    return [row.cells["caption"] for row in read_file(content)]


@settings(max_examples=300, deadline=None)
@given(st.lists(CAPTIONS, min_size=1, max_size=5))
def test_every_caption_comes_back_to_the_letter(captions: list[str]) -> None:
    made = header_line() + written([{**PLAIN, "caption": caption} for caption in captions])
    assert captions_of(made.encode()) == captions


@settings(max_examples=100, deadline=None)
@given(CAPTIONS)
def test_no_written_cell_is_a_formula(caption: str) -> None:
    (cells,) = csv.reader(StringIO(written([{**PLAIN, "caption": caption}]), newline=""))
    assert not cells[2].lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not cells[2].startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_both_separators_and_every_line_end_are_read(mark: str, start: str, end: str) -> None:
    lines = [["Type", " account ", "caption"], ["IMAGE", "maya", '"One, two; ""three""\nfour"'], ["", "", ""], []]
    lines += [["REELS", "leo", "plain"]]
    rows = read_file((start + end.join(mark.join(line) for line in lines)).encode())
    assert [(row.number, row.cells["account"], row.cells["caption"]) for row in rows] == [
        (2, "maya", 'One, two; "three"\nfour'),
        (5, "leo", "plain"),
    ]


def test_a_cell_beyond_the_header_is_noticed_but_an_empty_one_is_not() -> None:
    rows = read_file(b"account,type,\nmaya,IMAGE,,,\nmaya,IMAGE,,lost\nmaya\n")
    assert [row.torn for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The column account is missing."),
        (b"account,type,capton\n", "There is no column called capton."),
        (b"account,type,type\n", "The column type stands there twice."),
        ("account,type\nmaya,É".encode("latin-1"), "The file is not UTF-8 text."),
        ("account,type\n".encode("utf-16"), "The file is not UTF-8 text."),
        (b'account,type\nmaya,IMAGE\nmaya,"IMAGE" x\n', "The file cannot be read from row 3 on."),
        (b'account,type,caption\nmaya,IMAGE,"never closed\n', "The file cannot be read from row 2 on."),
        (b"account,type\n" + b"maya,IMAGE\n" * (MAX_ROWS + 1), "The file has more than 2000 rows."),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 5 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_file(content)
    assert str(refused.value.message) == words
    assert str(refused.value.remedy)


def test_every_fault_of_a_header_is_told_at_once_with_the_columns_there_are() -> None:
    with pytest.raises(Invalid) as refused:
        read_file(b"acount,caption,when\n")
    faults = {fault.field: str(fault.remedy) for fault in refused.value.faults}
    assert list(faults) == ["acount", "when", "account", "type"]
    assert all(", ".join(COLUMNS) in remedy for remedy in faults.values())
