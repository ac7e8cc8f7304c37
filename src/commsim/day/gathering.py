"""Gatherings: who signs up, whether it is held, who sits with whom (model sections 6a, 6f).

A share of those invited sees the announcement; each of them has one keyed threshold for the
occasion and signs up as soon as willingness exceeds it, so that friends who have signed draw others
in.  A gift draws people too; whoever would not have come without it stays for the share of the time that
willingness without it is of the threshold, and own reasons count less for a while (M17).  With enough
sign-ups it is held on the next Saturday (or Wednesday, when few commuters are free), else the next theme is
tried; where the office asks, the themes that most people are known to like come first.  People spend half
hours together with those at their table only; an icebreaker mixes the tables and makes names known.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.day.seating import together
from commsim.day.willing import reasons, willing
from commsim.draws import column, column_of, draw, purpose
from commsim.kernels import inner, kernel
from commsim.state.office import FOR_GATHERINGS, OTHER_HOURS
from commsim.state.people import CHILD, liked
from commsim.state.settings import THEMES, Settings
from commsim.state.ties import share_inside
from commsim.state.whole import State

SEEN, SIGN_UP = purpose("announcement seen"), purpose("sign up")
SEATS, TABLE, VOLUNTEER = purpose("seat lottery"), purpose("table"), purpose("volunteer")
FAMILY = THEMES.index("family")


def gathering(state: State, settings: Settings, day: int) -> None:
    """Sign-ups of the day; gatherings that are due are held or dropped."""
    gatherings, t = state.gatherings, state.tables
    if not gatherings.open:
        return
    newcomers = state.people.since == day
    for one in list(gatherings.open):
        one.signed[newcomers] = False  # whoever signed up for that seat has moved out
        rows = tuple(t.homes.compound_rows[one.compound : one.compound + 2].tolist())
        if settings.x.theme_asked > 0.0 and day == one.announced:  # later, people have signed up for a theme
            one.order = _by_liking(one, liked(t.people, *rows))
        deadline = one.announced + one.plan.sign_up_days
        if day < deadline:
            _announce(state, one, rows, settings)
            sign_up(state.under(settings), one.signed, one.readers, one.bars, one.theme, one.plan.hours,
                    one.plan.weekday, float(one.plan.gift))  # fmt: skip
        elif day == deadline and not _enough(one):
            gatherings.end(one, day, 0)
            if one.attempt + 1 < len(one.plan.themes):
                gatherings.announce(one.compound, one.ordinal, one.plan, day, one.attempt + 1, one.order)
        elif day >= one.held_on:
            gatherings.end(one, day, _hold(state, one, rows, settings, day))


def _enough(one) -> bool:
    signed = int(one.signed.sum())
    return signed > one.plan.threshold if one.plan.operator == ">" else signed >= one.plan.threshold


def _by_liking(one, known) -> tuple[int, ...]:
    """The plan's themes, those that most people are known to like first, equals in turn."""
    themes, n = one.plan.themes, len(one.plan.themes)
    turn = [THEMES.index(themes[(one.ordinal + k) % n]) for k in range(n)]
    return tuple(sorted(turn, key=lambda theme: -known[theme]))


def _announce(state, one, rows, settings):
    """Who sees the announcement; again when more or fewer people come to see such things."""
    if one.seen != settings.x.seen_announcement:
        one.seen = settings.x.seen_announcement
        one.readers, one.bars = who_reads(state.under(settings), *rows, one.identity, one.series, one.announced)


def _hold(state, one, rows, settings, day) -> int:
    """Hold a gathering: seats by lottery, tables, time together, new volunteers.  Guests come."""
    guests = take_seats(one.signed, *rows, one.plan.seats, one.identity, one.series, day, state.world)
    x = settings.x
    if len(guests) == 0:  # nobody came: nothing is spent
        return 0
    mixed = x.icebreaker > 0.0
    if mixed:
        luck = [draw(state.world, TABLE, day, int(i), one.identity, one.series) for i in guests]
        guests = guests[np.argsort(luck, kind="stable")]
    now = state.under(settings)
    half_hours = np.full(len(guests), float(one.plan.together))
    if one.plan.gift:
        half_hours *= staying(now, guests, one.signed, one.theme, one.identity, one.series, one.announced,
                              one.plan.hours, one.plan.weekday)  # fmt: skip
        state.people["crowding"][guests] = x.chi
    together(now, guests, half_hours, mixed, day)
    attend(now, guests, one.theme == FAMILY, one.identity, one.series, day)
    state.gatherings.remember(one.compound, guests, state.people[slice(*rows)], rows[0], day)
    state.office.yuan[FOR_GATHERINGS] += one.plan.yuan
    state.requests.append((OTHER_HOURS, x.minutes_gathering))
    return len(guests)


@inner
def cost_of_coming(people, i, x, hours, weekday):
    """Hours that it takes person i: on a weekday a commuter's free time is scarce and counts for more."""
    return hours / x.commuter_free if weekday and people.commuter[i] else hours


@kernel
def who_reads(state, start, end, identity, series, announced):
    """Rows of start..end-1 who see an announcement, and the log-odds from which each would come: u < logistic(reasons)
    for the keyed u, or log(u / (1 - u)) < reasons, which is quicker to ask day after day."""
    sees = column(state.world, SEEN, announced, start, end, identity, series)
    readers = np.flatnonzero(sees < state.levers[0].seen_announcement) + start
    bars = column_of(state.world, SIGN_UP, announced, readers, identity, series)
    for k in range(len(bars)):
        bars[k] = math.log(bars[k] / (1.0 - bars[k]))
    return readers, bars


@kernel
def sign_up(state, signed, readers, bars, theme, hours, weekday, gift):
    """One more day of sign-ups among the readers, on the list as it stood in the morning."""
    people, x = state.people, state.levers[0]
    before = signed.copy()
    for k in range(len(readers)):
        i = readers[k]
        if signed[i] or people.age[i] == CHILD:
            continue
        match = float((people.interests[i] >> theme) & 1)
        cost = cost_of_coming(people, i, x, hours, weekday)
        if bars[k] < reasons(people, i, x, x.theta_gathering, match, 1.0, cost, 0.0, gift):  # cannot be more willing
            share = share_inside(state.ties, i, before)
            signed[i] = bars[k] < reasons(people, i, x, x.theta_gathering, match, share, cost, 0.0, gift)


@kernel
def staying(state, guests, signed, theme, identity, series, announced, hours, weekday):
    """Share of the time that each guest of a gathering with gifts stays: float64[guests]."""
    people, world, x = state.people, state.world, state.levers[0]
    shares = np.ones(len(guests))
    for k in range(len(guests)):
        i = guests[k]
        match = float((people.interests[i] >> theme) & 1)
        inside = share_inside(state.ties, i, signed)
        u = draw(world, SIGN_UP, announced, i, identity, series)
        cost = cost_of_coming(people, i, x, hours, weekday)
        shares[k] = min(1.0, willing(people, i, x, x.theta_gathering, match, inside, cost, 0.0) / u)
    return shares


@kernel
def take_seats(signed, start, end, seats, identity, series, day, world):
    """Rows of the guests: all who signed, or the ``seats`` with the smallest keyed uniforms."""
    rows = np.flatnonzero(signed[start:end]) + start
    if len(rows) <= seats:
        return rows
    luck = np.empty(len(rows))
    for k in range(len(rows)):
        luck[k] = draw(world, SEATS, day, rows[k], identity, series)
    last = np.sort(luck)[seats - 1]
    return rows[luck <= last]


@kernel
def attend(state, guests, family, identity, series, day):
    """Mark who took part (with their children at a family gathering); some become volunteers, the sooner the more
    of their ties were volunteers before."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    before = people.volunteer.copy()
    for k in range(len(guests)):
        i = guests[k]
        people.took_part[i] += 1
        people.last_part[i] = day
        people.aware[i] = True
        u = draw(world, VOLUNTEER, day, i, identity, series)
        inside = share_inside(state.ties, i, before)
        if u < willing(people, i, x, x.theta_volunteer, 0.0, inside, 1.0, 0.0):
            people.volunteer[i] = True
        if family:
            h = people.household[i]
            for j in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
                if people.age[j] == CHILD and people.last_part[j] != day:
                    people.took_part[j] += 1
                    people.last_part[j] = day
