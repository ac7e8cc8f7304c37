"""Every shipped scenario is lived at every scale under every policy."""

import json
from dataclasses import replace

import numpy as np
import pytest

import commsim.scenarios as scenarios
from commsim.engine import prepare, run
from commsim.measures.table import MEASURES

ALL = [(s.id, policy, scale) for s in map(scenarios.load, scenarios.available())
       for policy in s.policies for scale in s.scales]  # fmt: skip
SHORT = [(name, policy, scale) for name, policy, scale in ALL if scale != "full"]


def live(name, policy, scale, days, burn_in=None):
    """(scenario, finished run) of ``policy`` in world 1."""
    scenario = scenarios.load(name)
    place = scenario.place(scale)
    if burn_in is not None:
        place = replace(place, burn_in=min(burn_in, place.burn_in))
    return scenario, run(prepare(place, 1), scenario.rules(policy, scale), days)


def sound(scenario, scale, finished):
    """What holds on any day of any run."""
    state = finished.state
    assert state.size == scenario.scale(scale).people
    outcome = json.loads(json.dumps(finished.outcome(), allow_nan=False))
    for name, value in outcome["measures"].items():
        if value is not None and MEASURES[name].unit == "share":
            assert -1e-9 <= value <= 1 + 1e-9 or name in ("renter_gap", "density_trend"), name
    trusts = [column for column in state.people.dtype.names if column.startswith("trust")]
    assert len(trusts) >= 4
    for column in (*trusts, "v", "voice", "regard", "suspicion", "belief", "leaning"):
        assert (state.people[column] >= 0).all() and (state.people[column] <= 1).all(), column
    assert (state.stairs.wells.disorder >= 0).all() and (state.stairs.wells.disorder <= 1).all()
    assert np.isfinite(state.office.officials["worked"]).all()


@pytest.mark.parametrize("name, policy, scale", SHORT)
def test_it_lives_for_some_weeks(name, policy, scale):
    scenario, finished = live(name, policy, scale, 40 if scale == "courtyard" else 15, burn_in=20)
    sound(scenario, scale, finished)


@pytest.mark.slow
@pytest.mark.parametrize("name, policy, scale", ALL)
def test_it_lives_to_its_horizon(name, policy, scale):
    days = scenarios.load(name).horizon if scale != "full" else 365
    scenario, finished = live(name, policy, scale, days)
    sound(scenario, scale, finished)
