"""Deciding: projects go through the stages of the pipeline they started under (model section 6l).

A household concerned has seen a notice after d days with probability 1 - e^(-r d), r by channel, and
then objects with probability logistic(o_0 + o_c yuan/100 - o_tau tau - o_t (trust - 1/2)); one keyed
threshold per household and version for each.  Enough objectors restart the project as a new version;
fewer are heard.  The opinion of a household is its chance to object, 0-1; who is won over comes to think 0,
and ties whose opinion was within epsilon of theirs come half-way, times strength.  A household charged for
works that it was never asked or told about bears a grievance, and so does one whose objection was passed
over or heard without agreement.  Who moves in has neither seen, said nor voted anything.  Representatives
with a smartphone have a chat group until the project is over.  Each writes there how it looks, or they talk in
pairs before they are asked: opinions within epsilon of each other meet half-way (Deffuant et al. 2000).
"""

from __future__ import annotations

import numpy as np

from commsim.clock import AWAKE_FROM, AWAKE_HOURS, HOURS
from commsim.day.willing import favours, willing
from commsim.draws import draw, exponential, logistic, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import DELIBERATION, OF_TASKS, REPRESENTATIVES, open_group, seat, slot_of, with_room
from commsim.state.messages import POST, VIEW, doubled, push
from commsim.state.office import (
    CHARGED_UNSEEN,
    FOR_PROJECTS,
    FOR_WORKS,
    FROM_HOUSEHOLDS,
    OTHER_HOURS,
    OVERRULED,
)
from commsim.state.people import experience, spokesperson
from commsim.state.projects import Project
from commsim.state.settings import PLACES, Settings
from commsim.state.ties import level_on, meet, share_inside
from commsim.state.whole import State

ARRIVES, BLOCK, VALUE = purpose("project arrives"), purpose("project household"), purpose("project value")
REPRESENTATIVE, TURNOUT = purpose("representative"), purpose("vote turnout")
SEEN, DELIBERATES, VIEW_HOUR = purpose("notice seen"), purpose("deliberates"), purpose("view hour")
OBJECTION, HEARING = purpose("objection"), purpose("hearing")
PER_TENANCY = ("objects", "settled", "heard", "voted", "yes", "asked")
BALLOT_HOURS = 0.5  # of voting at the office
ROUNDING = 1e-9  # keeps 0.6 * 125 votes from failing by a rounding error


def deciding(state: State, settings: Settings, day: int) -> None:
    """New projects are proposed; every open one lives through a day of its stage."""
    for compound in range(state.homes.compounds):
        if draw(state.world, ARRIVES, day, compound, 0, 0) < settings.x.projects_a_year / 365.0:
            state.projects.all.append(propose(state, settings, compound, day))
    newcomers = state.people["since"][state.homes.doors["first"]] == day
    for project in state.projects.open:
        _forget_tenants(project, newcomers)
        live_project(state, project, settings, day)
        if project.outcome != "open":
            _part(state, project)
            state.projects.done += project.outcome == "done"


def propose(state: State, settings: Settings, compound: int, day: int) -> Project:
    """A project for a block of neighbouring households, under today's pipeline."""
    x, homes = settings.x, state.homes
    households = np.flatnonzero(homes.doors.compound == compound)
    size = min(int(x.project_households), len(households))
    start = int(draw(state.world, BLOCK, day, compound, 0, 0) * (len(households) - size + 1))
    affected = np.zeros(len(households), bool)
    affected[start : start + size] = True
    project = Project(len(state.projects.all), compound, day, settings.pipeline, households, affected,
                      x.project_cost, min(x.project_subsidy, x.project_cost))  # fmt: skip
    _new_version(state, project, 1)
    _enter(project, _first_place(project, 0), day)
    return project


def _new_version(state, project, version):
    """Everything that households think of it is drawn afresh."""
    project.version, n = version, len(project.households)
    project.value, project.notices_needed, project.mind = np.empty((3, n))
    version_draws(project.households, project.value, project.notices_needed, project.mind, _name(project),
                  version, state.world, project.proposed)  # fmt: skip
    project.exposure, project.swayed = np.zeros((2, n))
    for column in PER_TENANCY:
        setattr(project, column, np.zeros(n, bool))


def _forget_tenants(project, newcomers):
    """What those who moved out today had seen, said and voted is not their successors'."""
    here = newcomers[project.households]
    if here.any():
        project.exposure[here] = project.swayed[here] = 0.0
        for column in PER_TENANCY:
            getattr(project, column)[here] = False


def _name(project) -> int:
    """A project's name in keyed draws: where it was proposed (the day is a key of its own)."""
    return project.compound


def _first_place(project, at) -> int:
    """The first stage at or after ``at`` that the pipeline has; past the end when there is none."""
    while at < len(project.pipeline) and project.pipeline[at] is None:
        at += 1
    return at


def _enter(project, place, day):
    project.place, project.since = place, day
    if place >= len(project.pipeline):
        project.outcome, project.ended = "done", day
        return
    project.steps.append({"stage": project.stage.kind, "from": day, "until": None,
                          "version": project.version, "result": None, "objectors": 0})  # fmt: skip


def live_project(state, project, settings, day):
    """One day in the present stage, and its end when its days are over."""
    if day < project.since:  # being reworked
        return
    now, x = state.under(settings), settings.x
    stage, over = project.stage, day - project.since + 1 >= project.stage.days
    if stage.kind == "pre_screening" and day == project.since:
        _bring_together(state, project, settings, day)
    elif stage.kind == "notice":
        show_notice(now, project.households, project.affected, project.exposure, project.notices_needed,
                    project.mind, project.swayed, project.objects, stage.board, stage.group,
                    stage.among == "all", project.yuan)  # fmt: skip
    elif stage.kind == "vote":
        vote(now, project.households, project.affected, project.value, project.voted, project.yes,
             stage.of == "all", project.yuan, project.version, project.proposed, day)  # fmt: skip
    elif stage.kind == "build" and day == project.since:
        _charge(state, project, x)
    if over:
        _ENDS.get(stage.kind, _go_on)(state, project, settings, day)


def _go_on(state, project, settings, day, result="passed", objectors=0):
    project.steps[-1].update(until=day + 1, result=result, objectors=objectors)
    _enter(project, _first_place(project, project.place + 1), day + 1)


def _start_over(state, project, settings, day, result, objectors, kind):
    """A new version from the first stage of ``kind`` (or what follows it), or the project is dropped."""
    project.steps[-1].update(until=day + 1, result=result, objectors=objectors)
    x = settings.x
    if project.version >= x.versions_most:
        project.outcome, project.ended = "dropped", day + 1
        return
    _new_version(state, project, project.version + 1)
    _enter(project, _first_place(project, PLACES.index(kind)), day + 1 + int(x.rework_days))


def _bring_together(state, project, settings, day):
    """Representatives are chosen and put their views to each other, in a chat group where they can."""
    x = settings.x
    people = int(x.deliberation_people)
    rounds = int(x.deliberation_rounds) if people else 0
    project.chosen = representatives(state.under(settings), project.households, project.affected,
                                     people or project.stage.people, project.version, project.proposed)  # fmt: skip
    _part(state, project)
    rows = np.array([_speaker(state, project.households[k]) for k in project.chosen], np.int64)
    if state.people["literate"][rows].sum() > 1:
        state.groups = with_room(state.groups, 1)
        project.group = open_group(state.groups, DELIBERATION if people else REPRESENTATIVES, project.compound, -1,
                                   OF_TASKS + (project.compound << 16) + project.proposed, day)  # fmt: skip
        seat(state.tables.groups, state.tables.people, project.group, rows)
    while len(state.events.rows) - state.events.size[0] < len(rows) * (1 + rounds):
        state.events = doubled(state.events)
    deliberate(state.under(settings), project.households, project.value, project.chosen, project.group, rounds,
               project.stage.days, project.version, project.proposed, day)  # fmt: skip


def _part(state, project):
    """The representatives' group of a version is closed."""
    if project.group >= 0:
        seat(state.tables.groups, state.tables.people, project.group, np.zeros(0, np.int64))
        project.group = -1


def _end_pre_screening(state, project, settings, day):
    yes = pre_screen(state.under(settings), project.households, project.value, project.asked, project.chosen,
                     project.yuan, project.version, project.proposed)  # fmt: skip
    if _passes(project.stage, yes, len(project.chosen)):
        _go_on(state, project, settings, day)
    else:
        _start_over(state, project, settings, day, "failed", 0, "pre_screening")


def _end_vote(state, project, settings, day):
    stage = project.stage
    of = {"voters": project.voted.sum(), "affected": project.affected.sum(), "all": len(project.households)}
    if _passes(stage, int(project.yes.sum()), int(of[stage.of])):
        _go_on(state, project, settings, day)
    else:
        _start_over(state, project, settings, day, "failed", 0, "pre_screening")


def _passes(stage, yes, of) -> bool:
    """yes / of compared with the stage's share, exactly as its operator says; nobody asked: no."""
    margin = yes - stage.share * of
    return of > 0 and (margin > ROUNDING if stage.operator == ">" else margin >= -ROUNDING)


def _end_notice(state, project, settings, day):
    stage = project.stage
    objecting = project.objects & ~project.settled
    count = int(objecting.sum())
    enough = count > stage.objectors if stage.operator == ">" else count >= stage.objectors
    if stage.objectors > 0 and enough:
        kind = "acceptance" if project.charged else stage.restart_to
        state.projects.restarts += 1
        _start_over(state, project, settings, day, "restarted", count, kind)
        return
    _answer_objectors(state, project, objecting & ~project.heard, settings, day)
    _go_on(state, project, settings, day, objectors=count)


def _answer_objectors(state, project, objecting, settings, day):
    """Objectors are heard in person (fairness is the office's commitment m) or passed over."""
    now, x = state.under(settings), settings.x
    project.heard |= objecting
    before = opinions(now, project.households, project.affected, project.swayed, project.yuan)
    for k in np.flatnonzero(objecting):
        i = _speaker(state, project.households[k])
        if project.stage.hearing:
            state.requests.append((OTHER_HOURS, x.minutes_hearing))
            u = draw(state.world, HEARING, project.proposed, i, _name(project), project.version)
            project.settled[k] = u < logistic(x.a_f + x.b_f * x.m)
            project.heard_total += 1
            project.settled_total += int(project.settled[k])
        experience(state.people.trust, i, bool(project.settled[k]), 1.0, x.a_t, x.b_t)
        if not project.settled[k]:
            _grieve(state, OVERRULED, i)
    won, after = np.flatnonzero(objecting & project.settled), before.copy()
    sway(now, project.households, won, before, after, project.swayed, day)
    project.objects &= project.settled | (after == before) | (project.mind < after)


def _charge(state, project, x):
    """Works begin: the affected households pay their share, whether they ever heard of it or not."""
    if project.charged:
        return
    project.charged = True
    yuan = state.office.yuan
    yuan[FOR_PROJECTS] += project.subsidy
    yuan[FROM_HOUSEHOLDS] += project.cost - project.subsidy
    yuan[FOR_WORKS] += project.cost
    if project.yuan > 0:
        for k in np.flatnonzero(project.affected & ~(project.seen | project.voted | project.asked)):
            i = _speaker(state, project.households[k])
            experience(state.people.trust, i, False, 1.0, x.a_t, x.b_t)
            _grieve(state, CHARGED_UNSEEN, i)


def _speaker(state, household) -> int:
    return int(spokesperson(state.people, state.homes.doors.first[household], state.homes.doors.seats[household]))


def _grieve(state, reason, i):
    state.office.grievances[reason] += 1
    state.people.grieved[i] += 1


_ENDS = {"pre_screening": _end_pre_screening, "vote": _end_vote, "notice": _end_notice}


@inner
def version_draws(households, value, needed, mind, name, version, world, proposed):
    """What a version is worth to each household, how much notice each needs to see it, how ready each is to object."""
    for k in range(len(households)):
        value[k] = draw(world, VALUE, proposed, households[k], name, version)
        needed[k] = exponential(1.0, draw(world, SEEN, proposed, households[k], name, version))
        mind[k] = draw(world, OBJECTION, proposed, households[k], 0, version)


@kernel
def show_notice(state, households, affected, exposure, needed, mind, swayed, objects, board, group, everybody, yuan):
    """One day of a notice: who sees it now, and who of those objects."""
    people, homes, x = state.people, state.homes, state.levers[0]
    for k in range(len(households)):
        if not (affected[k] or everybody) or exposure[k] >= needed[k]:
            continue
        h = households[k]
        i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
        rate = x.r_board if board else 0.0
        if group and people.in_official[i]:
            rate = max(rate, x.r_group)
        exposure[k] += rate
        if exposure[k] >= needed[k]:
            objects[k] = mind[k] < objection(people, i, x, yuan if affected[k] else 0.0, swayed[k])


@inner
def objection(people, i, x, yuan, swayed):
    """The chance that i objects to what costs the household ``yuan``, less the share that neighbours took away."""
    logit = x.o_0 + x.o_c * yuan / 100.0 - x.o_tau * x.tau - x.o_t * (people.trust[i] - 0.5)
    return (1.0 - swayed) * logistic(logit)


@kernel
def opinions(state, households, affected, swayed, yuan):
    """What each household thinks of it today: its chance to object, f8[households]."""
    people, homes, x = state.people, state.homes, state.levers[0]
    thinks = np.empty(len(households))
    for k in range(len(households)):
        h = households[k]
        i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
        thinks[k] = objection(people, i, x, yuan if affected[k] else 0.0, swayed[k])
    return thinks


@kernel
def sway(state, households, won, before, after, swayed, day):
    """Ties of those won over (places ``won``) come half-way, times strength, if their opinions ``before`` were near."""
    people, homes, ties, x = state.people, state.homes, state.ties, state.levers[0]
    level = level_on(day, x.half_life)
    place = np.full(len(people), -1)
    for k in range(len(households)):
        place[spokesperson(people, homes.doors.first[households[k]], homes.doors.seats[households[k]])] = k
    for k in won:
        i = spokesperson(people, homes.doors.first[households[k]], homes.doors.seats[households[k]])
        for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
            other = place[ties.slots.neighbour[s]]
            if other >= 0 and abs(before[other] - before[k]) < x.epsilon:
                stays = 1.0 - min(ties.slots.u[s] / level, 1.0) / 2.0
                after[other] *= stays
                swayed[other] = 1.0 - (1.0 - swayed[other]) * stays


@kernel
def vote(state, households, affected, value, voted, yes, everybody, yuan, version, proposed, day):
    """One day of voting, one vote a household; friends who have voted draw others in."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    mark = np.zeros(len(people), np.bool_)
    for k in range(len(households)):
        if voted[k]:
            mark[spokesperson(people, homes.doors.first[households[k]], homes.doors.seats[households[k]])] = True
    for k in range(len(households)):
        if voted[k] or not (affected[k] or everybody):
            continue
        h = households[k]
        i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
        hours = x.ballot_online_hours if people.literate[i] else BALLOT_HOURS
        share = share_inside(state.ties, i, mark)
        u = draw(world, TURNOUT, proposed, h, 0, version)
        if u < willing(people, i, x, x.theta_vote, value[k], share, hours, 0.0):
            voted[k] = True
            yes[k] = favours(people, i, h, x, value[k], yuan if affected[k] else 0.0, version, proposed, world)
            people.took_part[i] += 1
            people.last_part[i] = day


@kernel
def representatives(state, households, affected, most, version, proposed):
    """Up to ``most`` of the affected households, drawn by key: their places in ``households``."""
    luck = np.full(len(households), 2.0)
    for k in range(len(households)):
        if affected[k]:
            luck[k] = draw(state.world, REPRESENTATIVE, proposed, households[k], 0, version)
    chosen = np.argsort(luck)[:most]
    return chosen[luck[chosen] < 2.0]


@kernel
def deliberate(state, households, value, chosen, group, rounds, days, version, proposed, day):
    """The representatives talk in pairs drawn anew each round: who are within epsilon meet half-way.

    In their group one of the two writes and the other replies, which is their encounter, before the ``days`` of the
    stage are over; whoever has no smartphone is met in person.  Without rounds each writes once, to all.
    """
    people, homes, x = state.people, state.homes, state.levers[0]
    level = level_on(day, x.half_life)
    if rounds == 0 and group >= 0:
        for place in range(state.groups.rows.members[group]):
            i = state.groups.member[group, place]
            write_view(state, i, i, group, day + 1, 0, version, proposed)
    for turn in range(rounds):
        luck = np.empty(len(chosen))
        for k in range(len(chosen)):
            luck[k] = draw(state.world, DELIBERATES, proposed, households[chosen[k]], turn, version)
        order = chosen[np.argsort(luck)]
        for k in range(1, len(order), 2):
            a, b = order[k - 1], order[k]
            g, h = households[a], households[b]
            i = spokesperson(people, homes.doors.first[g], homes.doors.seats[g])
            j = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
            if group >= 0 and slot_of(state.groups, i, group) >= 0 and slot_of(state.groups, j, group) >= 0:
                said = day + 1 + turn * max(days - 1, 1) // rounds
                write_view(state, i, j, group, said, turn, version, proposed)
            else:
                meet(state.ties, i, j, x.kappa_on * x.alpha, x.w_cap, level, x.w_drop)
            if abs(value[a] - value[b]) < x.epsilon:
                value[a] = value[b] = (value[a] + value[b]) / 2.0


@kernel
def write_view(state, i, to, group, said, turn, version, proposed):
    """i will write on day ``said`` how the project looks, to member ``to`` or, where that is i, to all."""
    hour = AWAKE_FROM + AWAKE_HOURS * draw(state.world, VIEW_HOUR, proposed, i, turn, version)
    push(state.events, said + hour / HOURS, POST, i, group, VIEW * 2**32 + to)


@kernel
def pre_screen(state, households, value, told, chosen, yuan, version, proposed):
    """How many of the representatives ``chosen`` say yes."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    yes = 0
    for k in chosen:
        h = households[k]
        i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
        told[k] = True
        yes += favours(people, i, h, x, value[k], yuan, version, proposed, world)
    return yes
