"""Memory does not grow: communities that were built, lived in and dropped in one process leave nothing behind.

``benchmarks/soak.py`` does the same in fresh processes, under other versions of Mesa too.
"""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("psutil", reason="psutil is not installed (pip install '.[test]')")
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "soak.py"
MOST = 20.0  # MB


@pytest.fixture(scope="module")
def soak():
    spec = importlib.util.spec_from_file_location("soak", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.soak


@pytest.mark.parametrize("touched", [False, True], ids=["untouched", "touched"])
def test_two_hundred_communities_grow_memory_by_less_than_twenty_megabytes(soak, touched):
    told = soak(touched, communities=200, days=3)
    assert told["alive"] == 0 and told["grown"] < MOST


def test_a_leak_would_be_seen(soak, monkeypatch):
    """Communities that somebody holds are counted, and weigh something."""
    import commsim as cs

    held, build = [], cs.Community

    def holding(*given, **named):
        held.append(build(*given, **named))
        return held[-1]

    monkeypatch.setattr(cs, "Community", holding, raising=False)
    told = soak(True, communities=30, days=1)
    assert told["alive"] == 30 and told["grown"] > 1.0
