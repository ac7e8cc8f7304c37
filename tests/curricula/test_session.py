"""A session's folder: complete in both languages, its minutes and numbers true, its mistakes named."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy import stats

from commsim.curricula import measure
from commsim.curricula.session import MARK, PARTS, available, read
from commsim.errors import UserError
from commsim.lessons import items
from commsim.shipped import shipped
from commsim.words import LANGUAGES

ZH = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def notice():
    return read("notice")


@pytest.fixture
def copy(tmp_path):
    """The session's folder, to be damaged."""
    folder = tmp_path / "notice"
    shutil.copytree(read("notice").folder, folder)
    return folder


def damage(folder, name, old, new, count=1):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, count), encoding="utf-8")


def told(folder, key, *facts):
    with pytest.raises(UserError) as caught:
        read(folder)
    assert caught.value.key == key
    for lang in LANGUAGES:
        for fact in facts:
            assert str(fact) in caught.value.text(lang)


# -- what is there ---------------------------------------------------------------------------------


def test_the_session_is_found(notice):
    assert available() == ["notice"] and notice.id == "notice"


def test_minutes_add_up_and_fit(notice):
    assert notice.total("min") == sum(e.minutes.min for e in notice.exercises)
    assert notice.total("min") < notice.total("typical") <= notice.at_most_minutes == 90
    assert notice.total("typical") < notice.total("max")
    left = notice.total("typical", without_cuts=True)
    assert left == notice.total("typical") - sum(e.minutes.typical for e in notice.exercises if e.cut)


def test_the_steps_of_the_session_come_in_their_order(notice):
    assert [e.id for e in notice.exercises] == [
        "before", "opening", "predict", "round_one", "drove", "round_two", "round_three", "data",
        "debrief", "commitment"]  # fmt: skip
    assert sorted(e.cut for e in notice.exercises if e.cut) == [1, 2, 3]
    assert not next(e for e in notice.exercises if e.id == "debrief").cut


def test_every_objective_is_exercised_and_assessed_once(notice):
    objectives = [o.id for o in notice.objectives]
    assert sorted(item.objective for item in notice.parts["assessment"].items) == sorted(objectives)
    assert {o for e in notice.exercises for o in e.objectives} == set(objectives)


def test_role_cards_know_different_things(notice):
    cards = notice.parts["roles"].cards
    assert 10 <= len(cards) <= 12
    assert 1 <= sum(card.kind == "official" for card in cards) <= 2
    for lang in LANGUAGES:
        assert len({getattr(card.know, lang) for card in cards}) == len(cards)
    assert all((card.kind == "official") == (card.channel == "office") for card in cards)


def test_the_debrief_asks_in_its_order(notice):
    kinds = [q.kind for q in notice.parts["debrief"].questions]
    assert kinds == ["describe", "feel", "analyse", "compare", "transfer", "act"]


def test_texts_are_in_their_language(notice):
    for part in ("session", *PARTS):
        for text in texts(notice.told(part, "en")):
            assert not ZH.search(text), text
        for text in texts(notice.told(part, "zh")):
            assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]|\{", text), text
            assert ZH.search(text) or part == "session" or len(text) <= 20, text


def texts(data):
    if isinstance(data, str):
        yield data
    else:
        for below in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
            yield from texts(below)


def test_the_lesson_compares_the_same_two_rules(notice):
    item = items.item(notice.lesson.item)
    days = [side.rules[notice.model.rule][notice.model.argument] for side in (item.a, item.b)]
    assert days == [notice.model.arms["short"], notice.model.arms["long"]]
    assert (item.scenario, item.policy, item.scale) == (
        notice.model.scenario, notice.model.policy, notice.model.scale)  # fmt: skip
    for lang in LANGUAGES:
        assert (shipped("notebooks") / lang / f"{notice.lesson.notebook}.ipynb").is_file()


# -- the guides ------------------------------------------------------------------------------------


def source(session, lang):
    return (session.folder / f"guide.{lang}.md").read_text(encoding="utf-8")


def shape(text):
    """Heading levels and kinds of lines, without the words."""
    kinds = []
    for line in text.splitlines():
        if line.strip():
            kind = re.match(r"#+|>|\||- |\d+\.", line)
            kinds.append(kind[0] if kind else "text")
    return kinds


def test_the_guides_have_the_same_structure(notice):
    assert shape(notice.guide("zh")) == shape(notice.guide("en"))


def test_the_guides_quote_the_same_numbers(notice):
    zh, en = (sorted(name for _, name in MARK.findall(source(notice, lang))) for lang in ("zh", "en"))
    assert zh == en and len(zh) > 80


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_a_guide_is_marked(notice, lang):
    for line in source(notice, lang).splitlines():
        line = re.sub(r"^(## )?\d+\. ", "", line)
        assert not re.search(r"[0-9]", MARK.sub("", line)), line


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_of_a_guide_shows_its_own_minutes(notice, lang):
    steps = re.findall(r"^## \d+\. .*$", source(notice, lang), re.M)
    assert len(steps) == len(notice.exercises)
    for step, exercise in zip(steps, notice.exercises, strict=True):
        marks = [name for _, name in MARK.findall(step)]
        assert marks == [f"{part}.{exercise.id}" for part in ("typical", "min", "max")]
        title = getattr(exercise.title, lang)
        assert title.split("，")[0].split(";")[0] in step, title


def test_the_opening_story_has_its_length(notice):
    zh = re.search(r"^> (.*周婆婆.*)$", notice.guide("zh"), re.M)[1]
    en = re.search(r"^> (.*Granny Zhou.*)$", notice.guide("en"), re.M)[1]
    assert 120 <= len(zh) <= 200 and 60 <= len(en.split()) <= 120


@pytest.mark.parametrize("lang", LANGUAGES)
def test_guides_show_no_marks_and_ask_for_no_network(notice, lang):
    text = notice.guide(lang)
    assert "<!--" not in text and "{" not in text and "http" not in text


# -- numbers are the scenario's and the model's ----------------------------------------------------


def test_numbers_come_from_the_scenario(notice):
    x, full = notice.scenario.settings("courtyard").x, notice.scenario.settings("full").x
    values = notice.values
    assert values["share"] == str(round((x.project_cost - x.project_subsidy) / x.project_households)) == "160"
    assert values["real_households"] == str(int(full.project_households)) == "125"
    assert (values["real_objectors"], values["real_days"], values["vote"]) == ("10", "7", "60")
    assert (values["objectors"], values["households"]) == ("3", "30")
    assert (values["days_short"], values["days_long"]) == ("3", "30")


def changed(session, **settings):
    """The session as it would be if the scenario's settings were others."""
    scenario = session.scenario
    again = read(session.folder)
    again.scenario = replace(scenario, own_settings={**scenario.own_settings, **settings})
    again.__dict__.pop("values", None)
    return again


@pytest.mark.parametrize("setting", [{"project_households": 126}, {"project_cost": 40800}, {"project_subsidy": 19000}])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_guide_fails_when_the_scenarios_number_changes(notice, setting, lang):
    with pytest.raises(UserError) as caught:
        changed(notice, **setting).guide(lang)
    assert caught.value.key == "session_number_stale" and f"guide.{lang}.md" in caught.value.text(lang)


def test_a_guide_fails_when_a_rule_changes(notice, monkeypatch):
    scenario = notice.scenario
    policies = {
        name: replace(p, rules=tuple(replace(r, objectors=11) if n == "three_notices" else r
                                     for r, n in zip(p.rules, p.names, strict=True)))
        for name, p in scenario.policies.items()}  # fmt: skip
    again = read("notice")
    again.scenario = replace(scenario, policies=policies)
    again.__dict__.pop("values")
    with pytest.raises(UserError) as caught:
        again.guide("zh")
    assert caught.value.facts["allowed"] == "11" and caught.value.facts["value"] == "10"


def test_dice_show_a_notice_as_often_as_the_model(notice):
    x = notice.scenario.settings("courtyard").x
    for name, rate in (("board_faces", x.r_board), ("group_faces", x.r_group)):
        chance = 1 - np.exp(-rate * notice.game.throw_days)
        assert abs(int(notice.values[name]) / notice.game.sides - chance) <= 0.5 / notice.game.sides
    assert int(notice.values["throws_long"]) * notice.game.throw_days == notice.model.arms["long"]
    again = changed(notice, r_board=0.2)
    assert again.values["board_faces"] == "3"
    with pytest.raises(UserError, match=r"board_faces"):
        again.guide("en")


def test_measured_numbers_are_what_the_model_says(notice):
    """Four worlds afresh: their means lie within four standard errors (of four worlds) of the stored ones."""
    few = range(1, 5)
    lived = measure.worlds(notice, few)
    stored = notice.measured["arms"]
    assert notice.measured["worlds"] == notice.model.worlds == 24 and notice.measured["days"] == notice.model.days
    for arm, columns in lived.items():
        assert set(stored[arm]) == set(columns)
        for name, column in columns.items():
            known = [value for value in column if np.isfinite(value)]
            error = stored[arm][name]["error"] * np.sqrt(24 / len(known))
            assert abs(np.mean(known) - stored[arm][name]["mean"]) <= 4 * error, (arm, name)


def test_a_longer_notice_is_heard_by_more_and_finishes_less(notice):
    short, long = (notice.measured["arms"][arm] for arm in ("short", "long"))
    for name in ("objectors", "restarts"):
        assert long[name]["mean"] - short[name]["mean"] > 2 * (long[name]["error"] + short[name]["error"])
    for name in ("unaware", "grievances", "finished"):
        assert short[name]["mean"] - long[name]["mean"] > 2 * (long[name]["error"] + short[name]["error"])


def test_measuring_writes_a_file_that_the_guides_are_held_against(notice, copy):
    small = read(copy)
    path = measure.write(small, 3)
    stored = YAML().load(path)
    assert path == copy / "measured.yaml" and stored["worlds"] == 3
    assert {"grievances", "finished"} <= set(stored["arms"]["short"]) <= set(notice.measured["arms"]["short"])
    with pytest.raises(UserError):
        read(copy)


def test_measuring_an_unknown_session_says_which_there_are(capsys):
    assert measure.main(["notise"]) == 2
    assert "notice" in capsys.readouterr().err


def test_the_summary_of_worlds():
    told = measure.summary({"objectors": [1.0, np.nan, 3.0]})["objectors"]
    assert (told["mean"], told["error"]) == (2.0, 1.0) and 1 < told["low"] < told["high"] < 3
    assert measure.summary({"objectors": [np.nan, 3.0]}) == {}


# -- what is told when something is wrong ----------------------------------------------------------


def test_an_unknown_session_is_named_with_those_that_exist():
    with pytest.raises(UserError) as caught:
        read("notise")
    assert caught.value.key == "session_unknown" and "notice" in caught.value.text("en")
    for odd in ("", "..", "../sessions/notice", "no\0tice"):
        with pytest.raises(UserError):
            read(odd)


def test_minutes_that_fall(copy):
    damage(copy, "session.yaml", "{min: 3, typical: 5, max: 7}", "{min: 6, typical: 5, max: 7}")
    told(copy, "session_minutes_order", "6, 5, 7", "session.yaml")


def test_minutes_over_the_stated_length(copy):
    damage(copy, "session.yaml", "at_most_minutes: 90", "at_most_minutes: 80")
    told(copy, "session_too_long", 88, 80)


def test_minutes_that_are_no_numbers(copy):
    damage(copy, "session.yaml", "{min: 3, typical: 5, max: 7}", "{min: three, typical: 5, max: 7}")
    told(copy, "not_number", "three")


def test_a_language_that_is_missing(copy):
    damage(copy, "roles.yaml", "name: {zh: 周婆婆, en: Granny Zhou}", "name: {zh: 周婆婆}")
    told(copy, "language_missing", "en", "roles.yaml")


def test_a_key_that_does_not_exist(copy):
    damage(copy, "session.yaml", "at_most_minutes", "at_most_minuts")
    told(copy, "key_unknown", "at_most_minuts", "at_most_minutes")


def test_an_exercise_that_no_objective_needs(copy):
    damage(copy, "session.yaml", "objectives: [explain]", "objectives: []")
    told(copy, "session_exercise_idle", "drove")


def test_an_objective_that_no_exercise_serves(copy):
    damage(copy, "session.yaml", "objectives: [design, threshold]", "objectives: [design]")
    damage(copy, "session.yaml", "objectives: [weigh, threshold]", "objectives: [weigh]")
    told(copy, "session_objective_unexercised", "threshold")


def test_an_objective_that_no_question_asks_about(copy):
    damage(copy, "assessment.yaml", "objective: threshold", "objective: weigh")
    told(copy, "session_objective_unassessed", "threshold")


def test_an_objective_that_is_misspelt(copy):
    damage(copy, "session.yaml", "objectives: [explain]", "objectives: [explane]")
    told(copy, "session_objective_unknown", "explane", "explain")


def test_a_question_with_two_right_options(copy):
    damage(copy, "assessment.yaml", "why: {zh: 不是比谁猜得准。", "right: true\n        why: {zh: 不是比谁猜得准。")
    told(copy, "session_one_right", "predict")


def test_cuts_that_skip_a_number(copy):
    damage(copy, "session.yaml", "cut: 3", "cut: 4")
    told(copy, "session_cuts", "1, 2, 4")


def test_a_kind_of_slide_that_does_not_exist(copy):
    damage(copy, "slides.yaml", "kind: big", "kind: bigg")
    told(copy, "value_unknown", "bigg", "big")


def test_a_number_that_nobody_knows(copy):
    damage(copy, "slides.yaml", "{share}", "{shares}")
    told(copy, "session_number_unknown", "shares")


def test_a_number_from_nowhere(copy):
    damage(copy, "session.yaml", "{rule: vote.share,", "{rule: vote.shares,")
    told(copy, "session_number_nowhere", "vote.shares")


def test_a_number_of_an_unknown_kind(copy):
    damage(copy, "session.yaml", "{people: full}", "{crowd: full}")
    told(copy, "session_number_source", "crowd", "people")


def test_a_guide_whose_number_was_edited(copy):
    damage(copy, "guide.zh.md", "160<!--=share-->", "180<!--=share-->")
    told(copy, "session_number_stale", 180, 160, "guide.zh.md")


def test_a_guide_that_is_missing(copy):
    (copy / "guide.en.md").unlink()
    told(copy, "file_missing", "guide.en.md")


def test_a_part_that_is_no_yaml(copy):
    (copy / "debrief.yaml").write_text("questions: [", encoding="utf-8")
    told(copy, "file_not_yaml", "debrief.yaml")


# -- the game --------------------------------------------------------------------------------------


def chance_of_enough(session, throws, objecting):
    """Chance that ``objectors`` of the board's ``objecting`` households of the room have seen the notice."""
    values = session.values
    seen = 1 - (1 - int(values["board_faces"]) / session.game.sides) ** throws
    return stats.binom.sf(int(values["objectors"]) - 1, objecting, seen)


@pytest.mark.parametrize("households", [20, 30])
def test_round_one_mostly_builds_and_round_two_mostly_starts_over(notice, households):
    """As the guide tells: three in ten cards have a reason to object, and all of these see the board only."""
    reasons = [card for card in notice.parts["roles"].cards if card.id in ("liu", "zhao", "he")]
    residents = sum(card.kind == "resident" for card in notice.parts["roles"].cards)
    assert {card.channel for card in reasons} == {"board"}
    objecting = households * len(reasons) // residents
    assert chance_of_enough(notice, int(notice.values["throws_short"]), objecting) < 0.3
    assert chance_of_enough(notice, int(notice.values["throws_long"]), objecting) > 0.8
