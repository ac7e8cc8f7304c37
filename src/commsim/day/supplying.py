"""Supplying: halls that are open, books that are shown, services that are brought, chores that are done.

An adult visits a hall on a day it is open when a keyed uniform is below seen · willing (6f): match with the
hall's theme, the share of own ties that came last time, one hour, and on the opening day perhaps a gift.
Books and the firm's live reports are seen once a month by hazard (6l) and are small good experiences (6h).
A service brought to a home is a good experience too, and part of self-help is given up (M23).
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import MONTH, is_weekday
from commsim.day.seating import together
from commsim.day.willing import willing
from commsim.draws import column, draw, purpose
from commsim.kernels import kernel
from commsim.state.office import FOR_GATHERINGS, OTHER_HOURS
from commsim.state.people import CHILD, experience, leans, liked
from commsim.state.services import LATER
from commsim.state.settings import ASKED, THEMES, Settings
from commsim.state.ties import share_inside
from commsim.state.whole import State

BOOKS, REPORT, BROUGHT = purpose("books seen"), purpose("live report"), purpose("service brought")
THEME, VISIT, GUEST = purpose("hall theme"), purpose("hall visit"), purpose("hall guest")
A_MONTH, A_WEEK = 30, 7.0  # days from one set of books to the next, and days that it hangs on the board
HALL_HOURS = 1.0


def supplying(state: State, settings: Settings, day: int) -> None:
    """One day of halls, books, services and chores; nothing where no rule supplies anything."""
    x = settings.x
    if x.chores_hours > 0.0 and is_weekday(day):
        state.requests.extend([(OTHER_HOURS, x.chores_hours * 60.0 / 5.0)] * len(state.office.officials))
    if day % A_MONTH == 0 and x.books_online + x.books_paper + x.live_reports > 0.0:
        look(state.under(settings), day)
    if x.supply_month > 0.0:
        made = supply(state.under(settings), day)
        state.requests.extend([(OTHER_HOURS, x.minutes_supply)] * made)
    if x.hall_open > 0.0:
        for compound in range(state.homes.compounds):
            _open_hall(state, settings, compound, day)


@kernel
def look(state, day):
    """Who sees the month's books, and members of official groups the firm's reports."""
    people, world, x = state.people, state.world, state.levers[0]
    books = x.books_online + x.books_paper > 0.0
    missed = math.exp(-x.r_board * A_WEEK * x.books_paper)
    for i in range(len(people)):
        if people.age[i] == CHILD:
            continue
        inside = people.in_official[i]
        if books:
            unseen = missed * math.exp(-x.r_group * x.books_online) if inside else missed
            if draw(world, BOOKS, day, i, 0, 0) < 1.0 - unseen:
                experience(people.trust, i, True, x.kappa_watch, x.a_t, x.b_t)
        if inside and x.live_reports > 0.0 and draw(world, REPORT, day, i, 0, 0) < 1.0 - math.exp(-x.r_group):
            experience(people.trust_property, i, True, x.kappa_watch, x.a_t, x.b_t)


@kernel
def supply(state, day):
    """Bring services to homes, supply_month a month in the mean, whoever lives there; returns how many."""
    people, homes, rows, x = state.people, state.homes, state.services.compounds, state.levers[0]
    there = 0
    for h in range(len(homes.doors)):
        there += homes.doors.compound[h] >= 0
    chance = 1.0 - math.exp(-x.supply_month / MONTH / max(there, 1))
    made = 0
    luck = column(state.world, BROUGHT, day, 0, len(homes.doors), 0, 0)
    for h in range(len(homes.doors)):
        if luck[h] >= chance or homes.doors.compound[h] < 0:
            continue
        made += 1
        rows.brought[homes.doors.compound[h]] += 1
        for i in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
            if people.age[i] != CHILD:
                experience(people.trust, i, True, 1.0, x.a_t, x.b_t)
                leans(people, i, x.kappa_z)
    return made


def _open_hall(state, settings, compound, day) -> None:
    """Open the hall of a compound for the first time, or on one of its days of the week (Saturday first)."""
    x, t = settings.x, state.tables
    hall = t.services.compounds
    rows = int(t.homes.compound_rows[compound]), int(t.homes.compound_rows[compound + 1])
    opening = bool(hall["opened"][compound] < 0)
    if opening:
        hall["opened"][compound] = day
        hall["theme"][compound] = _theme(state, x, compound, rows)
        state.requests.append((OTHER_HOURS, x.minutes_gathering))
    elif (day + 2) % 7 >= x.hall_week:
        return
    now = state.under(settings)
    guests, stays = who_comes(now, compound, *rows, opening, day)
    together(now, guests, 2.0 * HALL_HOURS * stays, False, day)
    state.people["last_hall"][guests] = day
    if opening and x.hall_gift > 0.0:
        state.people["crowding"][guests] = x.chi
    hall["last"][compound] = day
    hall["days"][compound] += 1
    hall["visits"][compound] += len(guests)
    hall["opening"][compound] += len(guests) * opening
    hall["later"][compound] += len(guests) * (hall["days"][compound] >= LATER)
    state.office.yuan[FOR_GATHERINGS] += x.hall_yuan


def _theme(state, x, compound, rows) -> int:
    """A theme of the rule; or by lot; or what most people are known to like, by lot among equals."""
    if x.hall_theme >= 0.0:
        return int(x.hall_theme)
    lot = np.array([draw(state.world, THEME, 0, compound, 0, k) for k in range(len(THEMES))])
    return int(np.argmax(lot + liked(state.tables.people, *rows) * (x.hall_theme == ASKED)))


@kernel
def who_comes(state, compound, start, end, opening, day):
    """Rows of today's visitors of a hall, who decide by the morning, and the share of the hour that each stays.

    At the opening hall_guests adults drawn by lot were asked in person; whoever was not hears of it as of a
    gathering.  Who came for a gift leaves early, as from a gathering.
    """
    people, world, x = state.people, state.world, state.levers[0]
    hall = state.services.compounds
    theme, before = hall.theme[compound], hall.last[compound]
    came = (people.last_hall == before) & (before >= 0)
    asked = invited(state, start, end, int(x.hall_guests) if opening else 0)
    gift = x.hall_gift if opening else 0.0
    coming, stays = np.zeros(end - start, np.bool_), np.ones(end - start)
    luck = column(world, VISIT, day, start, end, 0, 0)
    for i in range(start, end):
        u, seen = luck[i - start], 1.0 if asked[i - start] else x.seen_announcement
        if u >= seen or people.age[i] == CHILD:
            continue
        match = float((people.interests[i] >> theme) & 1)
        if u < seen * willing(people, i, x, x.theta_gathering, match, 1.0, HALL_HOURS, 0.0, gift):
            share = share_inside(state.ties, i, came)
            coming[i - start] = u < seen * willing(people, i, x, x.theta_gathering, match, share, HALL_HOURS, 0.0, gift)
            own = seen * willing(people, i, x, x.theta_gathering, match, share, HALL_HOURS, 0.0)
            stays[i - start] = min(1.0, own / u)
    return np.flatnonzero(coming) + start, stays[coming]


@kernel
def invited(state, start, end, guests):
    """The ``guests`` adults among rows start..end-1 with the smallest keyed uniforms: bool[end - start]."""
    people = state.people
    luck = np.full(end - start, 2.0)
    if guests == 0:
        return luck < 0.0
    for i in range(start, end):
        if people.age[i] != CHILD:
            luck[i - start] = draw(state.world, GUEST, 0, i, people.tenancy[i], 0)
    last = np.sort(luck)[min(guests, end - start) - 1]
    return luck <= min(last, 1.0)
