"""Tables of columns: what ordinary Python and kernels see is the same memory."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from commsim.columns import LINE, Table
from commsim.kernels import JIT, kernel
from commsim.state.people import PEOPLE, empty_people


@kernel
def add_up(table, more):
    total = 0.0
    for i in range(len(table)):
        table.share[i] += more
        total += table.share[i] * table.mark[i]
    return total


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 200])
def test_columns_have_their_rows_and_do_not_overlap(rows):
    table = Table(rows, {"number": "i8", "mark": "?", "share": "f8"})
    for name, value in (("number", 7), ("mark", True), ("share", 0.5)):
        assert len(table[name]) == rows and table[name].ctypes.data % LINE == 0
        table[name] = value
    assert (table.number == 7).all() and table.mark.all() and (table.share == 0.5).all()


def test_a_kernel_reads_and_writes_the_columns():
    table = Table(70, {"number": "i8", "mark": "?", "share": "f8"})
    table.mark[:3] = True
    assert add_up(table, 0.25) == 0.75
    assert (table.share == 0.25).all() and (table.number == 0).all()


def test_copies_are_equal_and_apart():
    people = empty_people(np.arange(100))
    for twin in (people.copy(), pickle.loads(pickle.dumps(people))):
        assert twin.tobytes() == people.tobytes() and twin.dtype.names == tuple(PEOPLE)
        twin.trust[5] = 1.0
        assert people.trust[5] == 0.0 and twin.tobytes() != people.tobytes()


def test_some_rows_are_a_copy_by_the_same_names():
    people = empty_people(np.arange(10))
    some = people[np.array([2, 5])]
    assert len(some) == 2 and some["household"].tolist() == some.household.tolist() == [2, 5]
    assert some[1:].household.tolist() == [5]


def test_an_unknown_column_is_an_error():
    with pytest.raises(AttributeError):
        empty_people(np.arange(3)).trusts = 1.0


LOOKED_AT = """
import importlib, pkgutil
from commsim import day, engine, state
engine.live_briefly(None, days=21)
known, bad = 0, []
for room in (day, state):
    for module in pkgutil.iter_modules(room.__path__):
        for name, thing in vars(importlib.import_module(f"{room.__name__}.{module.name}")).items():
            if getattr(thing, "targetoptions", {}).get("_nrt", True) is False:
                kinds = [str(done.signature.return_type) for done in thing.overloads.values()]
                known += bool(kinds)
                bad += [(name, kind) for kind in kinds if "rray" in kind or "Table" in kind]
print(known, bad)
"""


@pytest.mark.slow
@pytest.mark.skipif(not JIT, reason="nothing is compiled")
def test_kernels_without_owners_return_no_array(tmp_path):
    """An array that such a kernel returned would be freed while somebody holds it.  Compiles everything afresh."""
    env = {**os.environ, "COMMSIM_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LOOKED_AT], env=env, capture_output=True, text=True, check=True)
    known, bad = done.stdout.split(maxsplit=1)
    assert int(known) > 60 and bad.strip() == "[]"
