"""Willingness: the one logit of taking part, for gatherings, votes, paying and volunteering (6f).

logit P = theta_0 + spirit + theta_m match + theta_s S + theta_v v + theta_t (T - 1/2) - theta_c hours
          - theta_c_yuan yuan/100 + theta_h (expected stay / 10 years) + theta_g gift - crowding

S is the share of own tie strength that has already joined; unconditional cooperators give it half
the weight, free-riders weigh match, gift and cost only.  Stay is capped at ten years.  Crowding is what
an earlier gift has left of own reasons' loss (chi, fading; Deci, Koestner & Ryan 1999).
"""

from __future__ import annotations

from commsim.draws import draw, logistic, purpose
from commsim.kernels import inner
from commsim.state.newcomers import mean_stay
from commsim.state.people import FREE_RIDER, UNCONDITIONAL

CHOICE = purpose("vote choice")
TEN_YEARS = 3652.5


@inner
def reasons(people, i, x, theta_0, match, share_in, hours, yuan, gift=0.0):
    """Log-odds that person i takes part."""
    logit = theta_0 + x.spirit + x.theta_m * match + x.theta_g * gift
    logit -= x.theta_c * hours + x.theta_c_yuan * yuan / 100.0
    if people.cooperation[i] != FREE_RIDER:
        social = x.theta_s * share_in
        if people.cooperation[i] == UNCONDITIONAL:
            social *= 0.5
        stay = min(mean_stay(people.tenure[i], x) / TEN_YEARS, 1.0)
        logit += social + x.theta_v * people.v[i] + x.theta_t * (people.trust[i] - 0.5) + x.theta_h * stay
        logit -= people.crowding[i]
    return logit


@inner
def willing(people, i, x, theta_0, match, share_in, hours, yuan, gift=0.0):
    """Probability that person i takes part."""
    return logistic(reasons(people, i, x, theta_0, match, share_in, hours, yuan, gift))


@inner
def favours(people, i, h, x, value, yuan, version, proposed, world):
    """Whether person i would say yes to a version: one keyed threshold, willingness to pay."""
    u = draw(world, CHOICE, proposed, h, 0, version)
    return u < willing(people, i, x, x.theta_pay, value, 0.0, 0.0, yuan)
