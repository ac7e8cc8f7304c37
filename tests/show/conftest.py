"""Comparisons for the report's tests: the real comparison over an engine that makes outcomes up."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import made_up


@pytest.fixture(scope="session")
def usual():
    return made_up.comparison()


@pytest.fixture(scope="session")
def many():
    return made_up.comparison(made_up.ALL, days=1095, worlds=6)


@pytest.fixture(scope="session")
def one_world():
    return made_up.comparison(worlds=1)


@pytest.fixture(scope="session")
def bare():
    """Nothing happens: no gatherings, no projects, no needs, measures without a value."""
    return made_up.comparison(run_world=made_up.nothing_happens, worlds=3, days=30)
