"""Neighbouring, ties and joining written again as plain Mesa agents, to compare with.

A resident is an object and a tie is an object that both ends share; it stands in a dict (to look it up) and in
a list (to go through it).  A tie keeps its strength and the day of it, and fades when it is next read.  What
never changes here is computed once: running sums of who is met how often, and the doors of a stairwell.
Luck is that of commsim, looked up in one list a day and purpose.  The list of ties is kept in the order in which
commsim keeps them (the last one takes the place of one that is dropped), because whom a uniform picks depends on it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

import mesa
import numpy as np

from commsim.clock import MONTH
from commsim.day import joining as j
from commsim.day import neighbouring as n
from commsim.draws import column, column_of, draw, poisson, two_columns
from commsim.state.groups import GROUPS_A_PERSON, INTEREST, OFFICIAL, PRIVATE
from commsim.state.people import CHILD
from commsim.state.settings import THEMES

WEEKEND = (5, 6)


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


class Tie:
    __slots__ = ("day", "strength")

    def __init__(self, strength, day):
        self.strength, self.day = strength, day


class Group:
    """A chat group; ``members``: {resident: [own small talk, how much of it nobody answered]}."""

    def __init__(self, kind, compound, theme, identity, founded):
        self.kind, self.compound, self.theme, self.identity, self.founded = kind, compound, theme, identity, founded
        self.members, self.recent = {}, 0.0


class Home:
    """Where a household lives, and the other households of its stairwell by how likely they are met."""

    def __init__(self, model, homes, h):
        doors, self.model = homes.doors, model
        s, b, c = (int(doors[place][h]) for place in ("stairwell", "building", "courtyard"))
        self.compound = int(doors["compound"][h])
        self.building = int(homes.building_rows[b]), int(homes.building_rows[b + 1])
        self.courtyard = int(homes.courtyard_rows[c]), int(homes.courtyard_rows[c + 1])
        self.stairwell = int(homes.stairwell_rows[s]), int(homes.stairwell_rows[s + 1])
        self.next_door = [
            (int(doors["first"][g]), int(doors["first"][g] + doors["seats"][g]),
             abs(int(doors["door"][g] - doors["door"][h])))
            for g in (doors["stairwell"] == s).nonzero()[0].tolist() if g != h]  # fmt: skip

    @cached_property
    def odds_next_door(self):
        sums = self.model.sums
        return list(accumulate((sums[end] - sums[start]) / away for start, end, away in self.next_door))


class Resident(mesa.Agent):
    """A resident; ``known``: [(other, tie)], ``ties``: {other: tie}; ``felt`` is what ties summed up to on a day."""

    def __init__(self, model, row, home, **attributes):
        super().__init__(model)
        self.row, self.home = row, home
        self.known, self.ties, self.felt, self.felt_on = [], {}, 0.0, 0
        self.groups, self.official = [], None
        vars(self).update(attributes)

    # -- ties --

    @property
    def warmth(self):
        return max(self.felt * self.model.fade[self.model.day - self.felt_on], 0.0)

    def warm(self, change):
        self.felt = self.felt * self.model.fade[self.model.day - self.felt_on] + change
        self.felt_on = self.model.day

    def meet(self, other):
        model, x, today = self.model, self.model.x, self.model.day
        tie = self.ties.get(other)
        stood = tie.strength * model.fade[today - tie.day] if tie else 0.0
        w = stood if stood >= x.w_drop else 0.0
        if w >= 1.0 or x.alpha <= 0.0:
            return
        if tie is None:
            tie = self.begin_tie(other)
        tie.strength, tie.day = min(w + x.alpha * (1.0 - w), 1.0), today
        self.warm(tie.strength - stood)
        other.warm(tie.strength - stood)

    def begin_tie(self, other):
        self.make_room()
        other.make_room()
        tie = self.ties[other] = other.ties[self] = Tie(0.0, self.model.day)
        self.known.append((other, tie))
        other.known.append((self, tie))
        return tie

    def make_room(self):
        if len(self.known) >= self.model.x.ties_most:
            strengths = [self.model.today(tie) for _, tie in self.known]
            self.part(strengths.index(min(strengths)))

    def part(self, place):
        other, tie = self.known[place]
        self.forget(other, place, tie)
        other.forget(self, next(k for k, (who, _) in enumerate(other.known) if who is self), tie)

    def forget(self, other, place, tie):
        self.warm(-self.model.today(tie))
        del self.ties[other]
        last = self.known.pop()
        if place < len(self.known):
            self.known[place] = last
        if not self.known:
            self.felt = 0.0

    def forget_faint(self):
        for place in range(len(self.known) - 1, -1, -1):
            if place < len(self.known) and self.model.today(self.known[place][1]) < self.model.x.w_drop:
                self.part(place)

    # -- chats --

    def choose_partners(self):
        model = self.model
        rate = self.sociability / 2.0
        luck = model.chats_luck[self.row]
        if luck <= 1.0 - rate:
            return
        if self.commuter and model.day % 7 not in WEEKEND:
            rate /= 2.0
        for k in range(poisson(rate, luck)):
            other = self.partner(*model.partner_luck(k, self.row))
            if other is not None:
                model.chats.append((self, other))

    def partner(self, u1, u2):
        warmth = self.warmth
        odds = warmth / (warmth + self.model.x.w_half)
        if u1 < odds:
            return self.friend(u2)
        row = self.from_ring((u1 - odds) / (1.0 - odds), u2)
        return self.model.residents[row] if row is not None else None

    def friend(self, u):
        today, fade, least = self.model.day, self.model.fade, self.model.x.w_drop
        strengths = [tie.strength * fade[today - tie.day] for _, tie in self.known]
        sums = list(accumulate(w * w if w >= least else 0.0 for w in strengths))
        if not sums or sums[-1] <= 0.0:
            return None
        return self.known[min(bisect_right(sums, u * sums[-1]), len(sums) - 1)][0]

    def from_ring(self, u1, u2):
        x, home, between = self.model.x, self.home, self.model.between
        edge = x.ring_stairwell
        found = None
        if u1 < edge:
            found = self.next_door(u2)
        elif u1 < edge + x.ring_building:
            found = between(home.building, home.stairwell, u2)
        elif u1 >= edge + x.ring_building + x.ring_courtyard:
            found = between((0, len(self.model.residents)), home.courtyard, u2)
        if found is None:
            found = between(home.courtyard, home.building, u2)
        return found if found is not None else self.next_door(u2)

    def next_door(self, u):
        sums, odds = self.model.sums, self.home.odds_next_door
        if not odds or odds[-1] <= 0.0:
            return None
        target = u * odds[-1]
        k = min(bisect_right(odds, target), len(odds) - 1)
        start, end, away = self.home.next_door[k]
        return self.model.row_at(start, end, sums[start] + (target - (odds[k - 1] if k else 0.0)) * away)

    # -- groups --

    def may_enter(self, group):
        return (len(group.members) < self.model.x.cap and self not in group.members
                and len(self.groups) < GROUPS_A_PERSON)  # fmt: skip

    def enter(self, group):
        if self.may_enter(group):
            group.members[self] = [0.0, 0.0]
            self.groups.append(group)
            if group.kind == OFFICIAL:
                self.official = group

    def leave(self, group):
        del group.members[self]
        self.groups.remove(group)
        if group.kind == OFFICIAL:
            self.official = None

    def share_inside(self, inside):
        today = self.model.today
        everybody = within = 0.0
        for other, tie in self.known:
            w = today(tie)
            everybody += w
            if inside(other):
                within += w
        return within / everybody if everybody > 0.0 else 0.0

    def hear_of_groups(self):
        """Exposure by poster to the compound's group, and by those known to a group of their own."""
        model, x = self.model, self.model.x
        u, v = model.by_poster[self.row], model.by_neighbour[self.row]
        if (u >= model.most_exposed and v >= model.most_invited) or not self.literate:
            return
        group = model.open_groups[self.home.compound]
        if u < model.most_exposed and group and not self.official:
            inside = self.share_inside(lambda other: other.official)
            if u < 1.0 - math.exp(-(x.p_b + x.q * inside) / MONTH) and self.agrees(group, inside, self.trust):
                model.wishes.append((self, group))
        if v < model.most_invited:
            group, inside = self.invited_to(model.which[self.row])
            if group and v < 1.0 - math.exp(-x.q * inside / MONTH) and self.agrees(group, inside, 0.5):
                model.wishes.append((self, group))

    def agrees(self, group, inside, trust):
        x = self.model.x
        u = draw(self.model.world, j.JOIN, group.founded, self.row, group.identity, self.tenancy)
        return u < logistic(x.theta_join + x.theta_s * inside + x.theta_t * (trust - 0.5))

    def invited_to(self, u):
        strength, chosen = 0.0, None
        for other, tie in self.known:
            for group in other.groups:
                if group.kind == OFFICIAL or self in group.members:
                    continue
                if group.kind == INTEREST and not self.interests >> group.theme & 1:
                    continue
                w = self.model.today(tie)
                strength += w
                if u * strength < w:
                    chosen, u = group, u * strength / w
                else:
                    u = (u * strength - w) / max(strength - w, 1e-300)
        if chosen is None:
            return None, 0.0
        inside = sum(self.model.today(tie) for other, tie in self.known if other in chosen.members)
        return chosen, inside / self.warmth

    def found_a_group(self):
        model, x = self.model, self.model.x
        u = model.found_luck[self.row]
        if u >= len(THEMES) * x.eta_g * self.warmth or not self.literate or len(self.groups) == GROUPS_A_PERSON:
            return
        other, theme, strength = self.shared_interest(draw(model.world, j.FOUND_INTEREST, model.day, self.row, 0, 0))
        if other and u < 1.0 - math.exp(-0.5 * x.eta_g * strength):
            model.founders.append((self, other, theme))

    def shared_interest(self, u):
        total, chosen, chosen_theme = 0.0, None, None
        for other, tie in self.known:
            if not other.literate or other.age == CHILD:
                continue
            both = self.interests & other.interests
            for theme in range(len(THEMES)):
                if not both >> theme & 1 or self.in_group_of(theme) or other.in_group_of(theme):
                    continue
                w = self.model.today(tie)
                total += w
                if u * total < w:
                    chosen, chosen_theme, u = other, theme, u * total / w
                else:
                    u = (u * total - w) / max(total - w, 1e-300)
        return chosen, chosen_theme, total

    def in_group_of(self, theme):
        return any(group.kind == INTEREST and group.theme == theme for group in self.groups)

    @property
    def apart(self):
        return any(group.kind == PRIVATE for group in self.groups)

    @property
    def would_part(self):
        x = self.model.x
        return (self.official and self.trust < x.t_star and x.lambda_nu > 0.0 and len(self.groups) < GROUPS_A_PERSON
                and not self.apart)  # fmt: skip

    def part_from_the_group(self):
        """Found a private group with two who are pairwise close to each other and to oneself."""
        model = self.model
        if model.private_luck[self.row] >= model.may_part or not self.would_part:
            return
        close = [(model.today(tie), other) for other, tie in self.known]
        close = [(w, other) for w, other in close if w > model.x.w_close and other.would_part]
        for _, other in sorted(close, key=lambda pair: -pair[0]):
            both = [(w, third) for w, third in close if third is not other and other.strength(third) > model.x.w_close]
            if both:
                third = max(both, key=lambda pair: pair[0])[1]
                model.apart.append((model.private_luck[self.row], (self, other, third)))
                return

    def strength(self, other):
        tie = self.ties.get(other)
        return self.model.today(tie) if tie else 0.0


class Estate(mesa.Model):
    """Starts from where ``state`` (of commsim, no groups yet) is on the morning of its day; ``x``: the levers."""

    def __init__(self, state, x):
        super().__init__(rng=state.world)
        people, count = state.people, state.size
        self.x, self.world, self.day, self.first_day = x, state.world, state.day, state.day
        self.fade = [0.5 ** (k / x.half_life) for k in range(10_000)]
        weights = [0.0 if age == CHILD else s + x.stranger_weight
                   for age, s in zip(people["age"].tolist(), people["sociability"].tolist(), strict=True)]  # fmt: skip
        self.sums = [0.0, *accumulate(weights)]
        homes = [Home(self, state.homes, h) for h in range(len(state.homes.doors))]
        names = ("sociability", "commuter", "literate", "age", "interests", "trust", "tenancy")
        columns = {name: people[name].tolist() for name in names}
        self.residents = [Resident(self, row, homes[h], **{name: column[row] for name, column in columns.items()})
                          for row, h in enumerate(people["household"].tolist())]  # fmt: skip
        self._know(state, count)
        self.groups, self.open_groups = [], [None] * state.homes.compounds
        self.chats, self.joined = [], []

    def _know(self, state, count):
        level = math.exp(math.log(2.0) / self.x.half_life * self.day)
        for i, me in enumerate(self.residents):
            row = state.ties.slots[state.ties.of(i)]
            for other, u in zip(row["neighbour"].tolist(), row["u"].tolist(), strict=True):
                other = self.residents[other]
                tie = other.ties.get(me) or Tie(u / level, self.day)
                me.ties[other] = tie
                me.known.append((other, tie))
            me.felt, me.felt_on = float(state.ties.rows["total"][i]) / level, self.day

    def today(self, tie):
        return tie.strength * self.fade[self.day - tie.day]

    def between(self, ring, hole, u):
        """A row of the ring outside the hole, in proportion to how often each is met."""
        sums, (start, end), (hole_start, hole_end) = self.sums, ring, hole
        before, after = sums[hole_start] - sums[start], sums[end] - sums[hole_end]
        if before + after <= 0.0:
            return None
        target = u * (before + after)
        if target < before:
            return self.row_at(start, hole_start, sums[start] + target)
        return self.row_at(hole_end, end, sums[hole_end] + (target - before))

    def row_at(self, start, end, target):
        row = max(bisect_right(self.sums, target, start, end) - 1, start)
        while row > start and self.sums[row + 1] <= self.sums[row]:
            row -= 1
        return row

    def partner_luck(self, k, row):
        while k >= len(self._partner_luck):
            of = two_columns(self.world, n.PARTNER, self.day, 0, len(self.residents), 0, len(self._partner_luck))
            self._partner_luck.append([luck.tolist() for luck in of])
        first, second = self._partner_luck[k]
        return first[row], second[row]

    def step(self):
        self.neighbouring()
        self.joining()
        self.day += 1

    def neighbouring(self):
        self.chats, self._partner_luck = [], []
        self.chats_luck = self.luck(n.CHATS)
        self.agents.do("choose_partners")
        for one, other in self.chats:
            one.meet(other)
        for resident in self.residents[self.day % n.TIDY_EVERY :: n.TIDY_EVERY]:
            resident.forget_faint()

    def luck(self, what, ordinal=0):
        return column(self.world, what, self.day, 0, len(self.residents), 0, ordinal).tolist()

    def joining(self):
        x, day = self.x, self.day
        self._open_official()
        leavers = self._leavers()
        self.by_poster, self.found_luck, self.private_luck = (
            self.luck(what) for what in (j.EXPOSURE, j.FOUND, j.FOUND_PRIVATE))  # fmt: skip
        both = two_columns(self.world, j.EXPOSURE, day, 0, len(self.residents), 0, j.BY_NEIGHBOUR)
        self.by_neighbour, self.which = (luck.tolist() for luck in both)
        self.most_exposed = 1.0 - math.exp(-(x.p_b + x.q) / MONTH)
        self.most_invited = 1.0 - math.exp(-x.q / MONTH) if self.groups else 0.0
        self.may_part = 1.0 - math.exp(-x.eta_private)
        self.wishes, self.founders, self.apart = [], [], []
        self.agents.do("hear_of_groups").do("found_a_group").do("part_from_the_group")
        for resident, group in leavers:
            resident.leave(group)
        for resident, group in sorted(self.wishes, key=self._lottery):
            resident.enter(group)
        for one, other, theme in self.founders:
            group = self.open_group(INTEREST, one.home.compound, theme, j.OF_RESIDENTS + one.row * 8 + theme)
            one.enter(group)
            other.enter(group)
        for _, three in sorted(self.apart, key=lambda found: found[0]):
            if not any(one.apart or len(one.groups) == GROUPS_A_PERSON for one in three):
                group = self.open_group(PRIVATE, three[0].home.compound, j.NONE,
                                        j.OF_RESIDENTS + (1 << 30) + three[0].row)  # fmt: skip
                for one in three:
                    one.enter(group)

    def _open_official(self):
        ordinal = [0] * len(self.open_groups)
        self.open_groups = [None] * len(ordinal)
        for group in self.groups:
            if group.kind == OFFICIAL:
                ordinal[group.compound] += 1
                if len(group.members) < self.x.cap:
                    self.open_groups[group.compound] = group
        for compound, group in enumerate(self.open_groups):
            if group is None:
                identity = compound * 1000 + ordinal[compound]
                self.open_groups[compound] = self.open_group(OFFICIAL, compound, j.NONE, identity)

    def open_group(self, kind, compound, theme, identity):
        group = Group(kind, compound, theme, identity, self.day)
        self.groups.append(group)
        return group

    def _leavers(self):
        x, found = self.x, []
        for group in self.groups:
            flood = max(0.0, 1.0 - x.flood_from / group.recent) if group.recent > 0.0 else 0.0
            most = 1.0 - math.exp(-x.h_ch / MONTH * (1.0 + flood))
            rows = self.rows_of(group)
            luck = column_of(self.world, j.LEAVE, self.day, rows, group.identity, group.founded).tolist()
            for u, (resident, (asked, unheard)) in zip(luck, group.members.items(), strict=True):
                if u < most:
                    share = unheard / asked if asked > 0.0 else 0.0
                    if u < 1.0 - math.exp(-x.h_ch / MONTH * (share + flood)):
                        found.append((resident, group))
        return found

    def rows_of(self, group):
        return np.array([resident.row for resident in group.members], np.int64)

    def _lottery(self, wish):
        resident, group = wish
        return draw(self.world, j.LOTTERY, self.day, resident.row, group.identity, group.founded)
