"""The lines of several hosts, in order."""

from __future__ import annotations

from operations.jobs.log_lines import LogLine, as_document, host_of, in_order
from tests.operations.jobs.descriptions import NAME


def test_the_host_is_read_from_the_name_of_a_stream() -> None:
    assert host_of(f"{NAME}/algo-1-1700000000") == "algo-1"
    assert host_of(f"{NAME}/algo-12-1700000000") == "algo-12"
    assert host_of(f"{NAME}/something") == "something"


def test_hosts_are_merged_by_time_and_a_host_keeps_its_own_order() -> None:
    first = [LogLine(1, "algo-1", "a"), LogLine(3, "algo-1", "c"), LogLine(3, "algo-1", "d")]
    second = [LogLine(2, "algo-2", "b"), LogLine(3, "algo-2", "e")]

    assert "".join(line.message for line in in_order([first, second])) == "abcde"


def test_the_document_has_each_line_with_its_time_and_host() -> None:
    assert as_document(NAME, [LogLine(1_700_000_000_123, "algo-1", "text")]) == {
        "version": 1,
        "training_job": NAME,
        "lines": [{"time": "2023-11-14T22:13:20.123Z", "host": "algo-1", "message": "text"}],
    }
