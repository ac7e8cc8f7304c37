"""The study of flags: the truth is taken from ties, counts are counts, and what is planted is found."""

import numpy as np
import pytest

from commsim import engine, scenarios
from commsim.chatlogs import simulated
from commsim.experiments import drift
from commsim.experiments.drift import Counts


def test_counts_are_of_those_about_whom_something_can_be_said():
    columns = ("11110", "11011", "11100", "10011")
    wanted, told, truth, flag = (np.array(list(map(int, column)), bool) for column in columns)
    assert drift._counts(wanted, told, truth, flag) == Counts(judged=3, true=2, flagged=2, hit=1, all_true=3)
    assert Counts(1, 2, 3, 4, 5) + Counts(1, 1, 1, 1, 1) == Counts(2, 3, 4, 5, 6)


def test_planted_drift_is_found_the_better_the_more_there_is_to_see():
    found = drift.planted(worlds=4, lengths=(8, 39), ties=(1, 10))
    few, many = (sum(found[key], Counts()) for key in ((1, 8, "drifting"), (10, 39, "drifting")))
    assert many.hit / many.true > 0.6 and many.hit / many.flagged > 0.9
    assert few.hit / few.all_true < 0.1


def test_standing_is_the_strength_of_ties_to_members():
    scenario = scenarios.load("jinyang")
    state, standing = engine.prepare(scenario.place("courtyard"), 1), drift.Standing()
    simulated.live_and_log(state, scenario.rules("jinyang_2017", "courtyard"), 28, drift.GROUP, standing.look)
    assert list(standing.seen) == [28]
    strengths, known = standing.seen[28]
    keys = simulated.keys_of(state)
    members = np.flatnonzero((state.groups.seats.group == drift.GROUP).any(axis=1))
    assert set(strengths) == {int(keys[i]) for i in members} and len(members) > 5
    i = int(members[np.argmax([strengths[int(keys[m])] for m in members])])
    row = state.ties.slots[state.ties.of(i)]
    level = 2.0 ** (27 / state.base.x.half_life)
    inside = np.isin(row["neighbour"], members)
    assert strengths[int(keys[i])] == pytest.approx(row["u"][inside].sum() / level)
    assert known[int(keys[i])] == (row["u"][inside] / level >= drift.ACQUAINTED).sum()


def test_the_study_gives_a_row_for_each_flag_and_length():
    found = drift.study(scale="courtyard", worlds=2, lengths=(56, 252), talk=(1.0,))
    assert set(found) == {(1.0, days, name) for days in (56, 252) for name in drift.KINDS}
    assert all(counts.hit <= min(counts.true, counts.flagged) <= counts.judged
               for worlds in found.values() for counts in worlds)  # fmt: skip
    assert sum(found[1.0, 56, "drifting"], Counts()).judged == 0  # two windows
    text = drift.table(found, "a|b|c|d|e|f|g|h|i", "en")
    assert text.count("\n") == 11 and "drifting, each tested alone" in text
