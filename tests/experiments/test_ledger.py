"""The ledger: exact, locked, of one model version, and plain about everything that can go wrong."""

import json
import math
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commsim
from commsim.errors import UserError
from commsim.experiments.ledger import APPLICATION, Ledger, model_version, run_key
from commsim.experiments.worlds import Lived, pack, unpack

VERSION = "1.0+test"
NUMBERS = st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


def refused(path, version=VERSION) -> UserError:
    with pytest.raises(UserError) as caught:
        Ledger(path, version)
    for lang in ("zh", "en"):
        assert Path(path).name in caught.value.text(lang)
    return caught.value


def filled(path, outcome=None):
    with Ledger(path, VERSION) as ledger:
        good = Lived("before", pack(outcome or {"x": 0.1}), None)
        ledger.keep("jinyang", "courtyard", 1, 30, [("k1", good)])
        ledger.keep("jinyang", "courtyard", 2, 30, [("k2", Lived("before", None, "ZeroDivisionError: no"))])


@given(st.recursive(NUMBERS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_an_outcome_comes_back_to_the_last_bit(outcome):
    back = unpack(pack({"it": outcome}))["it"]
    assert json.dumps(back) == json.dumps(outcome)
    assert repr(back) == repr(outcome)


def test_what_was_kept_is_found_after_closing(tmp_path):
    path = tmp_path / "runs.sqlite"
    outcome = {"x": [math.pi, 5e-324, -0.0, 1e308, None], "中": 1}
    filled(path, outcome)
    with Ledger(path, VERSION) as ledger:
        found = ledger.find(["k1", "k2", "k3"])
    assert set(found) == {"k1", "k2"}
    assert repr(unpack(found["k1"][0])) == repr(outcome) and found["k1"][1] is None
    assert found["k2"] == (None, "ZeroDivisionError: no")


def test_nothing_is_left_beside_a_closed_ledger(tmp_path):
    filled(tmp_path / "runs.sqlite")
    assert [f.name for f in tmp_path.iterdir()] == ["runs.sqlite"]


def test_a_ledger_without_a_path_works_the_same_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Ledger(None, VERSION) as ledger:
        ledger.keep("jinyang", "courtyard", 1, 30, [("k", Lived("before", pack({"x": 0.1}), None))])
        assert unpack(ledger.find(["k"])["k"][0]) == {"x": 0.1}
    assert not list(tmp_path.iterdir())


def test_one_world_is_one_transaction(tmp_path):
    path = tmp_path / "runs.sqlite"
    with Ledger(path, VERSION) as ledger:
        bad = [("a", Lived("before", pack({}), None)), ("b", Lived(None, pack({}), None))]
        with pytest.raises(UserError):
            ledger.keep("jinyang", "courtyard", 1, 30, bad)
        assert ledger.find(["a", "b"]) == {}
        ledger.keep("jinyang", "courtyard", 1, 30, bad[:1])
        assert set(ledger.find(["a", "b"])) == {"a"}


def test_another_model_version_is_named_and_refused(tmp_path):
    path = tmp_path / "runs.sqlite"
    filled(path)
    before = path.read_bytes()
    fault = refused(path, "2.0+other")
    assert fault.key == "ledger_version"
    assert VERSION in str(fault) and "2.0+other" in str(fault)
    assert path.read_bytes() == before


def test_a_text_file_is_not_a_ledger_and_stays_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Minutes of the residents' meeting\n" * 100)
    before = path.read_bytes()
    assert refused(path).key == "ledger_not_a_database"
    assert path.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["notes.txt"]


def test_a_database_of_something_else_stays_as_it_is(tmp_path):
    path = tmp_path / "contacts.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE runs (key TEXT)")
    other.close()
    before = path.read_bytes()
    assert refused(path).key == "ledger_foreign"
    assert path.read_bytes() == before


def test_a_damaged_ledger_says_so(tmp_path):
    path = tmp_path / "runs.sqlite"
    filled(path, {"x": list(range(20000))})
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(UserError) as caught, Ledger(path, VERSION) as ledger:
        ledger.find(["k1"])
    assert caught.value.key in ("ledger_damaged", "ledger_not_a_database")


def test_a_missing_folder_and_a_folder(tmp_path):
    assert refused(tmp_path / "nowhere" / "runs.sqlite").key == "ledger_no_folder"
    assert refused(tmp_path).key == "ledger_is_folder"
    assert refused(os.devnull).key in ("ledger_not_a_database", "ledger_no_folder")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_and_folder(tmp_path):
    path = tmp_path / "runs.sqlite"
    filled(path)
    path.chmod(0o444)
    assert refused(path).key == "ledger_read_only"
    path.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        assert refused(path).key == "ledger_read_only"
    finally:
        tmp_path.chmod(0o755)


def test_a_read_only_connection_is_told_plainly(tmp_path, monkeypatch):
    path = tmp_path / "runs.sqlite"
    filled(path)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda p, **kw: connect(f"file:{p}?mode=ro", uri=True, **kw))
    assert refused(path).key == "ledger_read_only"


def test_a_full_disk_loses_nothing_that_was_written(tmp_path):
    path = tmp_path / "runs.sqlite"
    filled(path)
    big = pack({"x": [math.sqrt(i) for i in range(40000)]})
    with Ledger(path, VERSION) as ledger:
        pages = ledger._file.execute("PRAGMA page_count").fetchone()[0]
        ledger._file.execute(f"PRAGMA max_page_count={pages + 2}")
        with pytest.raises(UserError) as caught:
            ledger.keep("jinyang", "courtyard", 3, 30, [("k3", Lived("before", big, None))])
    assert caught.value.key == "ledger_full"
    with Ledger(path, VERSION) as ledger:
        assert set(ledger.find(["k1", "k2", "k3"])) == {"k1", "k2"}


def test_two_at_once_are_refused_until_the_first_is_done(tmp_path):
    path = tmp_path / "runs.sqlite"
    first = Ledger(path, VERSION)
    assert refused(path).key == "ledger_in_use"
    assert refused(path).key == "ledger_in_use"
    first.close()
    Ledger(path, VERSION).close()


HOLD = """
import sys, time
from commsim.experiments.ledger import Ledger
ledger = Ledger(sys.argv[1], sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


def test_the_lock_of_another_process_dies_with_it(tmp_path):
    path = tmp_path / "runs.sqlite"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path), VERSION], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline().strip() == b"held"
        assert refused(path).key == "ledger_in_use"
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    filled(path)


def _hold_and_report(path, holding, most):
    for _ in range(40):
        try:
            ledger = Ledger(path, VERSION)
        except UserError:
            time.sleep(0.001)
            continue
        with holding.get_lock():
            holding.value += 1
            most.value = max(most.value, holding.value)
        time.sleep(0.001)
        with holding.get_lock():
            holding.value -= 1
        ledger.close()


@pytest.mark.skipif(os.name != "posix", reason="the race is in removing the lock file")
def test_no_race_of_opening_and_closing_lets_two_in(tmp_path):
    fork = multiprocessing.get_context("fork")
    holding, most = fork.Value("i", 0), fork.Value("i", 0)
    given = (tmp_path / "runs.sqlite", holding, most)
    many = [fork.Process(target=_hold_and_report, args=given) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join(60)
        assert one.exitcode == 0
    assert most.value == 1


def test_a_ledger_killed_while_it_was_being_made_is_made_again(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.touch()
    filled(path)
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
        assert file.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    file.close()


def test_the_key_depends_on_everything_that_makes_a_run():
    base = ("d", "before", [{"rule": "vote", "days": 7}], "courtyard", 1, 30, VERSION)
    other = ("e", "after", [{"rule": "vote", "days": 8}], "estate", 2, 31, "2")
    keys = {run_key(*base)} | {run_key(*base[:i], other[i], *base[i + 1 :]) for i in range(len(base))}
    assert len(keys) == len(base) + 1
    assert run_key(*base) == run_key(*base)


@pytest.mark.parametrize("room, counts", [
    ("kernels.py", True), ("rules/vote.py", True), ("state/settings.py", True), ("day/new.py", True),
    ("words.py", False), ("experiments/statistics.py", False), ("show/report.py", False), ("cli/spoken.py", False),
])  # fmt: skip
def test_the_model_version_follows_what_can_change_a_number(tmp_path, room, counts):
    package = tmp_path / "commsim"
    for name in ("kernels.py", "words.py", "rules/vote.py", "state/settings.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("a = 1\n")
    before = model_version(package)
    model_version.cache_clear()
    assert before == model_version(package) and before.startswith(commsim.__version__)
    model_version.cache_clear()
    (package / room).parent.mkdir(parents=True, exist_ok=True)
    (package / room).write_text("a = 2\n")
    assert (model_version(package) != before) == counts
    model_version.cache_clear()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_ledger_survives_kill_9_in_the_middle_of_writing(tmp_path):
    path = tmp_path / "runs.sqlite"
    script = """
import sys
from commsim.experiments.ledger import Ledger
from commsim.experiments.worlds import Lived, pack
with Ledger(sys.argv[1], sys.argv[2]) as ledger:
    for world in range(10**6):
        runs = [(f"{world} {p}", Lived(p, pack({"world": world, "x": list(range(500))}), None)) for p in "ab"]
        ledger.keep("jinyang", "courtyard", world, 30, runs)
        print(world, flush=True)
"""
    writer = subprocess.Popen([sys.executable, "-c", script, str(path), VERSION], stdout=subprocess.PIPE)
    last = -1
    while last < 20:
        last = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    last = max([last, *(int(line) for line in writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    with Ledger(path, VERSION) as ledger:
        found = ledger.find([f"{w} {p}" for w in range(last + 2) for p in "ab"])
    for world in range(last + 1):
        assert unpack(found[f"{world} a"][0])["world"] == world
        assert f"{world} b" in found
    assert (f"{last + 1} a" in found) == (f"{last + 1} b" in found)
