"""C24: where people talk who are in an official group and in one of their own."""

import numpy as np
import pytest
from alone import dense_ties, hamlet, live
from scipy.special import expit

from commsim.day.talking import talking
from commsim.state.groups import INTEREST, OFFICIAL, enter, open_group
from commsim.state.messages import TALK


@pytest.mark.parametrize("slope, middle, rate", [(4.0, 0.5, 0.5), (10.0, 0.35, 1.5), (0.0, 0.9, 0.5), (25.0, 0.6, 0.2)])
def test_the_official_share_is_that_of_trust_weighted_by_rates(slope, middle, rate):
    """Official share = sum mu_i nu_i / sum mu_i, nu = logistic(lambda (T - T*)); no reply changes anything."""
    people, days = 300, 80
    state = hamlet(people, half_life=1e9, cap=float(people), ties_most=100.0, mu=rate, w_0=1e-9, in_view=0.0,
                   lambda_nu=slope, t_star=middle)  # fmt: skip
    dense_ties(state, 100)
    for kind, theme in ((OFFICIAL, -1), (INTEREST, 3)):
        group = open_group(state.groups, kind, 0, theme, 1 + kind)
        for i in range(people):
            assert enter(state.tables.groups, state.tables.people, i, group)
    trust = np.linspace(0.02, 0.98, people)
    state.people["trust"][:] = trust
    state.people["voice"][:] = np.where(np.arange(people) % 3 == 0, 0.3, 1.0)  # some talk less
    official = [0, 0]

    def count(now):
        rows = now.messages.rows[: now.messages.count[0]]
        today = rows[(rows["time"] >= now.day - 1) & (rows["kind"] == TALK)]
        official[0] += int((now.groups.rows["kind"][today["group"]] == OFFICIAL).sum())
        official[1] += len(today)

    live(state, days, talking, each=count)
    weight = rate * state.people["voice"]
    nu = expit(slope * (trust - middle))
    expected = (weight * nu).sum() / weight.sum()
    said, total = official
    assert total == pytest.approx(weight.sum() * days, abs=4 * np.sqrt(weight.sum() * days))
    # a person's messages of one day stand in one group: clusters of Poisson size, hence the factor
    error = np.sqrt(expected * (1.0 - expected) / total * (1.0 + rate))
    assert abs(said / total - expected) < 4 * error + 1e-9
