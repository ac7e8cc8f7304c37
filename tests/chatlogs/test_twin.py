"""A twin: levers found through the simulator, the file that is written, and the command."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from commsim import cli, scenarios
from commsim.chatlogs import matching
from commsim.chatlogs.fitting import SOURCE, Estimate, NotIdentifiable
from commsim.chatlogs.simulated import live_and_log, write_native
from commsim.chatlogs.twin import twin
from commsim.engine import prepare
from commsim.errors import UserError
from commsim.rules import OnlineGroup
from commsim.words import LANGUAGES, choose_language, say

PEOPLE, DAYS, WORLDS = 400, 90, 64
TRUTH = {"mu": 1.6, "u": 0.2}


@pytest.fixture(autouse=True)
def english(monkeypatch, tmp_path):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield
    choose_language(None)


def place():
    """The template's estate, but small and young."""
    found = scenarios.load("blank").place()
    return replace(found, people=PEOPLE, households=150, burn_in=365)


@pytest.fixture(scope="module")
def log():
    state = prepare(place(), 3)
    state.base = replace(state.base, x=state.base.x._replace(**TRUTH))
    return live_and_log(state, (OnlineGroup(poster=0.6),), DAYS, group=0)


@pytest.fixture(scope="module")
def made(log):
    return twin(log, people=PEOPLE, worlds=WORLDS)


def test_levers_are_found_through_the_simulator(log):
    found = {e.name: e for e in matching.match(log, place(), worlds=WORLDS).found}
    assert set(found) == set(matching.WIDTHS)
    for name, truth in {**TRUTH, "p_b": 0.6}.items():
        assert found[name].low / 1.5 < truth < found[name].high * 1.5
        assert found[name].low < found[name].value < found[name].high


def test_what_the_log_tells_says_so_with_its_range_and_the_rest_stays(made, tmp_path):
    file = tmp_path / "twin.yaml"
    file.write_text(made.text, encoding="utf-8")
    mine, blank = scenarios.load(file), scenarios.load("blank")
    figures = {n.path: n for n in mine.numbers()}
    told = {e.name: e for e in made.found if isinstance(e, Estimate)}
    assert {"u", "view_hours"} <= set(made.set)
    for name in set(made.set) - {"p_b"}:
        figure = figures[f"settings.{name}"]
        assert figure.source == SOURCE and figure.low <= figure.value <= figure.high
        assert figure.value == pytest.approx(told[name].value, rel=1e-3)
        assert getattr(mine.settings().x, name) == figure.value
    for e in made.found:
        if isinstance(e, NotIdentifiable) and e.name in blank.settings().x._fields and e.name != "p_b":
            assert getattr(mine.settings().x, e.name) == getattr(blank.settings().x, e.name)
    assert figures["rules.chat_group.poster"].source == (SOURCE if "p_b" in made.set else "parameter p_b")
    assert mine.scale().people == PEOPLE and mine.settings().x.group_members == made.members > 0


def test_the_head_says_in_both_languages_what_the_log_could_not_tell(made):
    head = made.text.split("\nid:")[0]
    assert "b" in {e.name for e in made.found if isinstance(e, NotIdentifiable)}
    for lang in LANGUAGES:
        assert f"#   b: {say('fitting.reason.no_ties', lang)}" in head
    assert "commsim new from" not in head


def test_nobody_is_named_in_the_file(made, log):
    assert not [member for member in log.members if member in made.text]


def test_the_same_log_gives_the_same_file(made, log):
    assert twin(log, people=PEOPLE, worlds=WORLDS).text == made.text


def test_a_source_from_the_log_can_be_read_in_both_languages():
    assert scenarios.source_in_words(SOURCE, "zh") == "来自聊天记录"
    assert scenarios.source_in_words(SOURCE, "en") == "from the log"


def test_without_joins_and_without_a_count_of_members_levers_stay(log):
    bare = replace(log, joined=np.full(len(log.members), np.nan), carries=frozenset({"kind", "reply_to"}))
    found = {e.name: e for e in matching.match(bare, place(), worlds=WORLDS).found}
    assert {e.reason for e in found.values()} == {"no_members"}
    counted = {e.name: e for e in matching.match(bare, place(), members=len(log.members), worlds=WORLDS).found}
    assert isinstance(counted["mu"], Estimate) and counted["p_b"] == NotIdentifiable("p_b", "no_joins")


def test_lines_and_levers_are_each_others_way_back():
    for name in matching.WIDTHS:
        for value in (0.05, 0.3, 0.9):
            assert matching.from_line(name, matching.to_line(name, value)) == pytest.approx(value)


# --- the command


def tell(*args):
    return CliRunner().invoke(cli.main, [str(a) for a in args])


def test_twin_writes_a_scenario_that_can_be_compared(log, tmp_path):
    write_native(log, tmp_path / "group.csv")
    out = tmp_path / "ours.yaml"
    done = tell("twin", tmp_path / "group.csv", "--people", PEOPLE, "--members", 150, "--worlds", WORLDS, "--out", out,
                "--json")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["people"] == PEOPLE and told["path"] == str(out) and "mu" in told["estimates"]
    assert told["unknown"]["p_b"] == "no_joins"
    again = tell("compare", out, "before", "after", "--days", 10, "--worlds", 2, "--jobs", 1, "--json")
    assert again.exit_code == 0, again.stderr
    refused = tell("twin", tmp_path / "group.csv", "--out", out)
    assert refused.exit_code != 0 and isinstance(refused.exception, UserError | SystemExit)


@pytest.mark.parametrize("args, key", [
    (["--out", "x.txt"], "out_ending"), (["--people", "5"], "value_out_of_range"),
    (["--people", "50", "--members", "60", "--out", "x.yaml"], "twin_members"),
    (["--scenario", "blanck", "--out", "x.yaml"], "scenario_unknown"), (["--out", "群.yaml"], "bad_id"),
])  # fmt: skip
def test_mistakes_are_told_before_the_log_is_read(args, key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.main, ["twin", "nothing.csv", *args], standalone_mode=False)
    assert isinstance(done.exception, UserError) and done.exception.key == key
    assert not list(tmp_path.glob("*.yaml"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_shows_examples(lang):
    said = tell("--lang", lang, "twin", "--help").stdout
    assert said.count("commsim twin") >= 3 and "--members" in said


@pytest.mark.slow
def test_intervals_cover_in_a_small_recovery_study():
    from commsim.experiments import recovery

    back = recovery.study(logs=9, worlds=WORLDS)
    found = {(row["way"], row["name"]): row for row in recovery.rows(back, recovery.RIGHT)}
    assert found["matched", "mu"]["identified"] >= 5
    assert found["matched", "mu"]["high"] > 0.8 and found["matched", "p_b"]["high"] > 0.8
    for lang in LANGUAGES:
        assert len(recovery.table(back, recovery.RIGHT, lang).splitlines()) == 2 + len(found)
