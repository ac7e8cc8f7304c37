"""One world is one world: in one process and in two, compiled or not, on any supported Python."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import lived
import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("lived.py")


@pytest.fixture(scope="module")
def here():
    """A community that lived in this process."""
    return lived.live()


def elsewhere(python=sys.executable, arguments=None, **environment):
    """The digests of the same community in another process."""
    ran = subprocess.run([str(python), str(SCRIPT), json.dumps(arguments or {})], text=True, check=False,
                         capture_output=True, env={**os.environ, **environment})  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_enough_happens_for_sameness_to_mean_something(here):
    state, seats = here.state, here.state.groups.rows
    assert state.messages.count[0] > 100 and state.cases.count[0] > 20 and state.groups.count[0] > 5
    assert (seats.kind[: state.groups.count[0]] == 0).any() and (seats.kind[: state.groups.count[0]] == 1).any()
    assert state.people.tenancy.sum() > 0 and state.ties.evicted[0] > 0
    assert any(g["held"] for g in state.gatherings.past) and not all(g["held"] for g in state.gatherings.past)
    assert {"passed", "failed", "restarted"} <= {s["result"] for p in state.projects.all for s in p.steps}
    assert state.office.grievances.sum() > 0 and state.office.officials["worked"].sum() > 0


def test_twice_in_one_process(here):
    again = lived.live()
    assert lived.different(lived.tables(here.state), lived.tables(again.state)) == []
    assert lived.stories(here.state) == lived.stories(again.state)
    assert here.series == again.series


def test_two_policies_from_one_start_are_as_good_as_two_starts(here):
    """The start of a world is computed once and copied: the copy owes nothing to the first run."""
    start = lived.prepare(lived.place(), 1)
    lived.run(start.copy(), (), 20)
    again = lived.run(start.copy(), lived.all_rules(), lived.DAYS)
    assert lived.different(lived.digests(here.state), lived.digests(again.state)) == []


def test_another_world_is_another_world(here):
    other = lived.live(world=2)
    changed = set(lived.different(lived.tables(here.state), lived.tables(other.state)))
    assert {"people.trust", "ties.u", "messages.time", "cases.person", "doors.seats"} <= changed


def test_in_another_process(here):
    assert lived.different(lived.digests(here.state, here.series), elsewhere()) == []


def test_as_ordinary_python(here):
    """The same numbers to the last bit without compiling."""
    assert lived.different(lived.digests(here.state, here.series), elsewhere(NUMBA_DISABLE_JIT="1")) == []


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_on_another_python(here, version):
    """As ordinary Python, which needs no compiling there; compiled, see below."""
    python = another(version)
    told = elsewhere(python, NUMBA_DISABLE_JIT="1")
    assert lived.different(lived.digests(here.state, here.series), told) == []


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_compiled_on_another_python(here, version):
    """Minutes, when that Python has to compile first."""
    assert lived.different(lived.digests(here.state, here.series), elsewhere(another(version))) == []


def another(version):
    """The interpreter of that version; skips where it would be this one or cannot run commsim."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip("this is the Python that runs the tests")
    python = with_commsim(f"python{version}")
    if python is None:
        pytest.skip(f"no python{version} on the PATH can import commsim and numba")
    return python


def with_commsim(name):
    """The interpreter of that name if it can run this very commsim, else None."""
    python = shutil.which(name)
    asked = "import numba, commsim; print(commsim.__file__)"
    if python:
        ran = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
        if ran.returncode == 0 and Path(ran.stdout.strip()).samefile(sys.modules["commsim"].__file__):
            return python
    return None


def test_what_numpy_draws_elsewhere_is_nothing_to_us(here):
    """The global generators of NumPy and Python are neither read nor needed."""
    import random

    before = np.random.get_state()[1].tolist(), random.getstate()
    lived.live(days=3)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before
    np.random.seed(5)
    random.seed(5)
    again = lived.live()
    assert lived.different(lived.digests(here.state), lived.digests(again.state)) == []
