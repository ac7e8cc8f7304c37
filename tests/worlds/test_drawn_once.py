"""No key is drawn twice, but for thresholds that belong to a person and an occasion.

Two events with one key would share their luck; the same event drawn twice would have two outcomes.
The script ``keys.py`` logs every key with the JIT off.
"""

import json
import subprocess
import sys
from pathlib import Path

import lived
import pytest

SCRIPT = Path(__file__).with_name("keys.py")

# Drawn again each time the occasion comes back, on purpose: asking again moves nobody, new reasons do.
FIXED = {
    "join": "one threshold per tenant and group, compared again at each exposure",
    "announcement seen": "whether a person sees an announcement at all, looked up on each sign-up day",
    "sign up": "one threshold per person and gathering, compared again on each sign-up day",
    "need knows phone": "whether a tenant knows the office's number, looked up at each need",
    "wants to learn": "one threshold per tenant, compared again each time somebody hears of the classes",
    "visit order": "one place in the round per household, looked up on each day of visits",
    "place to linger": "one per building, looked up for each of its people every day",
    "vote turnout": "one threshold per household and version, compared again on each voting day",
    "vote choice": "one threshold per household and version, in the pre-screening, in the vote and when they fall out",
    "crisis meeting": "one threshold per person and shared trouble, compared again at each day's meeting",
    "door order": "one place in a building leader's round per household, looked up on each day of it",
    "envoy": "whether a family is one of envoys at all, looked up for each clutter of its building",
    "account follower": "one threshold per tenancy, looked up on each day on which the account corrects a rumour",
    "coaching order": "one place in a month's order per group, looked up on each day of coaching",
    "admits staff": "one threshold per group, compared again each time that it is asked",
}
# two needs of one person, the people of one building, all that lies about in it, a vote and a quarrel over it
SEVERAL_A_DAY = {"need knows phone", "place to linger", "envoy", "vote choice"}
NOT_OF_A_DAY = {"parameter draw"}  # what a validation draws before any day is lived

CASES = {
    "every rule": {"policy": "all rules", "days": 60, "burn_in": 20, "world": 1, "levers": {}},
    "much coming and going": {"policy": "all rules", "days": 45, "burn_in": 20, "world": 2, "levers": {
        "eta_g": 0.5, "h_ch": 3.0, "mu": 2.0, "stay_short": 15.0, "theta_join": 3.0, "q": 3.0, "u": 0.5,
        "needs_rate": 40.0}},
    "jinyang_2016": {"policy": "jinyang_2016", "days": 40, "burn_in": 20, "world": 1, "levers": {}},
    "two series of gatherings": {"policy": "two series of gatherings", "days": 25, "burn_in": 10, "world": 1,
                                 "levers": {}},
}  # fmt: skip


@pytest.fixture(scope="module")
def logged():
    """{case: what keys.py printed}; all cases run side by side."""
    asked = {name: subprocess.Popen([sys.executable, str(SCRIPT), json.dumps(case)], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
             for name, case in CASES.items()}  # fmt: skip
    answers = {}
    for name, process in asked.items():
        out, err = process.communicate()
        assert process.returncode == 0, err
        answers[name] = json.loads(out)
    return answers


def test_the_log_sees_nearly_every_purpose(logged):
    """A purpose that was never drawn was not tested: all are, in one case or another."""
    from commsim.draws import PURPOSES

    seen = set().union(*(answer["drawn"] for answer in logged.values()))
    assert sorted(PURPOSES.keys() - seen - NOT_OF_A_DAY) == []


@pytest.mark.parametrize("case", CASES)
def test_no_key_is_drawn_twice(logged, case):
    twice = [entry for entry in logged[case]["again"] if entry[0] not in FIXED]
    assert twice == []


@pytest.mark.parametrize("case", CASES)
def test_a_fixed_threshold_is_drawn_once_a_day(logged, case):
    """Within one day nobody is asked twice, except by a second need."""
    often = [entry for entry in logged[case]["again"] if entry[3] > 1 and entry[0] not in SEVERAL_A_DAY]
    assert often == []


@pytest.mark.parametrize("case", CASES)
def test_every_part_of_a_key_fits(logged, case):
    """A key word has 32 bits; what is cut off no longer tells two keys apart."""
    assert logged[case]["cut"] == {}


def test_no_two_groups_have_one_name():
    """Identity and founding day name a group in keyed draws: also when somebody founds a second one like the first."""
    finished = lived.live(days=200, rules=lived.all_rules(), eta_g=0.5, h_ch=6.0, mu=2.0, stay_short=15.0,
                          theta_join=3.0, q=3.0)  # fmt: skip
    groups = finished.state.groups.rows[: finished.state.groups.count[0]]
    names = {(int(name) & 0xFFFFFFFF, int(day)) for name, day in zip(groups.identity, groups.founded, strict=True)}
    assert len(groups) > 100
    assert len(names) == len(groups)
