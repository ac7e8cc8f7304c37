"""Pseudonyms: one name one pseudonym under a key, keys for their owner only, damaged keys never replaced."""

import hashlib
import hmac
import os
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commsim.chatlogs import privacy
from commsim.errors import UserError

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


def test_a_key_is_made_once_and_ignored_by_git(own_data):
    first = privacy.key("yard")
    assert first == privacy.key("yard") and len(first[0]) == 32 and first[1] == "folder"
    assert privacy.key("other")[0] != first[0]
    assert sorted(os.listdir(own_data / "keys")) == [".gitignore", "other.key", "yard.key"]
    assert (own_data / "keys" / ".gitignore").read_text() == "*\n"
    assert (own_data / "keys" / "yard.key").read_bytes() == first[0]


@POSIX
def test_a_key_is_for_its_owner_only_and_an_open_one_is_closed(own_data):
    secret, _ = privacy.key()
    file = own_data / "keys" / "default.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.warns(UserWarning, match=r"default\.key"):
        assert privacy.key() == (secret, "folder")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31, b"x" * 33])
def test_a_damaged_key_is_refused_and_left_alone(own_data, content):
    file = own_data / "keys" / "default.key"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(UserError) as told:
        privacy.key()
    assert told.value.key == "log_key_damaged" and str(file) in told.value.text("zh")
    assert file.read_bytes() == content


def test_a_key_that_is_a_folder_is_refused(own_data):
    (own_data / "keys" / "default.key").mkdir(parents=True)
    with pytest.raises(UserError) as told:
        privacy.key()
    assert told.value.key == "log_key_unreadable"


def test_where_no_folder_can_be_written_a_key_lives_as_long_as_the_process(own_data):
    own_data.write_text("a file where the folder should be")
    secret, where = privacy.key()
    assert where == "process" and len(secret) == 32 and privacy.key() == (secret, "process")


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", ".x", "小区", "x" * 65])
def test_a_community_is_a_plain_name(name):
    with pytest.raises(UserError) as told:
        privacy.key(name)
    assert told.value.key == "bad_id"


def test_processes_that_begin_at_once_share_one_key(own_data):
    code = "from commsim.chatlogs.privacy import key; print(key()[0].hex())"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in running}) == 1
    assert sorted(os.listdir(own_data / "keys")) == [".gitignore", "default.key"]


SAME = ["赵青", " 赵青 ", "赵\u200b青", "\u200e赵青\u200f", "\ufeff赵青", "赵青\u2069", "赵青\ufe0f", "赵\u00ad青"]


@pytest.mark.parametrize("written", SAME)
def test_marks_that_nobody_sees_do_not_part_a_name(written):
    assert privacy.normal(written) == "赵青"


def test_width_and_spaces_are_one_but_case_is_kept():
    assert privacy.normal("Ｌｉｎ\u3000 Xia\t2") == "Lin Xia 2"
    assert privacy.normal("lin") != privacy.normal("Lin")
    assert privacy.normal("\u200b\u200e ") == ""


@given(st.text(max_size=30))
def test_a_normal_name_is_its_own_normal_name(name):
    once = privacy.normal(name)
    assert privacy.normal(once) == once


def test_a_pseudonym_is_the_hmac_of_the_name():
    secret = bytes(range(32))
    (given_,) = privacy.pseudonyms(["赵青"], secret)
    assert given_ == "m-" + hmac.new(secret, "m:赵青".encode(), hashlib.sha256).hexdigest()[:8]
    assert privacy.pseudonyms(["赵青"], secret, "t")[0][2:] != given_[2:]
    assert privacy.pseudonyms(["赵青"], bytes(32)) != (given_,)


def test_pseudonyms_of_a_log_are_all_different(monkeypatch):
    monkeypatch.setattr(privacy, "DIGITS", 2)
    names = [f"member {i}" for i in range(600)]
    given_ = privacy.pseudonyms(names, bytes(32))
    assert len(set(given_)) == 600
    assert {len(name) for name in given_} > {len("m-") + 2}
    alone = privacy.pseudonyms(["member 7"], bytes(32))[0]
    assert given_[7].startswith(alone)


@pytest.mark.parametrize("count, shown", [(0, 0), (1, None), (4, None), (5, 5), (70, 70), (None, None)])
def test_small_cells_are_suppressed(count, shown):
    assert privacy.suppressed(count) == shown


def test_the_least_cell_can_be_chosen():
    assert privacy.suppressed(9, least=10) is None and privacy.suppressed(2, least=2) == 2
