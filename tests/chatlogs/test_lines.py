"""A file as a stream: encodings, line ends, long lines, files that are no text."""

import os
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commsim.chatlogs import lines
from commsim.chatlogs.account import Account
from commsim.chatlogs.lines import Source
from commsim.errors import UserError

TEXT = "时间,成员\n2026-01-05 08:00,赵青\n小区的路灯坏了，谁来看看？\n"


def source(tmp_path, content):
    file = tmp_path / "log.txt"
    file.write_bytes(content)
    return Source(file, Account())


@pytest.mark.parametrize("written, told", [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"),
                                           ("gb18030", "gb18030"), ("gbk", "gb18030")])  # fmt: skip
def test_every_encoding_gives_the_same_lines(tmp_path, written, told):
    read = source(tmp_path, TEXT.encode(written))
    assert [line for _, line in read.lines()] == TEXT.split("\n")[:-1]
    assert read.head() == TEXT and "".join(read.text()) == TEXT
    assert read.account.encoding == told and read.account.skipped == 0


def test_utf16_of_the_other_byte_order(tmp_path):
    read = source(tmp_path, b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert [line for _, line in read.lines()] == TEXT.split("\n")[:-1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line_and_nothing_else_does(tmp_path, end):
    odd = "a\x0bb\x0cc\x1cd\x85e\u2028f"
    read = source(tmp_path, end.join([odd, "", "z", ""]).encode())
    assert list(read.lines()) == [(1, odd), (2, ""), (3, "z")]
    assert read.account.lines == 3 and read.account.ended


def test_a_file_without_a_last_line_end_says_so(tmp_path):
    read = source(tmp_path, b"a\nb")
    given_then = [(line, read.ended) for _, line in read.lines()]
    assert given_then == [("a", True), ("b", False)] and not read.account.ended


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path):
    content = (TEXT * 5).encode() + b"\xff\xfe broken\n" + TEXT.encode()
    read = source(tmp_path, content)
    assert read.encoding == "utf-8"
    assert [line for _, line in read.lines()] == (TEXT * 6).split("\n")[:-1]
    assert read.account.faults["broken_characters"].count == 1
    assert read.account.faults["broken_characters"].first[0][0] == 16


@pytest.mark.parametrize("written", ["utf-8", "gb18030"])
def test_a_file_cut_in_the_middle_of_a_character_loses_its_last_line_only(tmp_path, written):
    read = source(tmp_path, (TEXT + "路灯").encode(written)[:-1])
    assert [line for _, line in read.lines()] == TEXT.split("\n")[:-1]
    assert read.account.encoding == written
    assert read.account.faults["broken_characters"].first == [(4, "字*")]


@pytest.mark.parametrize("content, key", [
    (b"", "log_empty"), (b"PK\x03\x04\x00\x00", "log_binary"), (b"a,b\n" * 100_000 + b"\0", "log_binary"),
    (b"\xff\xfe\x00\x00a\x00\x00\x00", "log_binary")])  # fmt: skip
def test_what_is_no_text_is_refused(tmp_path, content, key):
    with pytest.raises(UserError) as told:
        source(tmp_path, content)
    assert told.value.key == key and str(tmp_path) in told.value.text("zh")


def test_folders_missing_files_and_impossible_names_are_refused(tmp_path):
    for path, key in ((tmp_path, "log_not_file"), (tmp_path / "no", "log_missing"), ("a\0b", "log_unreadable"),
                      ("x" * 5000, "log_unreadable")):  # fmt: skip
        with pytest.raises(UserError) as told:
            Source(path)
        assert told.value.key in (key, "log_missing")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    file = tmp_path / "log.txt"
    file.write_text("a")
    file.chmod(0)
    with pytest.raises(UserError, match=r"log\.txt"):
        Source(file)


def test_a_line_without_end_costs_no_memory(tmp_path):
    file = tmp_path / "log.txt"
    with open(file, "wb") as out:
        out.write(b"first\n")
        for _ in range(40):
            out.write(b"x" * 1_000_000)
        out.write(b"\nlast\n")
    read = Source(file, Account())
    tracemalloc.start()
    assert list(read.lines()) == [(1, "first"), (3, "last")]
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()
    assert read.account.lines == 3 and read.account.faults["too_long"].first == [(2, "x" * 40)]


def test_a_line_of_just_the_longest_length_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "LONGEST", 10)
    read = source(tmp_path, b"0123456789\n0123456789a\n0123456789")
    assert list(read.lines()) == [(1, "0123456789"), (3, "0123456789")]
    assert read.account.faults["too_long"].count == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_are_lines_or_a_user_error(tmp_path, content):
    try:
        read = source(tmp_path, content)
    except UserError as error:
        assert error.text("zh") and error.text("en")
        return
    given_lines = list(read.lines())
    assert read.account.lines == len(given_lines) + read.account.skipped
    assert [number for number, _ in given_lines] == sorted({number for number, _ in given_lines})
    assert not any(end in line for _, line in given_lines for end in "\r\n")
