"""``commsim validate`` as a user gives it, on made-up patterns."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from commsim import cli
from commsim.experiments import validation
from commsim.experiments.patterns import PATTERNS
from commsim.words import choose_language


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    real = functools.partial(validation.validate, table="made_up_patterns:PATTERNS")
    monkeypatch.setattr(validation, "validate", real)
    yield
    choose_language(None)


def tell(*args):
    return CliRunner().invoke(cli.main, ["validate", *map(str, args)])


def test_json_is_the_list_and_nothing_else():
    done = tell("--worlds", 10, "--draws", 4, "--jobs", 1, "--json")
    rows = json.loads(done.stdout)
    assert [one["id"] for one in rows] == ["P2", "P5", "P11", "P24"]
    assert set(rows[0]) == {"id", "title", "test", "observed", "share_worlds", "share_draws", "calibrated", "holds"}
    assert rows[0]["share_worlds"] == 0.5 and rows[2]["share_worlds"] == 0.9 and not rows[2]["holds"]
    assert "ZeroDivisionError" in done.stderr and "P11, world 3" in done.stderr
    assert done.exit_code == 0


@pytest.mark.parametrize("lang, holds", [("en", "holds"), ("zh", "成立")])
def test_the_table_tells_shares_and_verdict(lang, holds):
    text = tell("P2", "P11", "--worlds", 10, "--jobs", 1, "--lang", lang).stdout
    line = next(line for line in text.splitlines() if "P2*" in line)
    assert "✓" in line and "50%" in line and line.endswith(holds)
    assert "✗" in next(line for line in text.splitlines() if " P11 " in line)
    assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (lang == "zh")


def test_words_of_json_are_in_the_language_asked_for():
    rows = json.loads(tell("P2", "--worlds", 1, "--jobs", 1, "--json", "--lang", "zh").stdout)
    assert re.search(r"[\u4e00-\u9fff]", rows[0]["title"])


def test_progress_goes_to_standard_error():
    done = tell("P2", "--worlds", 2, "--draws", 3, "--jobs", 1, "--json")
    assert "5 of 5" in done.stderr and json.loads(done.stdout)


def test_a_picture_is_written_whole(tmp_path):
    out = tmp_path / "result.svg"
    done = tell("P2", "P5", "--worlds", 2, "--jobs", 1, "--out", out)
    assert done.exit_code == 0 and str(out) in done.stdout
    assert out.read_text(encoding="utf-8").startswith("<?xml")


def test_mistakes_are_told_before_the_work(monkeypatch, tmp_path):
    for args, word in ((["P99"], "P9"), (["P2", "P2"], "twice"), (["--worlds", "0"], "--worlds"),
                       (["--out", tmp_path / "x.csv"], ".svg"), (["--drows", "3"], "--draws")):  # fmt: skip
        done = tell(*args)
        assert done.exit_code == 2 and word in done.stderr, (args, done.stderr, done.exception)


def test_an_interruption_ends_with_a_sentence(monkeypatch):
    def stopped(*args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(validation, "validate", stopped)
    done = tell("P2")
    assert done.exit_code == 130 and "Stopped" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process")
def test_ctrl_c_stops_the_workers_and_ends_with_a_sentence():
    here = Path(__file__).parent
    code = ("import functools; from commsim.experiments import validation as v\n"
            "v.validate = functools.partial(v.validate, table='made_up_patterns:SLOW')\n"
            "from commsim.cli import main; main(['validate', '--worlds', '400', '--jobs', '2'])")  # fmt: skip
    env = {**os.environ, "COMMSIM_LANG": "en", "PYTHONPATH": os.pathsep.join([str(here), *filter(None, sys.path)])}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=env, start_new_session=True)  # fmt: skip
    assert "0 of 800" in process.stderr.readline()
    assert " of 800" in process.stderr.readline()  # ten seconds later: workers are at it
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Stopped" in err and "Traceback" not in err, err
    assert out == ""


def test_ids_can_be_completed():
    from commsim.cli import spoken

    assert spoken._names("pattern", None) == list(PATTERNS)
