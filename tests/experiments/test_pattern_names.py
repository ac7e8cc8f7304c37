"""What the tests of patterns name exists: rules with those arguments, levers of arms and places, shocks, sizes.

Nothing is lived here; the source is read instead.
"""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from commsim import rules as r
from commsim.experiments import bench, patterns
from commsim.state.settings import PARAMETERS
from commsim.state.shocks import SHOCKS

OF_LIVE = {"at", "until", "shocks"}
TREE = ast.parse(Path(patterns.__file__).read_text(encoding="utf-8"))
CALLS = [node for node in ast.walk(TREE) if isinstance(node, ast.Call)]


def called(*names):
    """(call, its keyword arguments) of calls of attributes of these names."""
    for node in CALLS:
        if isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node, {k.arg for k in node.keywords if k.arg}


def rule_calls():
    for node in CALLS:
        f = node.func
        if isinstance(f, ast.Attribute) and getattr(f.value, "id", None) == "r":
            yield f.attr, {k.arg for k in node.keywords if k.arg}


def test_patterns_name_rules_with_their_arguments():
    named = list(rule_calls())
    assert len(named) > 15
    for name, arguments in named:
        assert arguments <= {field.name for field in fields(getattr(r, name))}, name


def test_arms_and_places_name_levers():
    seen = 0
    for _, arguments in called("live"):
        assert arguments - OF_LIVE <= set(PARAMETERS)
        seen += len(arguments - OF_LIVE)
    for _, arguments in called("place"):
        assert arguments - {"burn_in"} <= set(PARAMETERS)
        seen += len(arguments)
    assert seen > 8
    for who in (patterns.ACQUAINTED, patterns.STRANGERS):
        assert set(who) - {"burn_in"} <= set(PARAMETERS)


def test_places_are_sizes_there_are():
    sizes = {call.args[0].value for call, _ in called("place") if call.args and isinstance(call.args[0], ast.Constant)}
    assert sizes == {*bench.SIZES, "courtyard"}


def test_shocks_exist():
    imported = {alias.name for node in ast.walk(TREE) if isinstance(node, ast.ImportFrom)
                and node.module == "commsim.state.shocks" for alias in node.names}  # fmt: skip
    assert imported <= {kind.__name__ for kind in SHOCKS.values()}


@pytest.mark.parametrize("day", [patterns.EVENT, patterns.RETURN, patterns.BIG_DAY])
def test_gatherings_are_looked_at_on_the_saturday_they_are_held(day):
    assert day % 7 == 5


def test_dates_of_gatherings_follow_from_their_rules():
    import numpy as np

    from commsim.state.gatherings import Gathering

    for start, held in ((0, patterns.EVENT), (patterns.RETURN - 7, patterns.RETURN),
                        (patterns.BIG_DAY - 12, patterns.BIG_DAY)):  # fmt: skip
        assert Gathering(0, 0, 0, r.Gatherings(start=start), start, np.zeros(1, bool)).held_on == held
