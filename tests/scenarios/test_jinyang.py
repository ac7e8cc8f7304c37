"""The shipped scenarios: every number has a source, and Jinyang says what the reports say."""

import re
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

import commsim.scenarios as scenarios
from commsim.rules import fold
from commsim.scenarios import reading
from commsim.state.settings import DEFAULTS, PARAMETERS
from commsim.words import catalogue

SHIPPED = scenarios.available()


@pytest.fixture
def jinyang():
    return scenarios.load("jinyang")


def _bare_numbers(node, path=""):
    if isinstance(node, dict):
        inside = {k: v for k, v in node.items() if k != "range"} if "value" in node else node
        for key, below in inside.items():
            if not (key == "value" and "source" in node):
                yield from _bare_numbers(below, f"{path}.{key}")
    elif isinstance(node, list):
        for i, below in enumerate(node):
            yield from _bare_numbers(below, f"{path}.{i}")
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_stands_with_a_source(name):
    tree = YAML(typ="safe").load((reading.FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(_bare_numbers(tree)) == []
    assert scenarios.load(name).numbers()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_source_is_a_fact_told_in_words_a_parameter_or_an_assumption(name):
    for number in scenarios.load(name).numbers():
        for part in number.source.split(";"):
            part = part.strip()
            assert part == "assumption" or re.fullmatch(r"parameter \w+|F\d+", part), number
            if part.startswith("F"):
                assert f"source.fact.{part}" in catalogue(), number


@pytest.mark.parametrize("name", SHIPPED)
def test_assumptions_have_a_range_unless_they_mean_none(name):
    for number in scenarios.load(name).numbers():
        if number.source == "assumption":
            assert number.low is not None or number.value == 0, number


@pytest.mark.parametrize("name", SHIPPED)
def test_ids_and_file_names_agree(name):
    assert scenarios.load(name).id == name


def test_place_of_each_scale(jinyang):
    assert {s: jinyang.scale(s).people for s in jinyang.scales} == {
        "courtyard": 300, "estate": 2308, "full": 40000}  # fmt: skip
    assert jinyang.scale().name == "estate"
    assert jinyang.households("full") == 15000
    assert [jinyang.settings(s).x.officials for s in jinyang.scales] == [1, 2, 13]
    assert jinyang.horizon == 1095
    assert jinyang.settings("estate").x.renter_share == 0.45
    assert jinyang.settings("estate").x.alpha == DEFAULTS.alpha


def test_place_is_what_a_world_is_drawn_for(jinyang):
    place = jinyang.place("courtyard")
    assert (place.scenario, place.scale, place.people) == ("jinyang", "courtyard", 300)
    assert place.settings.x.officials == 1
    assert place.burn_in == 730


@pytest.mark.parametrize("scale", ["courtyard", "estate", "full"])
def test_a_household_pays_160_yuan_at_every_scale(jinyang, scale):
    x = jinyang.settings(scale).x
    assert (x.project_cost - x.project_subsidy) / x.project_households == 160


def test_classroom_thresholds_hold_only_in_the_courtyard(jinyang):
    def thresholds(policy, scale):
        rules = {r.name: r for r in jinyang.rules(policy, scale)}
        return rules["gatherings"].threshold, rules["gatherings"].operator, rules["notice"].objectors

    assert thresholds("jinyang_2016", "estate") == (40, ">", 10)
    assert thresholds("jinyang_2016", "full") == (40, ">", 10)
    assert thresholds("jinyang_2016", "courtyard") == (5, ">", 3)
    assert thresholds("before", "courtyard") == thresholds("before", "full") == (0, ">=", 0)
    assert [jinyang.thresholds(s) for s in jinyang.scales] == ["classroom", "real", "real"]


def test_before_the_office_decides_and_nobody_can_stop_it(jinyang):
    settings = fold(jinyang.settings("estate"), jinyang.rules("before", "estate"), 0)
    stages = [stage and (stage.kind, stage.days) for stage in settings.pipeline]
    assert stages == [None, None, None, ("review", 7), ("notice", 3), ("build", 15), ("acceptance", 3), None]
    assert settings.pipeline[4].objectors == 0 and not settings.pipeline[4].group
    assert settings.x.group_open == 0


def test_all_together_votes_gives_notice_thrice_and_opens_the_group(jinyang):
    settings = fold(jinyang.settings("estate"), jinyang.rules("jinyang_2016", "estate"), 0)
    assert [stage.days for stage in settings.pipeline] == [3, 7, 7, 7, 10, 15, 3, 7]
    vote = settings.pipeline[1]
    assert (vote.share, vote.operator, vote.of) == (0.60, ">", "voters")
    assert settings.x.group_open == 1 and settings.x.on_call == 1 and settings.x.reply_hours == 48


def test_policies_differ_from_before_in_their_own_lever_only(jinyang):
    def names(policy):
        return {r.name for r in jinyang.rules(policy, "estate")}

    assert names("online_groups") - names("before") == {"online_group", "reply_time"}
    assert names("icebreakers") - names("before") == {"icebreaker"}
    assert names("notice_and_vote") - names("before") == {"pre_screening", "vote"}
    before, online = (set(jinyang.rules(p, "estate")) for p in ("before", "online_groups"))
    assert before < online


def test_ranges_lie_within_what_the_model_allows(jinyang):
    for number in jinyang.numbers():
        *_, group, name = ("", *number.path.split("."))
        if group == "settings":
            parameter = PARAMETERS[name]
            assert parameter.low <= number.low <= number.high <= parameter.high, number


def test_every_rule_can_be_told_in_both_languages(jinyang):
    for policy in jinyang.policies:
        for rule in jinyang.rules(policy, "courtyard"):
            chinese, english = (scenarios.rule_in_words(rule, lang) for lang in ("zh", "en"))
            assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)
            assert "{" not in chinese + english


def test_words_of_a_rule_change_with_what_it_does(jinyang):
    before, after = (
        next(r for r in jinyang.rules(p, "estate") if r.name == "notice") for p in ("before", "jinyang_2016")
    )
    assert "Nobody can stop" in scenarios.rule_in_words(before, "en")
    assert "at least 10" in scenarios.rule_in_words(after, "en")
    assert "不少于 10 人" in scenarios.rule_in_words(after, "zh")


def test_every_number_can_be_told_in_both_languages(jinyang):
    for number in jinyang.numbers():
        assert re.search(r"[\u4e00-\u9fff]", scenarios.number_in_words(number, "zh"))
        assert scenarios.number_in_words(number, "en")
        assert scenarios.source_in_words(number.source, "en")


def test_digest_follows_what_can_change_a_run_and_nothing_else(tmp_path):
    original = (reading.FOLDER / "jinyang.yaml").read_text(encoding="utf-8")

    def digest(text):
        file = tmp_path / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        return scenarios.load(file).digest

    same = digest(original)
    assert same == scenarios.load("jinyang").digest
    assert digest(original.replace("Jinyang community", "Another title") + "\n# a comment\n") == same
    changed = original.replace("share: {value: 0.60, source: F60}", "share: {value: 0.61, source: F60}")
    assert changed != original and digest(changed) != same


def test_source_loads_the_same_scenario_again(tmp_path, monkeypatch):
    file = tmp_path / "mine.yaml"
    file.write_text((reading.FOLDER / "jinyang.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    first = scenarios.load("mine.yaml")
    monkeypatch.chdir("/")
    assert scenarios.load(first.source) == first


def test_importing_scenarios_loads_nothing_heavy():
    heavy = ("mesa", "matplotlib", "pandas", "scipy.stats")
    code = f"import sys, commsim; commsim.load('jinyang'); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_source_shows_a_name_from_the_code(lang):
    from commsim.state.settings import PARAMETERS

    told = {s: scenarios.source_in_words(s, lang) for s in [p.source for p in PARAMETERS.values()]
            + [n.source for n in scenarios.load("jinyang").numbers()]}  # fmt: skip
    for source, words in told.items():
        assert not re.search(r"parameter |[a-zA-Z]\w*_\w+|\.md|F\d+-F", words), (source, words)
        assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (lang == "zh"), (source, words)
    assert "F58" in told["F58-F59; parameter tau"] and "F59" in told["F58-F59; parameter tau"]


def test_a_source_that_nobody_knows_is_left_as_it_was_written():
    assert scenarios.source_in_words("parameter of_ours; F9999; a letter, 2016", "en") == (
        "parameter of_ours; F9999; a letter, 2016"
    )
