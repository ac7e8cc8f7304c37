"""The commands as a new user gives them: what they print, and what they say to a mistake."""

import csv
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from commsim import cli, scenarios
from commsim.cli import written
from commsim.measures.table import MEASURES
from commsim.words import choose_language, say

SMALL = """\
id: small
title: {zh: 小院, en: Small yard}
story: {zh: 一个小院子。, en: A small yard.}
burn_in: 30
scales:
  yard: {people: 60}
policies:
  before:
    title: {zh: 从前, en: Before}
    rules: []
  group:
    title: {zh: 开群, en: Group}
    rules: [{rule: online_group, poster: 2}]
"""


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    yield
    choose_language(None)


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return str(file)


def tell(*args):
    return CliRunner().invoke(cli.main, [str(a) for a in args])


def shell(*args, **options):
    env = {**os.environ, "COMMSIM_LANG": "en", **options.pop("env", {})}
    command = [sys.executable, "-m", "commsim.cli", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, **options)


def refused(*args):
    """Standard error of a command that must end with exit code 2, a sentence, and no traceback."""
    done = tell(*args)
    assert done.exit_code == 2, (done.stdout, done.stderr, done.exception)
    assert done.stderr.strip() and "Traceback" not in done.stderr
    return done.stderr


# -- help ----------------------------------------------------------------------------------------------


def test_help_is_quick_and_imports_nothing_heavy():
    code = ("import sys; from commsim.cli import main\ntry: main(['-h'])\nexcept SystemExit: pass\n"
            "print([m for m in ('numba', 'pydantic', 'mesa') if m in sys.modules], file=sys.stderr)")
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("command", [[], ["list"], ["show"], ["run"], ["compare"], ["validate"], ["completion"]])
def test_help_in_both_languages_with_examples(command):
    english, chinese = tell(*command, "--help").stdout, tell(*command, "--help", "--lang", "zh").stdout
    assert "Examples:" in english and "commsim " in english and not re.search(r"[\u4e00-\u9fff]", english)
    assert "例子：" in chinese and "--lang" in chinese
    assert tell("--lang=zh", *command, "-h").stdout == chinese


@pytest.mark.parametrize("command", ["list", "show", "run", "compare", "validate", "completion"])
def test_every_command_has_json_and_lang(command):
    help_text = tell(command, "--help").stdout
    assert "--json" in help_text and "--lang" in help_text


def test_examples_in_the_help_name_things_that_exist():
    found = scenarios.load("jinyang")
    for command in ("run", "compare"):
        words = tell(command, "--help").stdout.partition("Examples:")[2].split()
        options = {w for w in words if w.startswith("--")}
        assert options <= set(
            re.findall(r"--[a-z-]+", tell(command, "--help").stdout.partition("Examples:")[0])
        )
        for i, word in enumerate(words):
            if word == "--scale":
                assert words[i + 1] in found.scales


def test_the_environment_chooses_the_language(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "zh")
    assert "晋阳社区" in tell("list").stdout
    assert "Jinyang community" in tell("list", "--lang", "en").stdout
    assert "没有" in refused("lst")


def test_version():
    import commsim

    assert tell("--version").stdout.strip() == f"commsim {commsim.__version__}"


# -- list and show -----------------------------------------------------------------------------------


def test_list_json():
    (jinyang,) = (s for s in json.loads(tell("list", "--json").stdout) if s["id"] == "jinyang")
    assert set(jinyang) == {"id", "title", "people", "scales", "policies"}
    assert jinyang["people"] == 40000
    assert {"before", "online_groups", "icebreakers", "notice_and_vote", "jinyang_2016"} <= set(
        jinyang["policies"]
    )
    assert set(jinyang["scales"]) == {"courtyard", "estate", "full"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_show_tells_place_rules_and_sources(lang):
    text = tell("show", "jinyang", "--lang", lang).stdout
    for number in ("40,000", "15,000", "2,308", "1,095", "F60", "F65"):
        assert number in text
    assert ("更多" if lang == "zh" else "assumption") in text or lang == "zh"
    assert ("推倒重来" if lang == "zh" else "starts over") in text


def test_show_says_which_thresholds_are_in_force():
    assert "classroom values" in tell("show", "jinyang", "--scale", "courtyard").stdout
    assert "the real ones" in tell("show", "jinyang").stdout


def test_show_settings_lists_every_lever():
    from commsim.state.settings import PARAMETERS

    text = tell("show", "jinyang", "--settings").stdout
    assert all(re.search(rf"\b{name}\b", text) for name in PARAMETERS)


def test_show_json_gives_every_number_its_source(small):
    data = json.loads(tell("show", "jinyang", "--json", "--scale", "courtyard").stdout)
    assert data["classroom"] and all(n["source"] for n in data["numbers"])
    notices = [r for p in data["policies"] for r in p["rules"] if r["rule"] == "notice"]
    assert {r.get("objectors") for r in notices} == {0, 3}
    assert json.loads(tell("show", small, "--json").stdout)["id"] == "small"


# -- mistakes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["lst"], 'Did you mean "list"'),
        (["--versoin"], 'Did you mean "--version"'),
        (["list", "--jsn"], 'Did you mean "--json"'),
        (["list", "jinyang"], "Too much was given: jinyang"),
        (["list", "--lang", "fr"], 'no language "fr"'),
        (["list", "--lang"], "--lang needs a value"),
        (["list", "--json=1"], "--json takes no value"),
        (["show"], "SCENARIO is missing"),
        (["show", "jinyan"], 'Did you mean "jinyang"'),
        (["show", "nowhere.yaml"], "There is no file nowhere.yaml"),
        (["show", "."], "is a folder"),
        (["show", "jinyang", "--scale", "estat"], 'Did you mean "estate"'),
        (["run", "jinyang"], "with --policy"),
        (["run", "jinyang", "--policy"], "--policy needs a value"),
        (["run", "jinyang", "--policy", "jinyang2016"], 'Did you mean "jinyang_2016"'),
        (["run", "jinyang", "--policy", "before", "--days", "-3"], "--days: -3 is out of range"),
        (["run", "jinyang", "--policy", "before", "--days", "0"], "--days: 0 is out of range"),
        (["run", "jinyang", "--policy", "before", "--days", "ten"], "--days: expected a whole number"),
        (["run", "jinyang", "--policy", "before", "--days", "1.5"], "--days: expected a whole number"),
        (["run", "jinyang", "--policy", "before", "--days", "9" * 5000], "--days: expected a whole number"),
        (["run", "jinyang", "--policy", "before", "--world", "-1"], "--world: -1 is out of range"),
        (["run", "jinyang", "--policy", "before", "--out", "no/such/x.csv"], "folder no/such does not exist"),
        (["run", "jinyang", "--policy", "before", "--out", "x.xlsx"], ".csv, .parquet"),
        (["run", "jinyang", "--policy", "before", "--out", "series"], ".csv, .parquet"),
        (["run", "jinyang", "--policy", "before", "--out", "/"], "is a folder"),
        (["compare", "jinyang"], "at least two policies"),
        (["compare", "jinyang", "before"], "at least two policies; given: before"),
        (["compare", "jinyang", "before", "before"], '"before" was given twice'),
        (["compare", "jinyang", "before", "icebreaker"], 'Did you mean "icebreakers"'),
        (["compare", "jinyang", "before", "icebreakers", "--worlds", "0"], "--worlds: 0 is out of range"),
        (["compare", "jinyang", "before", "icebreakers", "--jobs", "0"], "--jobs: 0 is out of range"),
        (["compare", "jinyang", "before", "icebreakers", "--measure", "coverag"], '"coverage"'),
        (["compare", "jinyang", "before", "icebreakers", "--report", "x.pdf"], ".html"),
        (["compare", "jinyang", "before", "icebreakers", "--report", "no/x.html"], "no does not exist"),
        (["completion", "bsh"], 'Did you mean "bash"'),
    ],
)  # fmt: skip
def test_a_mistake_is_answered(args, says):
    assert says in refused(*args)
    assert (
        re.search(r"[\u4e00-\u9fff]", refused(*args, "--lang", "zh")) or "fr" in args or args[-1] == "--lang"
    )


def test_a_mistake_in_a_file_names_line_and_column(tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(SMALL.replace("poster: 2", "postr: 2"), encoding="utf-8")
    for command in (
        ["show", file],
        ["run", file, "--policy", "before"],
        ["compare", file, "before", "group"],
    ):
        message = refused(*command)
        assert "wrong.yaml, line 13, column 34" in message and 'Did you mean "poster"' in message


def test_mistakes_in_real_processes(tmp_path):
    (tmp_path / "gbk.yaml").write_bytes(SMALL.encode("gb18030"))
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    for args in (["run", "jinyang", "--policy", "x"], ["show", "gbk.yaml"], ["show", "broken.yaml"], ["shw"]):
        done = shell(*args, cwd=tmp_path)
        assert done.returncode == 2 and "Traceback" not in done.stderr and done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_reader_that_stops_early_is_no_error():
    command = f"{sys.executable} -m commsim.cli show jinyang --settings | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output():
    command = f"COMMSIM_LANG=en {sys.executable} -m commsim.cli show jinyang > /dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 2 and "disk is full" in done.stderr and "Traceback" not in done.stderr


def test_chinese_on_a_terminal_that_knows_no_chinese():
    done = shell("list", "--lang", "zh", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and "jinyang" in done.stdout
    data = json.loads(shell("list", "--json", "--lang", "zh", env={"PYTHONIOENCODING": "ascii"}).stdout)
    assert {one["id"]: one["title"] for one in data}["jinyang"] == "晋阳社区"


# -- run -----------------------------------------------------------------------------------------------


def test_run_json(small):
    done = tell("run", small, "--policy", "group", "--days", 20, "--world", 3, "--json")
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert {"scenario", "policy", "scale", "world", "days", "people", "setup_seconds", "seconds", "peak_mb",
            "measures", "units"} <= set(data)  # fmt: skip
    assert (data["scenario"], data["policy"], data["scale"]) == ("small", "group", "yard")
    assert (data["world"], data["days"], data["people"], data["classroom"]) == (3, 20, 60, False)
    assert set(data["measures"]) == set(data["units"]) == set(MEASURES)
    assert data["units"]["official_hours"] == "h/week"
    assert data["measures"]["coverage"] > 0
    assert data["peak_mb"] > 20 and data["seconds"] > 0


def test_run_writes_the_same_names(small, tmp_path):
    out = tmp_path / "series.csv"
    done = tell("run", small, "--policy", "group", "--days", 20, "--out", out, "--json")
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [int(row["day"]) for row in rows] == list(range(20))
    assert set(rows[0]) == {"day", *MEASURES}
    last = json.loads(done.stdout)["measures"]
    for name, value in last.items():
        assert (float(rows[-1][name]) if rows[-1][name] else None) == pytest.approx(value)
    assert os.listdir(tmp_path).count("series.csv") == 1 and len(os.listdir(tmp_path)) == 2


def test_run_writes_parquet(small, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "series.parquet"
    assert tell("run", small, "--policy", "before", "--days", 5, "--out", out).exit_code == 0
    table = parquet.read_table(out)
    assert table.num_rows == 5 and set(table.column_names) == {"day", *MEASURES}


def test_parquet_without_pyarrow(monkeypatch, tmp_path):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "commsim[parquet]" in refused(
        "run", "jinyang", "--policy", "before", "--out", tmp_path / "x.parquet"
    )


@pytest.mark.parametrize(("number", "says"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "was not written")])
def test_a_disk_that_fails_loses_nothing(small, tmp_path, monkeypatch, number, says):
    out = tmp_path / "series.csv"
    out.write_text("yesterday")

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(written, "_write_csv", fail)
    done = tell("run", small, "--policy", "before", "--days", 3, "--out", out, "--json")
    assert done.exit_code == 2 and says in done.stderr
    assert out.read_text() == "yesterday" and sorted(os.listdir(tmp_path)) == ["series.csv", "small.yaml"]
    assert json.loads(done.stdout)["measures"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_run_in_words(lang, small):
    text = tell(
        "run", "jinyang", "--policy", "before", "--scale", "courtyard", "--days", 5, "--lang", lang
    ).stdout
    assert ("课堂值" if lang == "zh" else "classroom values") in text

    def close(words):  # lines are filled: a label may be broken
        return "".join(words.lower().split())

    told, named = close(text).split(close(say("cli.run.absent", lang, measures="|").split("|")[0]))
    absent = {name for name in MEASURES if close(say(f"measure.{name}.label", lang)) in named}
    assert {"rumour_hours", "hall_use_ratio"} <= absent
    assert all(name in told for name in MEASURES.keys() - absent)


def test_the_same_world_twice_gives_the_same_numbers(small):
    first, second = (
        json.loads(tell("run", small, "--policy", "group", "--days", 15, "--json").stdout)["measures"]
        for _ in range(2)
    )
    assert first == second


def test_ctrl_c_ends_with_a_sentence():
    command = [sys.executable, "-m", "commsim.cli", "run", "jinyang", "--policy", "before", "--days", "36000"]
    env = {**os.environ, "COMMSIM_LANG": "en"}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert running.stderr.readline()  # it has something to say after a second or so
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Stopped, as you asked." in complaint and "Traceback" not in complaint


# -- compare -------------------------------------------------------------------------------------------


def test_compare_json(small, tmp_path):
    done = tell("compare", small, "before", "group", "--days", 15, "--worlds", 3, "--jobs", 1, "--json")
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert {"scenario", "scale", "days", "policies", "worlds", "stopped_because", "measures"} <= set(data)
    assert (data["worlds"], data["stopped_because"]) == (3, "fixed")
    assert data["policies"] == ["before", "group"]
    assert set(data["measures"]) == set(MEASURES)
    for measure in data["measures"].values():
        assert {"unit", "delta", "primary", "harm", "by_policy"} <= set(measure)
        assert set(measure["by_policy"]) == {"group"}
        assert {"mean", "diff", "low", "high", "share_better", "share_low", "share_high", "correlation",
                "verdict"} <= set(measure["by_policy"]["group"])  # fmt: skip
        assert measure["by_policy"]["group"]["verdict"] in ("better", "worse", "same", "cannot_tell")
    assert data["measures"]["coverage"]["by_policy"]["group"]["diff"] > 0


def test_compare_only_some_measures(small):
    done = tell("compare", small, "before", "group", "--days", 9, "--worlds", 2, "--jobs", 1, "--json",
                "--measure", "coverage", "--measure", "acquaintances")  # fmt: skip
    assert list(json.loads(done.stdout)["measures"]) == ["coverage", "acquaintances"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_compare_in_words(lang):
    done = tell("compare", "jinyang", "before", "online_groups", "--scale", "courtyard", "--days", 20,
                "--worlds", 2, "--jobs", 1, "--lang", lang)  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert ("课堂值" if lang == "zh" else "classroom values") in done.stdout
    assert ("还看不出" if lang == "zh" else "cannot tell yet") in done.stdout
    assert ("认识的人" if lang == "zh" else "Acquaintances") in done.stdout


def test_compare_writes_a_report(small, tmp_path):
    report = tmp_path / "report.html"
    done = tell("compare", small, "before", "group", "--days", 15, "--worlds", 2, "--jobs", 1, "--json",
                "--report", report, "--lang", "zh")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) and "报告" in done.stderr
    assert "<html" in report.read_text(encoding="utf-8")[:500]


def test_compare_goes_on_from_a_ledger(small, tmp_path):
    command = ["compare", small, "before", "group", "--days", 9, "--worlds", 3, "--jobs", 1,
               "--ledger", tmp_path / "runs.sqlite", "--json"]  # fmt: skip
    assert tell(*command).stdout == tell(*command).stdout
    (tmp_path / "no.sqlite").write_text("not a database, certainly not one of ours" * 100)
    assert "no.sqlite" in refused(*command[:-2], tmp_path / "no.sqlite", "--json")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_failed_runs_are_told_and_lived_again_on_demand(small, tmp_path, monkeypatch, lang):
    from commsim import engine, experiments

    lived, broken, real = [], {2, 3}, experiments.compare

    def stumbling(scenario, scale, policies, world, days):
        lived.append((world, *policies))
        if world in broken:
            raise ZeroDivisionError("the heap is empty")
        return engine.run_world(scenario, scale, policies, world, days)

    monkeypatch.setattr(experiments, "compare", lambda *a, **k: real(*a, **k, run_world=stumbling))
    command = ["compare", small, "before", "group", "--days", 9, "--worlds", 4, "--jobs", 1,
               "--ledger", tmp_path / "runs.sqlite", "--lang", lang]  # fmt: skip
    group, title = ("开群", "从前") if lang == "zh" else ("Group", "Before")
    first = tell(*command)
    assert first.exit_code == 0, first.stderr
    after_table = first.stdout.partition("出错" if lang == "zh" else "Runs that failed")[2]
    assert "the heap is empty" in after_table and "2, 3" in after_table and "--retry" in after_table
    assert group in after_table and title in after_table and "Traceback" not in after_table
    lived.clear()
    assert tell(*command).stdout == first.stdout and lived == [], "failures are remembered"
    quiet = tell(*command, "--json")
    assert [(run["policy"], run["world"]) for run in json.loads(quiet.stdout)["failed"]] == [
        ("before", 2), ("group", 2), ("before", 3), ("group", 3)]  # fmt: skip
    assert "the heap is empty" in quiet.stderr
    broken.clear()
    last = tell(*command, "--retry", "--json")
    assert {world for world, *_ in lived} == {2, 3} and json.loads(last.stdout)["failed"] == []
    assert "--retry" not in last.stderr


# -- completion ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_completion_script(kind):
    assert "_COMMSIM_COMPLETE" in tell("completion", kind).stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("commsim ", "compare"),
        ("commsim show ", "jinyang"),
        ("commsim run jinyang --policy ", "jinyang_2016"),
        ("commsim run jinyang --scale ", "courtyard"),
        ("commsim compare jinyang before ", "icebreakers"),
        ("commsim compare jinyang --measure ", "neighbour_trust"),
        ("commsim --lang ", "zh"),
    ],
)
def test_completion_offers_names(typed, offered):
    words = typed.split(" ")
    env = {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    assert offered in [line.partition(",")[2] for line in shell(env=env).stdout.splitlines()]


# -- quick starts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "env"),
    [
        ("import commsim", {}),
        ("from commsim.cli import main; main(['--help'], standalone_mode=False)", {}),
        ("from commsim.cli import main; main(['run', '--help'], standalone_mode=False)", {}),
        ("from commsim.cli import main; main([])",
         {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": "commsim run jinyang --policy ", "COMP_CWORD": "4"}),
        ("from commsim.cli import main; main([])",
         {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": "commsim compare jinyang --measure ", "COMP_CWORD": "4"}),
    ],
)  # fmt: skip
def test_nothing_heavy_is_loaded_to_help_or_to_complete(command, env):
    """Seconds depend on the computer; what is loaded does not."""
    told = "import atexit, sys; atexit.register(lambda: print('loaded', *sys.modules, file=sys.stderr)); "
    done = subprocess.run([sys.executable, "-c", told + command], env={**os.environ, **env}, capture_output=True,
                          text=True, check=True)  # fmt: skip
    loaded = set(done.stderr.split("loaded ")[1].split())
    assert "commsim" in loaded
    assert loaded & {"numpy", "numba", "mesa", "pandas", "scipy", "matplotlib", "pydantic", "ruamel.yaml"} == set()
