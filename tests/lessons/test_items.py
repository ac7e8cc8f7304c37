"""Items are checked data: every text in both languages, an answer to every bet, controls that the model allows."""

import re

import pytest
from ruamel.yaml import YAML

from commsim.errors import UserError
from commsim.lessons import items
from commsim.lessons.items import item, lesson, lessons, read
from commsim.lessons.outcomes import rules_of
from commsim.words import LANGUAGES

NAMES = [name for each in lessons() for name in lesson(each).items]


def changed(tmp_path, change):
    """The shipped lesson with something broken in it, as a file."""
    yaml = YAML(typ="safe", pure=True)
    data = yaml.load((items.FOLDER / "notice.yaml").read_text(encoding="utf-8"))
    change(data)
    with (tmp_path / "broken.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    return tmp_path / "broken.yaml"


def one(data):
    return data["items"]["notice-1"]


def test_the_shipped_lesson_survives_being_written_and_read_again(tmp_path):
    assert read(changed(tmp_path, lambda data: None)) == lesson("notice")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_bet_has_an_answer_and_every_blank_is_filled(name, lang):
    chosen = item(name)
    answers = [chosen.answer_to(bet).say(lang, **chosen.blanks()) for bet in range(chosen.bet.low, chosen.bet.high + 1)]
    assert len(set(answers)) == len(chosen.options)
    for text in (*answers, chosen.ask.say(lang, **chosen.blanks()), *chosen.why.say(lang, **chosen.blanks())):
        assert text and "{" not in text


@pytest.mark.parametrize("name", NAMES)
def test_figures_in_a_question_are_those_that_are_run(name):
    """What the question says about its sides is what they are."""
    chosen = item(name)
    said = [int(number) for number in re.findall(r"\d+", chosen.ask.say("en", **chosen.blanks()))]
    if name == "notice-1":
        days = [rules_of(chosen.scenario, chosen.scale, chosen.policy, chosen.side(s, {}))[-1].decision for s in "ab"]
        assert said == [int(chosen.blanks()["households"]), *days]
    else:
        households = [chosen.side(side, {}).settings["project_households"] for side in "ab"]
        assert said == [int(chosen.blanks()["objectors"]), *households]


@pytest.mark.parametrize("name", NAMES)
def test_a_control_sets_what_it_says_on_its_side_only(name):
    chosen = item(name)
    for control in chosen.controls:
        usual, moved = chosen.with_values({}), chosen.with_values({control.id: control.high})
        for letter, before, after in zip("ab", usual, moved, strict=True):
            expected = control.side in (letter, "both") and chosen.start_of(control) != control.high
            assert (before.key() != after.key()) == expected, (control.id, letter)
            if control.side in (letter, "both") and control.sets.rule:
                assert after.rules[control.sets.rule][control.sets.argument] == control.high
            if control.side in (letter, "both"):
                for setting, factor in control.sets.settings.items():
                    assert after.settings[setting] == factor * control.high


def test_a_share_of_the_cost_stays_the_same_when_a_project_grows():
    """In the second question only the number of households differs, not what each pays."""
    sides = [item("notice-2").side(side, {}).settings for side in "ab"]
    shares = [(s["project_cost"] - s["project_subsidy"]) / s["project_households"] for s in sides]
    assert shares[0] == shares[1] == 160


BROKEN = {
    "no feedback": (lambda d: one(d)["options"][1].pop("feedback"), "lesson_feedback", "options.1.feedback"),
    "no English": (lambda d: one(d)["ask"].pop("en"), "lesson_language", "notice-1.ask.en"),
    "empty Chinese": (lambda d: one(d)["ask"].update(zh="  "), "lesson_language", "notice-1.ask.zh"),
    "no feedback in zh": (lambda d: d["checks"][0]["options"][0]["feedback"].pop("zh"), "lesson_language", "checks.0"),
    "unknown key": (lambda d: one(d).update(colour="red"), "lesson_extra", "colour"),
    "no question": (lambda d: one(d).pop("ask"), "lesson_missing", "notice-1.ask"),
    "unknown outcome": (lambda d: one(d).update(outcome="joy"), "lesson_value", "notice-1.outcome"),
    "five controls": (lambda d: one(d).update(controls=one(d)["controls"] * 3), "lesson_count", "notice-1.controls"),
    "bets without answer": (lambda d: one(d)["options"].pop(), "lesson_options", "notice-1.options"),
    "a list for a number": (lambda d: d.update(days=[1]), "lesson_kind", "days"),
    "no days at all": (lambda d: d.update(days=0), "lesson_value", "days"),
    "control too far": (lambda d: one(d)["controls"][0].update(high=900), "value_out_of_range", "notice"),
    "start outside": (lambda d: one(d)["controls"][1].update(high=20), "value_out_of_range", "days_b"),
    "unknown rule": (lambda d: one(d)["a"].update(rules={"three_notice": {"decision": 3}}), "value_unknown", "1.a"),
    "unknown argument": (lambda d: one(d)["a"].update(rules={"three_notices": {"decisions": 3}}), "value_unknown", "a"),
    "unknown setting": (lambda d: one(d)["a"].update(settings={"r_bord": 0.1}), "value_unknown", "notice-1.a"),
    "a quote of nothing": (lambda d: d["quotes"].update(objectors="three_notices.objector"), "value_unknown", "quotes"),
    "two right answers": (lambda d: d["checks"][0]["options"][0].update(right=True), "lesson_one_right", "checks.seen"),
}


@pytest.mark.parametrize("change, key, place", BROKEN.values(), ids=BROKEN)
def test_a_mistake_in_a_lesson_is_named_with_its_place(tmp_path, change, key, place):
    with pytest.raises(UserError) as caught:
        read(changed(tmp_path, change))
    assert caught.value.key == key and place in str(caught.value.facts["place"])
    zh, en = caught.value.text("zh"), caught.value.text("en")
    assert zh != en and "{" not in zh + en


def test_misspelt_names_are_answered_with_the_nearest(tmp_path):
    for call, name, close in ((item, "notice-3", "notice-1"), (lesson, "notise", "notice")):
        with pytest.raises(UserError) as caught:
            call(name)
        assert name in caught.value.text("en") and close in caught.value.text("zh")
    with pytest.raises(UserError) as caught:
        read(changed(tmp_path, lambda d: one(d)["a"].update(rules={"three_notice": {}})))
    assert caught.value.facts["nearest"] == "three_notices"


def test_a_file_that_is_no_yaml_says_so(tmp_path):
    (tmp_path / "x.yaml").write_text("items: [", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read(tmp_path / "x.yaml")
    assert caught.value.key == "file_not_yaml"
