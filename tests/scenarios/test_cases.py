"""Every shipped scenario: complete in both languages, within limits, its policies instructive."""

import re

import pytest

import commsim.scenarios as scenarios
from commsim.measures.table import MEASURES
from commsim.rules import RULES, fold
from commsim.scenarios import schema
from commsim.state.settings import PARAMETERS
from commsim.state.shocks import SHOCKS

SHIPPED = scenarios.available()
CASES = [name for name in SHIPPED if name != "blank"]
OWN = {  # the policy that the report tells of
    "baoshan": "baoshan_2017", "companion": "companion", "dashilan": "dashilan_steps",
    "deliberation": "deliberation_2017", "jinyang": "jinyang_2016", "mosquito_hall": "top_down", "palm": "palm",
    "xinyi": "xinyi",
}  # fmt: skip


@pytest.fixture(params=SHIPPED)
def scenario(request):
    return scenarios.load(request.param)


@pytest.fixture(params=CASES)
def case(request):
    return scenarios.load(request.param)


def names(scenario, policy):
    return set(scenario.policy(policy).names)


def test_every_case_is_there_with_its_own_policy_and_a_reference():
    assert set(OWN) | {"blank"} == set(SHIPPED)
    for name, own in OWN.items():
        policies = list(scenarios.load(name).policies)
        assert policies[0] == "before" and own in policies and 4 <= len(policies) <= 6, name


def test_both_languages_in_full_with_chinese_punctuation(scenario):
    for words in (scenario.title, scenario.story, *(p.title for p in scenario.policies.values())):
        assert re.search(r"[\u4e00-\u9fff]", words["zh"]) and not re.search(r"[\u4e00-\u9fff]", words["en"])
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]", words["zh"]), words["zh"]
    assert len(scenario.story["zh"]) > 60 and len(scenario.story["en"].split()) > 40


def test_a_case_has_a_courtyard_for_the_classroom_and_an_estate(case):
    assert case.default_scale == "estate" and set(case.scales) <= {"courtyard", "estate", "full"}
    assert [s.name for s in case.scales.values() if s.classroom] == ["courtyard"]
    assert case.scale("courtyard").people == 300
    if "full" in case.scales:
        assert case.scale("full").people > case.scale("estate").people


def test_an_estate_is_one_compound(case):
    """Sign-ups and objectors are counted in a compound: more than one and the thresholds mean something else."""
    doors = case.structure["doors_per_stairwell"] * case.structure["stairwells_per_building"]
    doors *= case.structure["buildings_per_courtyard"] * case.structure["courtyards_per_compound"]
    assert case.households("estate") < 1.5 * doors
    assert case.households("courtyard") < 1.5 * doors


def test_the_classroom_has_thresholds_and_costs_of_its_own_size(scenario):
    """Where a courtyard of 300 would be asked for what only an estate can give."""
    households = scenario.households("courtyard")
    for policy in scenario.policies:
        for rule in scenario.rules(policy, "courtyard"):
            if rule.name == "gatherings":
                assert rule.threshold <= 5 and (rule.seats <= 60 or rule.every >= 365), (policy, rule)
            if rule.name == "notice":
                assert rule.objectors <= 3, (policy, rule)
            if rule.name in ("pre_screening", "deliberation_group"):
                assert rule.people <= 8, (policy, rule)
    x = scenario.settings("courtyard").x
    assert x.project_households < households / 2 and x.project_subsidy < x.project_cost


def test_numbers_and_their_ranges_lie_within_what_the_model_allows(scenario):
    for number in scenario.numbers():
        *_, group, name = ("", *number.path.split("."))
        if group == "settings":
            low, high = PARAMETERS[name].low, PARAMETERS[name].high
            assert low <= number.value <= high and (number.low is None or low <= number.low <= number.high <= high), (
                number
            )
        elif group == "place":
            _, low, high = schema.PLACE[name]
            assert low <= number.value <= high
        elif number.low is not None and number.path.startswith("rules."):
            limits = _limits(scenario, number.path)
            assert limits[0] <= number.low <= number.high <= limits[1], number


def _limits(scenario, path):
    _, name, argument = path.split(".")
    rule = next(r for p in scenario.policies.values() for n, r in zip(p.names, p.rules, strict=True) if n == name)
    return RULES[rule.name].limits.get(argument, (0, 10**6))


def test_every_rule_of_the_file_is_part_of_a_policy(scenario):
    from ruamel.yaml import YAML

    tree = YAML(typ="safe").load(scenarios.reading.file_of(scenario).read_text(encoding="utf-8"))
    used = {name for policy in scenario.policies.values() for name in policy.names}
    assert set(tree["rules"]) == used


def test_no_two_policies_are_the_same(scenario):
    rules = [frozenset(policy.rules) for policy in scenario.policies.values()]
    assert len(set(rules)) == len(rules)


def test_rules_agree_with_one_another_on_every_day_of_the_horizon(scenario):
    for scale in scenario.scales:
        for policy in scenario.policies:
            rules = scenario.rules(policy, scale)
            days = {day for rule in rules for day in (rule.start, rule.end) if day <= scenario.horizon}
            for day in days | {0, scenario.horizon}:
                fold(scenario.settings(scale), rules, day)
            assert all(rule.start < scenario.horizon for rule in rules), policy


def test_everything_can_be_told_in_both_languages(scenario):
    for lang in ("zh", "en"):
        told = [scenarios.rule_in_words(rule, lang) for policy in scenario.policies for rule in scenario.rules(policy)]
        told += [scenarios.shock_in_words(shock, lang) for shock in scenario.shocks.values()]
        told += [scenarios.number_in_words(n, lang) for n in scenario.numbers()]
        told += [scenarios.source_in_words(n.source, lang) for n in scenario.numbers()]
        for text in told:
            assert "{" not in text and text
            assert not re.search(r"parameter |F\d+-F", text), text


def test_measures_of_a_case_exist_and_include_what_it_may_cost(case):
    assert 5 <= len(case.measures) == len(set(case.measures))
    assert any(MEASURES[name].harm for name in case.measures)


def test_shocks_befall_within_the_horizon(case):
    for shock in case.shocks.values():
        assert shock.name in SHOCKS and 0 < shock.day < case.horizon


# -- what a comparison of two policies is about -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "one", "other", "without", "instead"),
    [
        ("xinyi", "xinyi", "no_icebreaker", {"icebreaker"}, set()),
        ("xinyi", "xinyi", "with_gifts", {"themed_gatherings"}, {"themed_with_gifts"}),
        ("companion", "companion", "closed_books", {"open_books"}, set()),
        ("companion", "companion", "no_norms", {"equal_norms"}, set()),
        ("companion", "companion", "complaint_before_friends", {"pets_first", "complaint_later"},
         {"pets_later", "complaint_first"}),
        ("baoshan", "baoshan_2017", "on_duty_only", {"answer_in_48_hours"}, {"answer_on_duty_only"}),
        ("baoshan", "baoshan_2017", "no_hearing", {"two_notices"}, {"two_notices_unheard"}),
        ("palm", "palm", "two_parties", {"firm_in_group"}, set()),
        ("palm", "committee_presses", "two_parties", {"committee"}, set()),
        ("palm", "palm", "no_live_reports", {"firm_in_group"}, {"firm_without_live_reports"}),
        ("palm", "palm", "no_corrections", {"put_it_right"}, set()),
        ("deliberation", "deliberation_2017", "owners_only", {"rounds"}, {"rounds_to_owners"}),
        ("mosquito_hall", "top_down", "asked_with_gift", {"hall_from_above"}, {"hall_asked_for_with_gift"}),
        ("mosquito_hall", "top_down", "top_down_without_gift", {"hall_from_above"}, {"hall_from_above_without_gift"}),
        ("dashilan", "online_first", "forced", {"group_at_once", "step_6_tracking", "grants_by_trace"},
         {"forced_group", "yearly_audit", "grants_by_photos"}),
        ("dashilan", "dashilan_steps", "audit_by_photos", {"step_6_tracking", "grants_by_trace"},
         {"yearly_audit", "grants_by_photos"}),
    ],
)  # fmt: skip
def test_a_variant_differs_in_what_its_title_says_only(name, one, other, without, instead):
    scenario = scenarios.load(name)
    assert names(scenario, one) - names(scenario, other) == without
    assert names(scenario, other) - names(scenario, one) == instead


@pytest.mark.parametrize(
    ("name", "one", "other", "differ"),
    [
        ("xinyi", "themed_gatherings", "themed_with_gifts", {"gift", "yuan"}),
        ("baoshan", "answer_in_48_hours", "answer_on_duty_only", {"on_call"}),
        ("baoshan", "two_notices", "two_notices_unheard", {"hearing"}),
        ("companion", "pets_first", "pets_later", {"start", "end"}),
        ("companion", "complaint_later", "complaint_first", {"start"}),
        ("deliberation", "rounds", "rounds_to_owners", {"renters"}),
        ("mosquito_hall", "hall_from_above", "hall_asked_for_with_gift", {"theme"}),
        ("mosquito_hall", "hall_from_above", "hall_from_above_without_gift", {"opening_gift"}),
        ("mosquito_hall", "hall_asked_for", "hall_asked_for_with_gift", {"opening_gift"}),
        ("palm", "firm_in_group", "firm_without_live_reports", {"live_reports"}),
        ("dashilan", "grants_by_trace", "grants_by_photos", {"by"}),
    ],
)
@pytest.mark.parametrize("scale", ["courtyard", "estate"])
def test_two_rules_that_are_compared_differ_in_one_thing(name, one, other, differ, scale):
    scenario = scenarios.load(name)
    found = {}
    for policy in scenario.policies.values():
        found |= dict(zip(policy.names, scenario.rules(policy.id, scale), strict=True))
    first, second = vars(found[one]), vars(found[other])
    assert {argument for argument in first if first[argument] != second[argument]} == differ


def test_both_orders_of_the_pleasant_event_last_equally_long():
    companion = scenarios.load("companion")
    lengths = []
    for policy in ("companion", "complaint_before_friends"):
        (pets,) = (rule for rule, name in zip(companion.rules(policy), companion.policy(policy).names, strict=True)
                   if name.startswith("pets"))  # fmt: skip
        lengths.append(pets.end - pets.start)
    assert lengths == [270, 270]


@pytest.mark.parametrize("scale", ["courtyard", "estate", "full"])
def test_every_order_of_the_steps_asks_as_much_of_the_staff(scale):
    dashilan = scenarios.load("dashilan")
    spent = {}
    for policy in ("dashilan_steps", "online_first", "forced"):
        hours = {}
        for rule in dashilan.rules(policy, scale):
            if rule.name in ("home_visits", "coaching"):
                key = rule.name, getattr(rule, "online", None)
                days = min(rule.end, dashilan.horizon) - rule.start
                hours[key] = hours.get(key, 0) + days * getattr(rule, "a_week", getattr(rule, "groups_a_month", 0))
        spent[policy] = hours
    assert spent["dashilan_steps"] == spent["online_first"] == spent["forced"] and len(spent["forced"]) == 3


def test_the_six_steps_follow_one_another():
    dashilan = scenarios.load("dashilan")
    steps = {name: rule for name, rule in zip(dashilan.policy("dashilan_steps").names, dashilan.rules("dashilan_steps"),
                                              strict=True) if name.startswith("step")}  # fmt: skip
    order = ["step_1_company", "step_2_group", "step_3_coaching", "step_4_online", "step_5_cultivation",
             "step_6_tracking"]  # fmt: skip
    starts = [steps[name].start for name in order]
    assert starts == sorted(starts) and len(set(starts)) == 6


def test_nobody_lived_in_the_new_estate_before():
    assert scenarios.load("xinyi").burn_in == 0
    assert all(scenarios.load(name).burn_in > 0 for name in SHIPPED if name != "xinyi")


def test_jinyang_2017_only_adds_to_2016():
    jinyang = scenarios.load("jinyang")
    assert set(jinyang.rules("jinyang_2016")) < set(jinyang.rules("jinyang_2017"))


def test_a_measure_of_a_file_that_does_not_exist_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    text = scenarios.reading.file_of(scenarios.load("blank")).read_text(encoding="utf-8")
    file.write_text(text.replace("measures: [acquaintances,", "measures: [aquaintances,"), encoding="utf-8")
    with pytest.raises(scenarios.reading.UserError) as fault:
        scenarios.load(file)
    assert "aquaintances" in fault.value.text("en") and 'Did you mean "acquaintances"' in fault.value.text("en")


def test_measures_do_not_change_the_fingerprint(tmp_path):
    file = tmp_path / "mine.yaml"
    text = scenarios.reading.file_of(scenarios.load("blank")).read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^measures:.*$", "", text), encoding="utf-8")
    assert scenarios.load(file).measures == () and scenarios.load("blank").measures
    assert scenarios.load(file).digest == scenarios.load("blank").digest


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_show_tells_which_measures_a_case_is_about(case, lang):
    import json

    from click.testing import CliRunner

    from commsim import cli
    from commsim.words import say

    told = CliRunner().invoke(cli.main, ["show", case.id, "--lang", lang]).stdout
    part = told.partition(say("cli.show.measures", lang))[2].partition(say("cli.show.numbers", lang))[0]
    assert re.findall(r"(\w+)$", part.strip(), re.M) == list(case.measures)
    data = json.loads(CliRunner().invoke(cli.main, ["show", case.id, "--json"]).stdout)
    assert data["measures"] == list(case.measures)
