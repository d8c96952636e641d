"""The head of a file is a file that can be read; what says nothing by its head is none."""

from __future__ import annotations

import gzip

import pytest

from operations.doctor.asking.heads import head_of


@pytest.mark.parametrize(
    ("content", "head"),
    [
        (b"a,b\n1,2\n3,", b"a,b\n1,2\n"),
        (b'a,b\n"x",2\n"more\nthan one line', b'a,b\n"x",2\n'),
        (b'a,b\n1,5" wide\n2,3\n', b"a,b\n"),
        (b"no line at all", None),
        (b"PAR1 and so on\n", None),
        (b"BZh91AY\n", None),
    ],
    ids=["cut", "cut in a quoted value", "a stray quotation mark", "no line", "Parquet", "bzip2"],
)
def test_the_head_of_a_large_file_is_whole_lines(content: bytes, head: bytes | None) -> None:
    assert head_of(content, is_whole=False) == head


def test_a_file_that_is_whole_stays_as_it_is() -> None:
    assert head_of(b"PAR1 and so on", is_whole=True) == b"PAR1 and so on"
    assert head_of(b"a,b\n1,2", is_whole=True) == b"a,b\n1,2"


def test_a_packed_head_is_unpacked_as_far_as_it_goes() -> None:
    packed = gzip.compress(b"".join(b"%d,%d\n" % (each, each * 7919 % 1000) for each in range(5000)))

    head = head_of(packed[: len(packed) // 2], is_whole=False)

    assert head is not None
    assert head.startswith(b"0,0\n1,919\n")
    assert head.endswith(b"\n")


def test_quotation_marks_that_quote_nothing_do_not_take_the_file_away() -> None:
    lines = b'first "\n' + b"1,2\n" * 1000

    assert head_of(lines + b"3", is_whole=False) == lines
