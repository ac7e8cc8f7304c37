"""Studies on a Dask cluster: the table of one computer to the last bit, whoever dies on the way."""

import functools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import bending
import pytest
from click.testing import CliRunner

import commsim
from commsim import cli
from commsim.errors import UserError
from commsim.experiments import cluster, compare, on_cluster, screen, validate
from commsim.words import LANGUAGES, choose_language

HERE = Path(__file__).parent
TWO = ["before", "jinyang_2016"]


def of(engine="scripted:slow", **more):
    asked = {"scale": "courtyard", "days": 30, "worlds": 30, "run_world": engine} | more
    return compare("jinyang", TWO, **asked)


def table(comparison):
    return json.dumps(comparison.as_data())


def kept(ledger):
    """Of each run in the ledger: what it is, and what came of it but for the seconds it took."""
    file = sqlite3.connect(ledger)
    rows = file.execute("SELECT key, world, policy, outcome, error FROM runs ORDER BY world, policy").fetchall()
    file.close()
    return rows


def fails_with(key, study, **facts):
    with pytest.raises(UserError) as caught:
        study()
    assert caught.value.key == key, caught.value
    assert facts.items() <= caught.value.facts.items()
    assert len({caught.value.text(lang) for lang in LANGUAGES}) == 2


@pytest.fixture
def start(tmp_path):
    pytest.importorskip("distributed", reason="distributed is missing (pip install '.[test]')")
    if os.name != "posix":
        pytest.skip("workers are killed with signals in these tests")
    from machines import Machines

    started = []

    def starter(workers=2, **environment):
        started.append(Machines(tmp_path, **environment))
        for _ in range(workers):
            started[-1].worker()
        return started[-1]

    yield starter
    for machines in started:
        machines.end()


# the same numbers


@pytest.mark.parametrize("engine, asked", [
    ("scripted:slow", {"worlds": None}),
    ("commsim.engine:run_world", {"worlds": 12}),
])  # fmt: skip
def test_two_workers_one_killed_on_the_way_give_the_local_table_and_ledger(start, tmp_path, engine, asked):
    machines = start()
    done = []

    def kill_one(count, *_):
        done.append(count)
        if count == 5 and machines.workers[0].poll() is None:
            machines.workers[0].kill()

    here = of(engine, jobs=1, ledger=tmp_path / "here.sqlite", **asked)
    with on_cluster(machines.address) as there:
        while there.processors() < 2:
            time.sleep(0.1)
        far = of(engine, ledger=tmp_path / "far.sqlite", progress=kill_one, **asked)
        assert there.processors() == 1
    assert (machines.workers[0].wait(5), machines.workers[1].poll()) == (-9, None)
    assert table(far) == table(here) and not far.failed
    assert done[-1] == far.worlds >= 12 and far.lived == here.lived
    one, other = kept(tmp_path / "here.sqlite"), kept(tmp_path / "far.sqlite")
    assert [row[:3] for row in one] == [row[:3] for row in other]
    if engine.startswith("scripted"):  # the engine's outcomes tell how many seconds they took
        assert one == other
    again = of(engine, jobs=1, ledger=tmp_path / "far.sqlite", **asked)
    assert table(again) == table(here) and again.lived == 0


def test_validation_and_sensitivity_are_the_same_on_a_cluster(start):
    machines = start()
    looked = functools.partial(validate, worlds=10, draws=6, table="made_up_patterns:PATTERNS")
    screened = functools.partial(screen, "jinyang", "before", "courtyard", 30, ["acquaintances"], trajectories=4,
                                 ranges={"alpha": (0.0, 1.0), "m": (0.0, 0.5)}, run_world="bending:plain")  # fmt: skip
    here = looked(jobs=1), screened(jobs=1)
    with on_cluster(machines.address):
        assert (looked(), screened()) == here
    assert here[1]["measures"]["acquaintances"]["effects"][0]["mu"] == pytest.approx(bending.SLOPES["alpha"])


@pytest.mark.slow
def test_a_worker_that_comes_late_gets_work(start, tmp_path):
    machines = start(1)

    def one_more(done, *_):
        if done == 1 and len(machines.workers) == 1:
            machines.worker()
        if done > 1 and there.processors() == 2:
            machines.workers[0].kill()

    with on_cluster(machines.address) as there:
        far = of(worlds=150, progress=one_more)
    assert machines.workers[0].wait(5) == -9
    assert table(far) == table(of(worlds=150, jobs=2))


# what goes wrong


def test_nobody_answers(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    for address in ("tcp://127.0.0.1:9", "127.0.0.1:9", "nonsense", "http://127.0.0.1:9", "tcp://nobody.invalid:8786"):
        with on_cluster(address):
            fails_with("cluster_no_scheduler", of, place=address)


def test_nobody_works_there(start, monkeypatch):
    monkeypatch.setattr(cluster, "WORKERS_PATIENCE", 0.5)
    machines = start(0)
    with on_cluster(machines.address):
        fails_with("cluster_no_workers", of, place=machines.address)


def copied(tmp_path, replace):
    folder = tmp_path / "other" / "commsim"
    shutil.copytree(Path(commsim.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, words in replace.items():
        (folder / name).write_text(words + (folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder.parent


def test_a_worker_with_another_model_is_refused_before_anything_is_lived(start, tmp_path):
    machines = start(0)
    machines.worker(copied(tmp_path, {"clock.py": "# another model\n"}))
    with on_cluster(machines.address):
        fails_with("cluster_model", lambda: of(ledger=tmp_path / "runs.sqlite"))
    assert machines.workers[0].poll() is None and not (tmp_path / "runs.sqlite").exists()


@pytest.mark.slow
def test_a_worker_with_another_model_that_comes_late_is_refused_too(start, tmp_path):
    machines = start(1)
    other = copied(tmp_path, {"clock.py": "# another model\n"})

    def one_more(done, *_):
        if done == 1 and len(machines.workers) == 1:
            machines.worker(other)

    with on_cluster(machines.address):
        fails_with("cluster_model", lambda: of(worlds=2000, ledger=tmp_path / "runs.sqlite", progress=one_more))
    worlds = len(kept(tmp_path / "runs.sqlite")) // 2
    assert 0 < worlds < 2000 and of(worlds=worlds, ledger=tmp_path / "runs.sqlite", jobs=1).worlds == worlds


def without_commsim(tmp_path):
    (tmp_path / "none" / "commsim").mkdir(parents=True)
    (tmp_path / "none" / "commsim" / "__init__.py").write_text("raise ImportError('not installed here')\n")
    return tmp_path / "none"


def test_a_worker_without_commsim_is_named(start, tmp_path):
    machines = start(0)
    machines.worker(without_commsim(tmp_path))
    with on_cluster(machines.address):
        fails_with("cluster_no_commsim", of)


@pytest.mark.slow
def test_a_worker_without_commsim_that_comes_late_is_left_by_its_tasks(start, tmp_path):
    machines, nowhere = start(1), without_commsim(tmp_path)

    def one_more(done, *_):
        if done == 1 and len(machines.workers) == 1:
            machines.worker(nowhere)

    with on_cluster(machines.address):
        far = of(worlds=120, progress=one_more)
    assert machines.workers[1].wait(10) is not None and "Failed to deserialize" in machines.said()
    assert table(far) == table(of(worlds=120, jobs=2))


def test_a_world_that_kills_every_worker_ends_the_study(start, tmp_path):
    machines = start(2, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    with on_cluster(machines.address):
        fails_with("cluster_workers_died", lambda: of("scripted:dies", worlds=3, ledger=tmp_path / "runs.sqlite"))


def test_a_scheduler_that_goes_away_ends_the_study_and_the_ledger_goes_on(start, tmp_path):
    machines, ledger = start(), tmp_path / "runs.sqlite"

    def end(done, *_):
        if done == 5:
            machines.scheduler.kill()

    with on_cluster(machines.address):
        fails_with("cluster_gone", lambda: of(worlds=200, ledger=ledger, progress=end), place=machines.address)
    assert 10 <= len(kept(ledger)) < 400
    again = of(worlds=30, ledger=ledger, jobs=1)
    assert again.reused >= 10 and table(again) == table(of(worlds=30, jobs=1))


STUDY = """
import sys
sys.path.insert(0, sys.argv[1])
from commsim.experiments import compare, on_cluster
with on_cluster(sys.argv[2]):
    compare("jinyang", ["before", "jinyang_2016"], scale="courtyard", days=30, worlds=2000, ledger=sys.argv[3],
            run_world="scripted:slow")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_ctrl_c_or_kill_9_leaves_the_workers_free_and_the_ledger_sound(start, tmp_path, number):
    machines, ledger = start(), tmp_path / "runs.sqlite"
    study = subprocess.Popen([sys.executable, "-c", STUDY, str(HERE), machines.address, str(ledger)],
                             stderr=subprocess.PIPE, text=True)  # fmt: skip
    while not (ledger.exists() and ledger.stat().st_size > 8192 and len(kept(ledger)) >= 10):
        assert study.poll() is None, study.communicate()
        time.sleep(0.1)
    study.send_signal(number)
    _, said = study.communicate(timeout=20)
    assert study.returncode != 0 and (number == signal.SIGKILL or str(ledger) in said)
    assert all(worker.poll() is None for worker in machines.workers)
    with on_cluster(machines.address) as there:
        until = time.monotonic() + 20
        while any(there.client.processing().values()) and time.monotonic() < until:
            time.sleep(0.1)
        assert not any(there.client.processing().values()), "the workers still do what nobody waits for"
        far = of(worlds=40, ledger=ledger)
    assert far.reused >= 10 and table(far) == table(of(worlds=40, jobs=1))


# what is asked for on the command line


@pytest.mark.parametrize("key, words", [
    ("backend_unknown", ["--backend", "desk"]),
    ("cluster_no_address", ["--backend", "dask"]),
    ("cluster_not_asked", ["--scheduler", "tcp://10.0.0.1:8786"]),
    ("cluster_not_asked", ["--backend", "local", "--scheduler", "tcp://10.0.0.1:8786"]),
    ("cluster_jobs", ["--backend", "dask", "--scheduler", "tcp://10.0.0.1:8786", "--jobs", "2"]),
])  # fmt: skip
@pytest.mark.parametrize("command", [
    ["compare", "jinyang", *TWO], ["validate"], ["sensitivity", "jinyang", "before"],
])  # fmt: skip
def test_options_that_do_not_go_together(key, words, command):
    with pytest.raises(UserError) as caught:
        cli.main([*command, *words], standalone_mode=False)
    assert caught.value.key == key
    assert len({caught.value.text(lang) for lang in LANGUAGES}) == 2


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    fails_with("cluster_missing", lambda: on_cluster("tcp://10.0.0.1:8786").__enter__(), value="dask, distributed")
    assert "commsim[cluster]" in UserError("cluster_missing", value="dask").text("en")


def test_dask_is_imported_only_when_it_is_asked_for():
    code = ("import sys; from commsim.experiments import compare, cluster; "
            "compare('jinyang', ['before', 'jinyang_2016'], scale='courtyard', days=3, worlds=2, jobs=1, "
            "run_world='scripted:run_world'); "
            "print([m for m in ('dask', 'distributed') if m in sys.modules])")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HERE)!r}); {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_commands_hand_their_worlds_to_the_cluster(start, monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    monkeypatch.setattr("commsim.experiments.validation.validate",
                        functools.partial(validate, table="made_up_patterns:PATTERNS"))  # fmt: skip
    machines = start()
    words = ["validate", "--worlds", "10", "--draws", "4", "--json"]
    here = CliRunner().invoke(cli.main, [*words, "--jobs", "1"])
    far = CliRunner().invoke(cli.main, [*words, "--backend", "dask", "--scheduler", machines.address])
    choose_language(None)
    assert far.exit_code == here.exit_code == 0 and far.stdout == here.stdout
    assert "one_at_a_time" not in far.stdout and machines.said().count("_machine_and_version") >= 1
