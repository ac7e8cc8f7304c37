"""Rules: what they set, when they hold, how they disagree, print and travel."""

import json
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from commsim.errors import UserError
from commsim.rules import (
    RULES,
    Audit,
    Barter,
    BuildingLeaders,
    Coaching,
    Corrections,
    DeliberationGroup,
    EasyVoting,
    Envoys,
    Exposure,
    Gatherings,
    GridOrders,
    Hall,
    HelpNorms,
    HomeVisits,
    Icebreaker,
    LeadersGroup,
    Mediation,
    MicroGrants,
    NeedsSurvey,
    Notice,
    OnlineGroup,
    OpenBooks,
    OwnersCommittee,
    Persuasion,
    PhoneTraining,
    PreScreening,
    PrivateMessages,
    PropertyInGroup,
    PublicAccount,
    Recognition,
    ReplyTime,
    ServiceSupply,
    SolveGrievances,
    TalkDays,
    ThirdPlace,
    Tracking,
    Vote,
    fold,
    rule_from_data,
)
from commsim.state.settings import DEFAULTS, OFFICE_DECIDES, PARAMETERS, PLACES, Settings

BASE = Settings()
CHANGED = {
    "gatherings": Gatherings(every=9, themes=("chess", "pets"), threshold=3, operator=">=", seats=7, start=2, end=90),
    "home_visits": HomeVisits(a_week=3.0, renters=False, start=7),
    "icebreaker": Icebreaker(table=5, strength=0.1), "notice": Notice(decision=3, works=0, among="all", hearing=False),
    "online_group": OnlineGroup(poster=0.5, forced=True, pay=5.0, start=10),
    "pre_screening": PreScreening(days=2, people=9, operator=">="),
    "phone_training": PhoneTraining(seats=9, every=14, a_week=2, lessons=3, poster=0.5, end=60),
    "third_place": ThirdPlace(buildings=0.5, gain=1.0, start=3),
    "reply_time": ReplyTime(hours=0.5, on_call=False), "vote": Vote(share=0.66, operator=">=", of="all"),
    "property_in_group": PropertyInGroup(hours=2.0, live_reports=False, start=3),
    "owners_committee": OwnersCommittee(pressed=0.8), "private_messages": PrivateMessages(hours=0.2),
    "talk_days": TalkDays(a_month=4.0, hours=1.0, minutes=60.0),
    "grid_orders": GridOrders(speed=1.5, homes_each=40, hours=6.0, end=50),
    "open_books": OpenBooks(tau=0.8, online=False, paper=False),
    "service_supply": ServiceSupply(a_month=5.0, minutes=30.0), "needs_survey": NeedsSurvey(start=9),
    "hall": Hall(theme="chess", opening_gift=False, guests=3, days_week=2, yuan=50.0),
    "building_leaders": BuildingLeaders(buildings=2, start=5), "help_norms": HelpNorms(factor=0.5, end=40),
    "recognition": Recognition(shown=False, badges=True, start=2),
    "solve_grievances": SolveGrievances(a_month=0.5, start=1),
    "exposure": Exposure(scope="stairwell", hazard=0.1, start=30),
    "persuasion": Persuasion(neighbours=False, end=90), "envoys": Envoys(families=0.5, hazard=0.1),
    "barter": Barter(rate=2.0, hours=0.5, start=3),
    "corrections": Corrections(a_day=3, start=5),
    "coaching": Coaching(groups_a_month=2, online=True, start=30), "leaders_group": LeadersGroup(start=60),
    "mediation": Mediation(skilled=0.5, start=9), "public_account": PublicAccount(posts_a_week=3.0, end=50),
    "easy_voting": EasyVoting(hours=0.01),
    "deliberation_group": DeliberationGroup(people=12, rounds=5, start=4), "tracking": Tracking(end=90),
    "audit": Audit(times_a_year=2),
    "micro_grants": MicroGrants(yuan=500.0, groups=3, rounds=4, every=90, by="photos", start=20),
}  # fmt: skip


def at(settings, place):
    return settings.pipeline[PLACES.index(place)]


def test_every_rule_is_tested_here():
    assert set(CHANGED) == set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_travels_as_json(name):
    for rule in (RULES[name](), CHANGED[name], replace(CHANGED[name], start=4, end=5)):
        data = json.loads(json.dumps(rule.as_data()))
        assert rule_from_data(data) == rule
        assert data["rule"] == name
    assert RULES[name]().as_data() == {"rule": name}  # default arguments are left out


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_prints_as_the_line_that_made_it(name):
    rule = CHANGED[name]
    assert eval(repr(rule), {type(rule).__name__: type(rule)}) == rule


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_cannot_be_changed_and_sets_only_levers_that_exist(name):
    rule = CHANGED[name]
    with pytest.raises(FrozenInstanceError):
        rule.start = 3
    assert set(rule.levers()) <= set(PARAMETERS)
    assert set(rule.stages()) <= set(PLACES)
    for lever, value in rule.levers().items():
        assert PARAMETERS[lever].low <= value <= PARAMETERS[lever].high, lever


def test_without_rules_the_scenario_holds():
    assert fold(BASE, (), 0) == BASE
    other = Settings(DEFAULTS._replace(mu=1.0))
    assert fold(other, (OnlineGroup(start=5),), 4) == other


def test_a_rule_holds_from_its_start_until_before_its_end():
    rule = ReplyTime(hours=4.0, start=3, end=6)
    assert [rule.holds(day) for day in range(8)] == [False] * 3 + [True] * 3 + [False] * 2
    assert [fold(BASE, (rule,), day).x.reply_hours for day in (2, 3, 5, 6)] == [
        DEFAULTS.reply_hours, 4.0, 4.0, DEFAULTS.reply_hours,
    ]  # fmt: skip


def test_a_rule_changes_its_own_levers_and_no_other():
    folded = fold(BASE, (OnlineGroup(poster=0.3), Icebreaker(table=5)), 0).x
    changed = {name for name in PARAMETERS if getattr(folded, name) != getattr(DEFAULTS, name)}
    assert changed == {"group_open", "p_b", "icebreaker", "g_table"}


@pytest.mark.parametrize("first, second", [
    (ReplyTime(hours=4.0), ReplyTime(hours=8.0)), (OnlineGroup(poster=0.1), OnlineGroup(poster=0.2)),
    (Vote(share=0.5), Vote(share=0.6)), (Notice(decision=3), Notice(decision=5)), (Icebreaker(table=3), Icebreaker()),
])  # fmt: skip
def test_two_rules_that_disagree_on_a_day_are_an_error_that_names_the_day(first, second):
    for pair in ((first, second), (second, first)):
        with pytest.raises(UserError) as caught:
            fold(BASE, pair, 7)
        assert caught.value.key == "rules_disagree" and caught.value.facts["day"] == 7
        for lang in ("zh", "en"):
            assert "7" in caught.value.text(lang)


def test_two_rules_may_agree_and_may_follow_each_other():
    assert fold(BASE, (ReplyTime(hours=4.0), ReplyTime(hours=4.0, start=1)), 2).x.reply_hours == 4.0
    early, late = ReplyTime(hours=4.0, end=5), ReplyTime(hours=8.0, start=5)
    assert [fold(BASE, (early, late), day).x.reply_hours for day in (4, 5)] == [4.0, 8.0]


def test_stages_take_their_places_and_the_usual_ones_stay():
    folded = fold(BASE, (Vote(days=5), Notice(decision=7, works=0, accounts=2), PreScreening(people=11)), 0)
    assert [stage and stage.kind for stage in folded.pipeline] == [
        "pre_screening", "vote", "notice", "review", None, "build", "acceptance", "notice",
    ]  # fmt: skip
    assert at(folded, "vote").days == 5 and at(folded, "pre_screening").people == 11
    assert at(folded, "notice_of_accounts").days == 2
    assert fold(BASE, (Vote(end=1),), 1).pipeline == OFFICE_DECIDES


def test_operators_and_denominators_are_part_of_the_rule():
    vote = at(fold(BASE, (CHANGED["vote"],), 0), "vote")
    assert (vote.share, vote.operator, vote.of) == (0.66, ">=", "all")
    notice = at(fold(BASE, (Notice(objectors=4, operator=">", among="all", restart_to="review"),), 0), "notice")
    assert (notice.objectors, notice.operator, notice.among, notice.restart_to) == (4, ">", "all", "review")


@pytest.mark.parametrize("name, argument", [(name, f.name) for name in sorted(RULES) for f in fields(RULES[name])])
def test_every_argument_has_limits_that_are_kept(name, argument):
    rule = RULES[name]
    allowed = {"start": (0, 10**6), "end": (0, 10**6), **rule.limits}[argument]
    if isinstance(allowed[0], str):
        bad = ["nonsense"]
        good = list(allowed)
    else:
        bad = [allowed[0] - 1, allowed[1] + 1, float("nan"), "many"]
        good = list(allowed)
    for value in bad:
        value = (value,) if argument == "themes" else value
        with pytest.raises(UserError) as caught:
            rule(**{argument: value})
        assert caught.value.facts["place"] == f"{name}.{argument}"
    for value in good:
        value = (value,) if argument == "themes" else value
        assert getattr(rule(**{argument: value}), argument) == value


def test_a_word_that_is_nearly_right_is_named():
    with pytest.raises(UserError) as caught:
        Gatherings(themes=("cultur",))
    assert caught.value.facts["nearest"] == "culture"
    with pytest.raises(UserError) as caught:
        rule_from_data({"rule": "reply_tme"})
    assert caught.value.facts["nearest"] == "reply_time"
    with pytest.raises(UserError) as caught:
        rule_from_data({"rule": "vote", "shares": 0.5})
    assert caught.value.facts["nearest"] == "share"


@pytest.mark.parametrize("data", [{}, {"rule": None}, {"rule": 3}, {"rule": "vote", "until": 3}, {"start": 1}])
def test_data_that_is_no_rule_is_a_users_error(data):
    with pytest.raises(UserError):
        rule_from_data(data)


class _Announcements:
    def __init__(self, compounds):
        self.homes = type("Homes", (), {"compounds": compounds})
        self.gatherings, self.made = self, []

    def announce(self, compound, ordinal, plan, day, attempt=0):
        self.made.append((compound, ordinal, day))


def test_gatherings_are_announced_in_every_compound_every_so_many_days_from_the_start():
    rule, state = Gatherings(every=14, start=10), _Announcements(2)
    for day in range(10, 40):
        rule.do(state, DEFAULTS, day)
    assert state.made == [(c, k, 10 + 14 * k) for k in range(3) for c in range(2)]
