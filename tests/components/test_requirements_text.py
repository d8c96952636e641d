"""requirements.txt as people have it: whatever wrote it, and whatever it includes."""

from __future__ import annotations

import codecs

import pytest

from components.requirements_text import included, text_of
from components.source_bundle import SourceBundleError


@pytest.mark.parametrize(
    "content",
    [
        "é==1\r\n".encode(),
        codecs.BOM_UTF8 + "é==1\r\n".encode(),
        codecs.BOM_UTF16_LE + "é==1\r\n".encode("utf-16-le"),  # as PowerShell writes it
        codecs.BOM_UTF16_BE + "é==1\r\n".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "é==1\r\n".encode("utf-32-le"),
        "# -*- coding: latin-1 -*-\né==1\r\n".encode("latin-1"),
    ],
)
def test_an_encoding_that_pip_reads_is_read(content: bytes) -> None:
    assert text_of(content, "requirements.txt").endswith("é==1\r\n")


def test_another_one_is_named() -> None:
    with pytest.raises(SourceBundleError) as refused:
        text_of("# é".encode("latin-1"), "requirements.txt")

    assert str(refused.value) == (
        "requirements.txt in the source directory is not UTF-8 (byte 2), as which pip reads it; save it as UTF-8"
    )


def test_an_encoding_that_nobody_knows_is_named() -> None:
    with pytest.raises(SourceBundleError) as refused:
        text_of(b"# coding: latin-x\na==1\n", "requirements.txt")

    assert str(refused.value) == (
        "requirements.txt in the source directory names the encoding 'latin-x', which nobody knows; save it as UTF-8, "
        "without that comment"
    )


def test_a_coding_line_is_one_in_a_comment_of_the_first_two_lines() -> None:
    with pytest.raises(SourceBundleError):
        text_of(b"a==1\nb==1\n# coding: latin-1\n# \xe9\n", "requirements.txt")
    with pytest.raises(SourceBundleError):
        text_of(b"a==1  coding: latin-1\n# \xe9\n", "requirements.txt")


def test_what_is_included_is_found_from_where_it_is_named() -> None:
    files = {
        "requirements.txt": b"-r base.txt\n  --requirement=locks/gpu.txt\n-c limits.txt # why\n"
        b"git+https://example.com/a.git@v1#egg=a\nb[extra]==1; python_version > '3'\n-rmore.txt\n"
        b"-r https://example.com/far.txt\n--index-url https://example.com\n",
        "base.txt": b"six\n-r requirements.txt\n",
        "locks/gpu.txt": b"-r ../base.txt\n-r cuda.txt\n",
        "locks/cuda.txt": b"cupy\n",
        "limits.txt": b"six<2\n",
        "more.txt": b"wheel\n",
        "other.txt": b"never\n",
    }

    assert {*included(files, "requirements.txt")} == {
        "base.txt",
        "locks/gpu.txt",
        "locks/cuda.txt",
        "limits.txt",
        "more.txt",
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [("base.txt", "it is not in the directory"), ("base.in", "files that end with .in do not travel")],
)
def test_what_is_not_there_at_the_start_is_refused(name: str, why: str) -> None:
    with pytest.raises(SourceBundleError) as refused:
        included({"requirements.txt": f"-r {name}\n".encode()}, "requirements.txt")

    assert str(refused.value) == (
        f"requirements.txt in the source directory includes {name}, which pip will not find at the job's start: {why}; "
        "put it there, as .txt, or write out what it names"
    )
