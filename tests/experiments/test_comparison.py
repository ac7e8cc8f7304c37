"""Comparing: the question, the stopping rule, failures, the ledger, any number of processes."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
import scripted

from commsim.errors import UserError
from commsim.experiments import compare, comparison, progress_on, statistics
from commsim.experiments.comparison import BATCH, PILOT, PRIMARY
from commsim.measures.table import MEASURES, STRATA

HERE = Path(__file__).parent
TWO = ["before", "jinyang_2016"]
THREE = [*TWO, "online_groups"]


def of(engine="run_world", policies=TWO, **more):
    asked = {"scale": "courtyard", "days": 30, "jobs": 1, "run_world": f"scripted:{engine}"} | more
    return compare("jinyang", policies, **asked)


def rows(path, what="*"):
    file = sqlite3.connect(path)
    found = file.execute(f"SELECT {what} FROM runs ORDER BY world, policy").fetchall()
    file.close()
    return found


# the question


@pytest.mark.parametrize("key, policies, more", [
    ("compare_needs_two", ["before"], {}),
    ("compare_needs_two", "before", {}),
    ("compare_needs_two", [], {}),
    ("compare_same_twice", ["before", "before"], {}),
    ("compare_same_twice", ["before", "jinyang_2016", "before"], {}),
    ("policy_unknown", ["before", "online_group"], {}),
    ("scale_unknown", TWO, {"scale": "court"}),
    ("compare_below_one", TWO, {"days": 0}),
    ("compare_below_one", TWO, {"days": -3}),
    ("compare_below_one", TWO, {"worlds": 0}),
    ("compare_below_one", TWO, {"worlds_most": 0}),
    ("compare_below_one", TWO, {"jobs": 0}),
    ("compare_below_one", TWO, {"worlds": 2.5}),
])  # fmt: skip
def test_a_mistaken_question_is_answered_with_the_mistake(tmp_path, key, policies, more):
    ledger = tmp_path / "runs.sqlite"
    with pytest.raises(UserError) as caught:
        of(policies=policies, **{"ledger": ledger, **more})
    assert caught.value.key == key
    assert not ledger.exists()
    assert caught.value.text("zh") != caught.value.text("en")


def test_the_nearest_policy_is_named():
    with pytest.raises(UserError) as caught:
        of(policies=["before", "online_group"])
    assert caught.value.facts["nearest"] == "online_groups"


# the answer


def test_the_table_agrees_with_statistics_over_the_scripted_worlds():
    found = of(worlds=9, policies=THREE)
    assert (found.worlds, found.stopped_because, found.lived) == (9, "fixed", 27)
    assert set(found.measures) == set(MEASURES)
    for name, m in MEASURES.items():
        column = {p: [scripted.outcome(p, w, 30)["measures"][name] for w in range(1, 10)] for p in THREE}
        for policy in THREE[1:]:
            cell = found.measures[name]["by_policy"][policy]
            assert {k: cell[k] for k in ("n", "diff", "low", "high", "p")}.items() <= statistics.paired(
                column["before"], column[policy]).items()  # fmt: skip
            assert cell["correlation"] == statistics.correlation(column["before"], column[policy])
            assert (cell["p_holm"] >= cell["p"]) if m.primary else (cell["p_holm"] == cell["p"])
            assert cell["verdict"] == statistics.verdict(cell, cell["p_holm"], m.delta, m.better)
        assert found.measures[name]["exploratory"] != m.primary
    assert found.measures["project_days"]["by_policy"]["jinyang_2016"]["n"] == 6
    assert found.measures["project_days"]["reference"]["policy"] == "before"


def test_verdicts_follow_the_scripted_effects_in_each_measures_direction():
    found = of(policies=THREE)
    for name in PRIMARY:
        cells = found.measures[name]["by_policy"]
        assert cells["jinyang_2016"]["verdict"] == "better"
        assert (cells["jinyang_2016"]["diff"] > 0) == (MEASURES[name].better > 0)
        assert cells["online_groups"]["verdict"] == "same"
        assert cells["jinyang_2016"]["share_better"] == 1.0
        assert cells["jinyang_2016"]["correlation"] > 0.8


def test_holm_runs_over_policies_times_primary_measures():
    found = of(worlds=5, policies=THREE)
    family = [found.measures[n]["by_policy"][p] for n in PRIMARY for p in THREE[1:]]
    assert [f["p_holm"] for f in family] == statistics.holm([f["p"] for f in family])
    assert min(f["p_holm"] / f["p"] for f in family) >= 1
    assert max(f["p_holm"] / f["p"] for f in family) == pytest.approx(len(family))


def test_strata_series_results_projects_and_replies():
    found = of(worlds=11, days=400)
    assert {s: set(g) for s, g in found.strata.items()} == {s: set(g) for s, g in STRATA.items()}
    name = "neighbour_trust"
    outcomes = {p: [scripted.outcome(p, w, 400) for w in range(1, 12)] for p in TWO}
    column = {p: [o["strata"]["age"]["elder"][name] for o in outcomes[p]] for p in TWO}
    cell = found.strata["age"]["elder"][name]["jinyang_2016"]
    assert cell["diff"] == statistics.paired(column["before"], column["jinyang_2016"])["diff"]
    assert "p" not in cell and "verdict" not in cell
    assert list(found.results) == ["365", "400"]
    assert found.series["day"][:2] == [0, 7] and found.series["day"][-1] == 400
    band = found.series["by_policy"]["before"][name]
    assert len(band["median"]) == len(found.series["day"])
    last = sorted(o["measures"][name] for o in outcomes["before"])
    ends = [band[line][-1] for line in ("low", "median", "high")]
    assert ends == pytest.approx([last[1], last[5], last[9]])
    assert found.projects["before"][0]["versions"] == 1 and found.projects_world == 1
    assert len(found.replies["before"]["hours"]) == 20 * 11
    curve = found.reply_curve["by_policy"]["before"]["unanswered"]
    assert curve[0] == 1.0 and all(a >= b for a, b in pairwise(curve) if b is not None)


def test_replies_are_pooled_from_as_many_worlds_as_memory_allows(monkeypatch):
    monkeypatch.setattr(comparison, "REPLIES_MOST", 50)
    found = of(worlds=6)
    assert found.replies["before"]["worlds"] == 2 and len(found.replies["before"]["hours"]) == 40


def test_as_data_is_json_with_what_the_commands_promise():
    data = json.loads(json.dumps(of(worlds=3).as_data(), allow_nan=False))
    assert {"scenario", "scale", "days", "policies", "worlds", "stopped_because", "measures"} <= set(data)
    for measure in data["measures"].values():
        assert {"unit", "delta", "primary", "harm", "by_policy"} <= set(measure)
        assert set(measure["by_policy"]) == {"jinyang_2016"}
        assert {"mean", "diff", "low", "high", "share_better", "share_low", "share_high", "correlation",
                "verdict"} <= set(measure["by_policy"]["jinyang_2016"])  # fmt: skip


def test_one_world_gives_differences_without_intervals():
    found = of(worlds=1)
    cell = found.measures["coverage"]["by_policy"]["jinyang_2016"]
    assert cell["diff"] > 0 and cell["low"] is None and cell["verdict"] == "cannot_tell"


def test_where_the_reference_stands_does_not_depend_on_the_order_of_the_others():
    one, other = of(worlds=4, policies=THREE), of(worlds=4, policies=[THREE[0], THREE[2], THREE[1]])
    for name in MEASURES:
        for policy in THREE[1:]:
            assert one.measures[name]["by_policy"][policy] == other.measures[name]["by_policy"][policy]


# how many worlds


def test_the_pilot_is_enough_when_it_is_precise():
    assert (of().worlds, of().stopped_because) == (PILOT, "precise")


def test_batches_follow_until_every_primary_measure_is_precise():
    found = of("middling")
    assert found.stopped_because == "precise" and found.worlds > PILOT and found.worlds % BATCH == 0
    assert all(half_width(found, name) <= MEASURES[name].delta / 2 for name in PRIMARY)
    earlier = of("middling", worlds=found.worlds - BATCH)
    assert any(half_width(earlier, name) > MEASURES[name].delta / 2 for name in PRIMARY)


def half_width(found, name):
    cell = found.measures[name]["by_policy"]["jinyang_2016"]
    return (cell["high"] - cell["low"]) / 2


def test_significance_does_not_stop_it():
    found = of("noisy", worlds_most=45)
    assert (found.worlds, found.stopped_because) == (45, "limit")
    pilot = of("noisy", worlds=PILOT)
    assert all(pilot.measures[n]["by_policy"]["jinyang_2016"]["p_holm"] < 1e-4 for n in PRIMARY)


def test_no_effect_is_said_to_be_the_same_and_does_not_run_on():
    found = of("no_effect")
    assert (found.worlds, found.stopped_because) == (PILOT, "precise")
    assert all(found.measures[n]["by_policy"]["jinyang_2016"]["verdict"] == "same" for n in PRIMARY)


def test_a_limit_below_the_pilot_is_kept():
    assert (of("noisy", worlds_most=7).worlds, of("noisy", worlds_most=7).stopped_because) == (7, "limit")


@pytest.mark.parametrize("jobs", [2, 25])
def test_the_number_of_processes_changes_nothing(monkeypatch, jobs):
    here = of("middling")
    spread = comparison.spread
    monkeypatch.setattr(comparison, "spread", lambda tasks, jobs: spread(tasks[::-1], 2))
    there = of("middling", jobs=jobs)
    assert json.dumps(here.as_data()) == json.dumps(there.as_data())


# failures


def test_a_failed_run_is_kept_with_its_error_and_left_out(tmp_path):
    ledger = tmp_path / "runs.sqlite"
    notes = []
    asked = {"policies": THREE, "worlds": 4, "ledger": ledger}
    found = of("fails_in_world_two", **asked, progress=lambda *told: notes.append(told[3]))
    assert found.failed == [{"policy": "jinyang_2016", "world": 2,
                             "error": "ZeroDivisionError: nobody was there to ask"}]  # fmt: skip
    assert any("nobody was there to ask" in note for note in notes)
    assert found.measures["coverage"]["by_policy"]["jinyang_2016"]["n"] == 3
    assert found.measures["coverage"]["by_policy"]["online_groups"]["n"] == 4
    errors = {(w, p): e for w, p, e in rows(ledger, "world, policy, error") if e}
    assert set(errors) == {(2, "jinyang_2016")} and "Traceback" in errors[2, "jinyang_2016"]


def test_a_failed_run_is_retried_only_on_request(tmp_path, monkeypatch):
    ledger = tmp_path / "runs.sqlite"
    asked = {"engine": "fails_while_told_to", "worlds": 2, "ledger": ledger}
    of(**asked)
    monkeypatch.setenv("COMMSIM_TEST_FAIL", "1")
    first = of(**{**asked, "worlds": 3})
    assert [(f["policy"], f["world"]) for f in first.failed] == [("before", 3), ("jinyang_2016", 3)]
    monkeypatch.delenv("COMMSIM_TEST_FAIL")
    again = of(**{**asked, "worlds": 3})
    assert again.lived == 0 and len(again.failed) == 2
    retried = of(**{**asked, "worlds": 3}, retry=True)
    assert retried.lived == 2 and retried.failed == []
    assert all(error is None for (error,) in rows(ledger, "error"))


def test_a_policy_that_never_works_is_an_error():
    with pytest.raises(UserError) as caught:
        of("never_works", worlds=3)
    assert caught.value.key == "compare_all_failed"
    assert "jinyang_2016" in str(caught.value) and "nobody was there" in str(caught.value)


def test_a_number_that_is_none_is_a_failed_run():
    found = of("not_finite", worlds=3)
    assert [(f["policy"], f["world"]) for f in found.failed] == [("jinyang_2016", 1)]
    assert found.projects_world == 2


def test_a_worker_that_is_ended_by_the_system_is_explained(tmp_path):
    with pytest.raises(UserError) as caught:
        of("dies", worlds=4, jobs=2, ledger=tmp_path / "runs.sqlite")
    assert caught.value.key == "compare_worker_died"
    assert of("run_world", worlds=2, jobs=2).worlds == 2  # and the next comparison has new workers


def test_a_scenario_that_changed_under_a_worker_is_refused(tmp_path):
    shipped = Path(comparison.__file__).parents[1] / "scenarios/jinyang.yaml"
    mine = tmp_path / "mine.yaml"
    mine.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    from commsim.scenarios import load

    loaded = load(mine)
    asked = {"scale": "courtyard", "days": 30, "worlds": 4, "run_world": "scripted:run_world"}
    assert compare(loaded, TWO, jobs=2, **asked).worlds == 4
    text = mine.read_text(encoding="utf-8")
    text = text.replace("renter_share: {value: 0.45", "renter_share: {value: 0.46")
    mine.write_text(text, encoding="utf-8")
    assert load(mine).digest != loaded.digest
    assert compare(loaded, TWO, jobs=1, **asked).worlds == 4  # in this process nothing is read again
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)  # workers that have not yet read the scenario
    with pytest.raises(UserError) as caught:
        compare(loaded, TWO, jobs=2, **asked)
    assert caught.value.key == "compare_scenario_changed"
    assert "mine.yaml" in str(caught.value)


# the ledger


def test_fresh_or_from_the_ledger_the_table_is_the_same_and_nothing_is_lived_twice(tmp_path, monkeypatch):
    ledger, count = tmp_path / "runs.sqlite", tmp_path / "lived.txt"
    monkeypatch.setenv("COMMSIM_TEST_COUNT", str(count))
    asked = {"engine": "counted", "worlds": 6, "ledger": ledger}
    fresh = of(**asked)
    stamps = rows(ledger, "key, finished")
    again = of(**asked)
    assert json.dumps(fresh.as_data()) == json.dumps(again.as_data())
    assert (again.lived, again.reused) == (0, 12)
    assert rows(ledger, "key, finished") == stamps
    assert sorted(count.read_text().splitlines()) == [f"{w} before jinyang_2016" for w in range(1, 7)]
    without = of(engine="counted", worlds=6)
    assert json.dumps(without.as_data()) == json.dumps(fresh.as_data())


def test_one_process_or_two_the_engine_gives_the_same_table():
    asked = {"scale": "courtyard", "days": 14, "worlds": 3}
    one, two = (compare("jinyang", TWO, jobs=jobs, **asked).as_data() for jobs in (1, 2))
    assert json.dumps(one) == json.dumps(two)


def test_a_worker_with_another_model_is_refused(monkeypatch):
    monkeypatch.setattr(comparison, "model_version", lambda: "0.0+elsewhere")
    with pytest.raises(UserError) as caught:
        of(worlds=4, jobs=2)
    assert caught.value.key == "compare_model_changed" and "0.0+elsewhere" in str(caught.value)


def test_only_what_is_missing_is_lived(tmp_path, monkeypatch):
    ledger, count = tmp_path / "runs.sqlite", tmp_path / "lived.txt"
    monkeypatch.setenv("COMMSIM_TEST_COUNT", str(count))
    of("counted", worlds=3, ledger=ledger)
    more = of("counted", policies=THREE, worlds=4, ledger=ledger)
    new = [*(f"{world} online_groups" for world in (1, 2, 3)), f"4 {' '.join(THREE)}"]
    assert count.read_text().splitlines()[3:] == new
    assert (more.lived, more.reused) == (6, 6)
    of("counted", worlds=1, days=31, ledger=ledger)
    assert len(rows(ledger)) == 14


def test_ctrl_c_keeps_what_was_finished_and_says_how_to_go_on(tmp_path, capsys):
    ledger = tmp_path / "runs.sqlite"
    with pytest.raises(KeyboardInterrupt):
        of("interrupted", worlds=6, ledger=ledger)
    said = capsys.readouterr().err
    assert str(ledger) in said and "6" in said
    assert [w for (w,) in rows(ledger, "DISTINCT world")] == [1, 2, 3]
    with pytest.raises(KeyboardInterrupt):
        of("interrupted", worlds=6)
    assert "--ledger" in capsys.readouterr().err


# a real process, really killed

COMPARE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from commsim.experiments import compare, progress_on
if __name__ == "__main__":
    found = compare("jinyang", ["before", "jinyang_2016"], scale="courtyard", progress=progress_on(),
                    ledger=sys.argv[2], **json.loads(sys.argv[3]))
    print(json.dumps([found.as_data(), found.lived, found.reused]))
"""


def start(ledger, asked):
    return subprocess.Popen([sys.executable, "-c", COMPARE, str(HERE), str(ledger), json.dumps(asked)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)  # fmt: skip


def finish(ledger, asked):
    out, err = (running := start(ledger, asked)).communicate(timeout=900)  # the first one may compile
    assert running.returncode == 0, err
    return json.loads(out)


def group_is_gone(group, within=10.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def committed(ledger):
    if not ledger.exists():
        return {}
    file = sqlite3.connect(ledger, timeout=20)
    try:
        return dict(file.execute("SELECT key, finished FROM runs").fetchall())
    except sqlite3.OperationalError:  # killed before the tables were there
        return {}
    finally:
        file.close()


def killed_and_resumed(tmp_path, asked, moments, whole_group):
    """The tables of an undisturbed run and of one killed after so many committed runs, and its counts."""
    undisturbed, *_ = finish(tmp_path / "undisturbed.sqlite", asked)
    ledger = tmp_path / "killed.sqlite"
    seen = {}
    for runs in moments:
        running = start(ledger, asked)
        try:
            until = time.monotonic() + 120
            while len(committed(ledger)) < runs and running.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
            assert running.poll() is None, running.communicate()
        finally:
            if whole_group:
                os.killpg(running.pid, signal.SIGKILL)
            else:
                running.kill()
            running.wait()
            running.stdout.close()
            running.stderr.close()
        assert group_is_gone(running.pid), "workers live on after their parent"
        now = committed(ledger)
        assert len(now) >= max(runs, len(seen)) and seen.items() <= now.items()
        seen = now
    resumed, lived, reused = finish(ledger, asked)
    assert seen.items() <= committed(ledger).items()
    assert reused == len(seen)
    assert lived == len(committed(ledger)) - len(seen) > 0
    return undisturbed, resumed


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("whole_group", [True, False])
def test_kill_9_at_random_moments_and_resume_gives_the_same_table(tmp_path, whole_group):
    import random

    asked = {"days": 30, "jobs": 2, "run_world": "scripted:slow"}
    moments = sorted(random.sample(range(0, 32), 3))
    undisturbed, resumed = killed_and_resumed(tmp_path, asked, moments, whole_group)
    assert json.dumps(undisturbed) == json.dumps(resumed), moments


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_kill_9_with_the_real_engine_and_resume_gives_the_same_table(tmp_path):
    import random

    asked = {"days": 20, "worlds": 8, "jobs": 2}
    moments = sorted(random.sample(range(0, 13), 2))
    undisturbed, resumed = killed_and_resumed(tmp_path, asked, moments, whole_group=True)
    assert json.dumps(undisturbed) == json.dumps(resumed), moments
    assert undisturbed["people"] > 100 and not undisturbed["failed"]
    trust = undisturbed["measures"]["neighbour_trust"]["by_policy"]["jinyang_2016"]
    assert trust["n"] == 8 and trust["low"] < trust["high"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_on_the_terminal_stops_the_workers(tmp_path):
    ledger = tmp_path / "runs.sqlite"
    running = start(ledger, {"days": 30, "jobs": 2, "worlds": 2000, "run_world": "scripted:slow"})
    while len(committed(ledger)) < 6:
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)  # a terminal sends it to the whole group
    out, err = running.communicate(timeout=20)
    assert running.returncode not in (0, None) and not out
    assert str(ledger) in err
    assert group_is_gone(running.pid)
    assert len(committed(ledger)) >= 6
    assert not Path(f"{ledger}.lock").exists()


# progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_counts_worlds_and_estimates_the_time_left():
    told = []
    of(worlds=5, progress=lambda *a: told.append(a))
    assert [t[0] for t in told] == [0, 1, 2, 3, 4, 5] and {t[1] for t in told} == {5}
    assert told[0][2] is None and told[-1][2] == 0
    assert all(t[2] > 0 for t in told[1:-1])


def test_progress_in_a_file_is_a_line_every_ten_seconds():
    now, paper = [0.0], io.StringIO()
    tell = progress_on(paper, "en", clock=lambda: now[0])
    for done in range(101):
        now[0] = done * 1.0
        tell(done, 100, 100.0 - done, "pilot")
    lines = paper.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[0] == "0 of 100 worlds (pilot), about 2 min left"
    assert lines[-1] == "100 of 100 worlds (pilot)"


def test_progress_on_a_terminal_is_one_live_line():
    now, screen = [0.0], Terminal()
    tell = progress_on(screen, "zh", clock=lambda: now[0])
    for done in range(11):
        now[0] = done * 1.0
        tell(done, 10, 10.0 - done, "先试一批")
    assert screen.getvalue().count("\n") == 1 and screen.getvalue().count("\r") == 11
    assert "已完成 5/10 个世界（先试一批），约剩 5 秒" in screen.getvalue()
