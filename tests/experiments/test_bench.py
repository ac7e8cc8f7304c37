"""The bench and its looks: starts are shared and never used up, levers lie in the right order, counts are counts."""

import numpy as np
import pytest

from commsim import rules as r
from commsim.experiments import bench as benches
from commsim.experiments import looks, patterns
from commsim.experiments.bench import Bench
from commsim.special import hamlet
from commsim.state.groups import INTEREST, OFFICIAL, PRIVATE, enter, open_group
from commsim.state.messages import ISSUE, REPLY, TALK, append
from commsim.state.office import BY_GROUP, BY_PHONE
from commsim.state.people import ADULT, CHILD, ELDER, LONG_RENTER, OWNER, SHORT_RENTER
from commsim.state.projects import Project


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setitem(benches.SIZES, "tiny", (40, 16, 1))
    benches._place.cache_clear()
    return Bench(1)


def spirit(state, settings, day):
    return settings.x.spirit


# -- bench ---------------------------------------------------------------------------------------------------


def test_places_are_one_compound_of_the_right_size(tiny):
    from commsim.population import populate

    for size, (people, households, _) in benches.SIZES.items():
        state = populate(tiny.place(size, burn_in=0), 1)
        assert (state.size, len(state.homes.doors), state.homes.compounds) == (people, households, 1)


def test_a_start_is_computed_once_and_copied(tiny, monkeypatch):
    place, calls = tiny.place("tiny", burn_in=2), []
    real = benches.engine.prepare
    monkeypatch.setattr(benches.engine, "prepare", lambda *a: calls.append(a) or real(*a))
    one, two = tiny.start(place), tiny.start(place)
    one.people["trust"][:] = 0.0
    assert len(calls) == 1 and two.people["trust"].max() > 0.0 and tiny.start(place).people["trust"].max() > 0.0
    tiny.start(tiny.place("tiny", burn_in=3))
    assert len(calls) == 2


def test_what_is_fixed_outranks_what_is_drawn_and_that_the_scenario():
    drawn = Bench(1, {"renter_share": 0.2, "alpha": 0.07, "quake_half_life": 99.0})
    x = drawn.place("yard", alpha=0.03).settings.x
    assert (x.renter_share, x.alpha) == (0.2, 0.03)
    assert x.stay_long == Bench(1).place("yard").settings.x.stay_long
    assert Bench(1).place("yard").settings.x.renter_share == 0.45  # Jinyang's
    assert drawn.number("quake_half_life", 180.0) == 99.0 and Bench(1).number("quake_half_life", 180.0) == 180.0


def test_a_draw_sets_no_lever_that_only_a_rule_sets():
    """Seats for phone classes are drawn, but nobody holds classes where no rule says so."""
    from commsim.experiments.drawing import HANDED, drawn

    numbers = drawn(1)
    usual, x = Bench(1).place("yard").settings.x, Bench(1, numbers).place("yard").settings.x
    for name in HANDED:
        assert name in numbers and getattr(x, name) == getattr(usual, name), name
    assert x.class_seats == 0.0 and x.alpha == numbers["alpha"]


def test_looks_are_taken_on_the_evenings_asked_for_and_levers_hold_from_the_first_day(tiny):
    place = tiny.place("tiny", burn_in=0)
    seen = tiny.live(place, [], 6, lambda s, x, day: (day, s.day, x.x.m), at={1, 4}, m=0.25)
    assert seen == {1: (1, 2, 0.25), 4: (4, 5, 0.25)}
    assert list(tiny.live(place, [], 3, lambda s, x, d: d)) == [0, 1, 2]
    assert tiny.start(place).base.x.m != 0.25 and tiny.start(place).day == 0


def test_a_run_ends_when_enough_was_seen(tiny):
    seen = tiny.live(tiny.place("tiny", burn_in=0), [], 50, lambda s, x, d: d, at=range(0, 50, 5),
                     until=lambda day: day >= 10)  # fmt: skip
    assert list(seen) == [0, 5, 10]


def test_shocks_befall_and_do_not_stay_with_the_start(tiny):
    from commsim.state.shocks import Earthquake

    place = tiny.place("tiny", burn_in=0)
    seen = tiny.live(place, [], 4, spirit, shocks=[Earthquake(day=2, log_odds=2.0, half_life=1.0)])
    assert list(seen.values()) == [0.0, 0.0, 2.0, 1.0]
    assert set(tiny.live(place, [], 4, spirit).values()) == {0.0}


def test_arms_of_a_world_share_their_luck(tiny):
    place = tiny.place("tiny", burn_in=5)

    def ties(state, settings, day):
        return looks.strength_of_all(state, settings, day)

    one = tiny.live(place, [], 10, ties, at={9})
    assert one == tiny.live(place, [r.ReplyTime()], 10, ties, at={9})
    assert one != Bench(2).live(place, [], 10, ties, at={9})


def test_rules_take_drawn_numbers():
    drawn = Bench(1, {"p_b": 0.4, "g_table": 5.0, "w_ice": 0.08})
    assert patterns.group(drawn).poster == 0.4 and patterns.group(drawn, poster=2.0).poster == 2.0
    assert (patterns.icebreaker(drawn).table, patterns.icebreaker(drawn).strength) == (5, 0.08)
    assert patterns.group(Bench(1)).poster == 0.15


# -- looks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def talk():
    """Six people: four in an official group, three of them in a private one too; day 100."""
    state = hamlet(6)
    state.day = 100
    t = state.tables
    for kind, members in ((OFFICIAL, (0, 1, 2, 3)), (PRIVATE, (1, 2, 3))):
        group = open_group(state.groups, kind, 0, -1, kind)
        for i in members:
            enter(t.groups, t.people, i, group)
    return state


def write(state, time, sender, group, kind=TALK, reply_to=-1):
    return append(state.tables.messages, time, sender, group, kind, reply_to, 0, -1)


def test_messages_per_member_are_of_residents_and_of_late(talk):
    for time, sender, group in ((50.0, 0, 0), (80.0, 0, 0), (90.0, 1, 0), (99.5, 1, 1), (99.6, 2, 1), (99.7, -1, 0)):
        write(talk, time, sender, group)
    assert looks.per_member(talk, OFFICIAL, 99) == 2 / 4
    assert looks.per_member(talk, PRIVATE, 99) == 2 / 3
    assert looks.per_member(talk, INTEREST, 99) is None
    assert looks.official_over_private(talk, 99) == pytest.approx(0.75)
    assert looks.per_member(talk, OFFICIAL, 99, 60) == 3 / 4


def test_a_silent_private_group_leaves_the_official_one_all_the_say(talk):
    assert looks.official_over_private(talk, 99) is None
    write(talk, 99.0, 0, 0)
    assert looks.official_over_private(talk, 99) == 10.0
    write(talk, 99.1, 1, 1)
    assert looks.official_over_private(talk, 99) == pytest.approx(3 / 4)


def test_active_members_wrote_in_the_official_group(talk):
    write(talk, 99.0, 0, 0)
    write(talk, 99.1, 0, 0)
    write(talk, 99.2, 1, 1)
    assert looks.active_members(talk, 99) == 1 / 4
    assert looks.active_members(hamlet(3), 99) is None
    assert looks.coverage(talk) == 4 / 6 and looks.members_of(talk, OFFICIAL) == 4


def test_the_first_peer_reply_is_timed_once_and_only_in_the_official_group(talk):
    first = write(talk, 98.0, 0, 0, ISSUE)
    write(talk, 98.0 + 5 / 1440, -1, 0, REPLY, first)  # the office is no peer
    write(talk, 98.0 + 10 / 1440, 1, 0, REPLY, first)
    write(talk, 98.0 + 30 / 1440, 2, 0, REPLY, first)
    apart = write(talk, 98.5, 1, 1)
    write(talk, 98.5 + 1 / 1440, 2, 1, REPLY, apart)
    assert looks.peer_reply_minutes(talk, 99) == pytest.approx(10.0)
    assert looks.peer_reply_minutes(hamlet(2), 99) is None


def report(state, reported, answered=-1.0, solved=-1.0, channel=BY_GROUP, emergency=False):
    k = int(state.cases.count[0])
    row = state.cases.rows
    row["reported"][k], row["answered"][k], row["solved"][k] = reported, answered, solved
    row["channel"][k], row["emergency"][k] = channel, emergency
    state.cases.count[0] += 1


def test_answers_are_timed_in_the_group_with_those_still_waiting():
    state = hamlet(3)
    for reported, answered, channel in ((10.0, 10.5, BY_GROUP), (10.0, 11.0, BY_GROUP), (10.0, -1.0, BY_GROUP),
                                        (10.0, 10.1, BY_PHONE), (5.0, 5.1, BY_GROUP)):  # fmt: skip
        report(state, reported, answered, channel=channel)
    median, within = looks.in_group_answers(state, 10, 20.0)
    assert median == pytest.approx(24.0) and within == pytest.approx(2 / 3)
    assert looks.in_group_answers(hamlet(3), 0, 20.0) == (None, None)


def test_emergencies_are_timed_to_their_repair():
    state = hamlet(3)
    report(state, 10.0, solved=10.0 + 2 / 24, emergency=True)
    report(state, 10.0, solved=15.0)
    assert looks.emergency_hours(state, 0, 20.0) == pytest.approx(2.0)
    assert looks.emergency_hours(state, 11, 20.0) is None


def test_sign_ups_are_the_median_of_a_theme():
    state = hamlet(3)
    state.gatherings.past = [{"theme": theme, "signed": n} for theme, n in
                             (("family", 10), ("family", 90), ("family", 80), ("sport", 3))]  # fmt: skip
    assert looks.sign_ups(state, "family") == 80 and looks.sign_ups(state, "pets") is None


def test_strength_counts_a_tie_once():
    from commsim.special import know

    state = hamlet(4, half_life=180.0)
    know(state, 0, 1, 0.5)
    know(state, 1, 2, 0.25)

    class Now:
        x = state.base.x

    assert looks.strength_of_all(state, Now, 0) == pytest.approx(0.75)
    assert looks.strength_of_all(state, Now, 180) == pytest.approx(0.375)


def test_ballots_are_counted_once_by_the_tenure_of_those_who_cast_them():
    state = hamlet(6)
    state.people["tenure"] = [OWNER, OWNER, LONG_RENTER, LONG_RENTER, SHORT_RENTER, SHORT_RENTER]
    project = Project(0, 0, 0, (), np.arange(6), np.array([1, 1, 1, 1, 1, 0], bool), 0.0, 0.0)
    project.voted, project.yes = np.array([1, 1, 1, 0, 0, 1], bool), np.array([1, 0, 1, 0, 0, 1], bool)
    project.steps = [{"stage": "vote", "until": None}]
    state.projects.all = [project]
    ballots = looks.Ballots(10)
    ballots.look(state, None, 12)
    assert set(ballots.rates().values()) == {None}
    project.steps[0]["until"] = 13
    ballots.look(state, None, 13)
    state.people["tenure"] = OWNER
    ballots.look(state, None, 14)
    assert ballots.rates() == {"vote_owners": 1.0, "vote_long": 0.5, "vote_short": 0.0, "vote_renters": 1 / 3,
                               "pay_owners": 0.5, "pay_long": 0.5, "pay_short": 0.0, "pay_renters": 1 / 3}  # fmt: skip


def test_votes_before_the_first_day_are_passed_over():
    state = hamlet(2)
    project = Project(0, 0, 0, (), np.arange(2), np.ones(2, bool), 0.0, 0.0)
    project.voted = project.yes = np.ones(2, bool)
    project.steps = [{"stage": "vote", "until": 9}]
    state.projects.all = [project]
    ballots = looks.Ballots(10)
    for day in (9, 10, 11):
        ballots.look(state, None, day)
    assert ballots.rates()["vote_owners"] is None


class _Stairs:
    """A stand-in for what stands on the stairs of three homes."""

    def __init__(self, homes):
        self.homes = {"since": np.full(homes, -1), "posted": np.full(homes, -1)}


def test_clutter_is_followed_from_the_evening_it_stands_there():
    state = hamlet(3)
    state.people["age"] = [ELDER, ADULT, CHILD]
    state.people["literate"] = [False, True, False]
    stairs = _Stairs(3)
    object.__setattr__(state, "stairs", stairs)
    watched = looks.Clutter()
    since, posted = stairs.homes["since"], stairs.homes["posted"]
    since[:2] = 5
    watched.look(state, None, 5)
    state.people["in_official"][0] = True
    watched.look(state, None, 7)
    posted[0] = 8
    watched.look(state, None, 8)
    since[0] = posted[0] = -1  # cleared
    watched.look(state, None, 12)
    state.people["since"][1], since[1] = 20, -1  # moved out
    watched.look(state, None, 20)
    cleared, moved = watched.past
    assert cleared == {"since": 5, "posted": 8, "cleared": 12, "ended": 12, "offline": True, "inside": True}
    assert moved["cleared"] is None and moved["ended"] == 20 and not moved["offline"] and not moved["inside"]
    assert watched.cleared_within(7, 100) == 1.0
    assert watched.cleared_within(3, 100) == 0.0


def _relative_shown_on_day_8(before, after):
    """The open episode of a home shown on day 8 by which somebody was in the group that morning, or that evening."""
    state, stairs = hamlet(1), _Stairs(1)
    object.__setattr__(state, "stairs", stairs)
    watched = looks.Clutter()
    stairs.homes["since"][0] = 5
    for day, member in ((7, before), (8, after)):
        stairs.homes["posted"][0] = 8 if day == 8 else -1
        state.people["in_official"][0] = member
        watched.look(state, None, day)
    return watched.open[0]


def test_whoever_left_the_group_on_the_day_of_the_photo_had_seen_it():
    assert _relative_shown_on_day_8(before=True, after=False)["inside"]


def test_whoever_joined_after_the_photo_had_not():
    assert not _relative_shown_on_day_8(before=False, after=True)["inside"]


def test_clutter_put_out_again_is_another_episode():
    state, stairs = hamlet(1), _Stairs(1)
    object.__setattr__(state, "stairs", stairs)
    watched = looks.Clutter()
    for day, since in ((3, 3), (4, 3), (9, 9)):
        stairs.homes["since"][0] = since
        watched.look(state, None, day)
    assert [one["since"] for one in watched.past] == [3] and watched.open[0]["since"] == 9
