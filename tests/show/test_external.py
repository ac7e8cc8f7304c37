"""Outside numbers beside the model's: counted as the page says, judged by its rule, told in both languages."""

import re
from pathlib import Path

import numpy as np
import pytest

from commsim import scenarios
from commsim.population import Place, populate
from commsim.show import external
from commsim.show.external import ROWS, Row, acquaintance, answered, page, posts, solved, talk, verdict
from commsim.special import hamlet, know
from commsim.state.groups import INTEREST, OFFICIAL, count_post, enter, open_group
from commsim.state.office import BY_GROUP, BY_PHONE
from commsim.words import LANGUAGES, catalogue, say

DOCS = Path(__file__).parents[2] / "docs"


def test_categories_of_the_outside_numbers_add_up():
    for group in ("talk", "knows", "posts"):
        assert sum(row.outside for row in ROWS if row.name.startswith(group)) == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize("outside, values, judged", [
    (0.5, [0.4, 0.6], "near"), (0.5, [0.41, 0.42], "near"), (0.5, [0.3, 0.35], "below"), (0.2, [0.3, 0.35], "above"),
    (25.0, [5.0], "below"), (0.0, [0.0, 0.0], "near"),
])  # fmt: skip
def test_near_is_between_the_worlds_or_within_a_quarter(outside, values, judged):
    assert verdict(Row("x", outside, "share"), values) == judged


def test_days_with_a_talk_are_counted_for_adults_outside_their_home():
    """With sociability s in a pair of homes P(a day with a talk) = 1 - e^-s, the same for all."""
    state = hamlet(400, doors=2, ring_stairwell=1.0, ring_building=0.0, ring_courtyard=0.0, ties_most=8.0, w_drop=0.0)
    state.people["sociability"][:] = 0.05
    found = talk(state)
    assert sum(found.values()) == pytest.approx(1.0)
    never = np.exp(-0.05 * external.WATCHED)
    assert found["talk_never"] == pytest.approx(never, abs=4 * np.sqrt(never / 200))
    state = hamlet(400, doors=2, ring_stairwell=1.0, ring_building=0.0, ring_courtyard=0.0, ties_most=8.0, w_drop=0.0)
    state.people["sociability"][:] = 0.0
    assert talk(state)["talk_never"] == 1.0


def test_homes_of_the_stairwell_with_an_acquaintance_are_counted_once_each():
    place = Place("x", "x", 30, 15, burn_in=0, doors_per_stairwell=5)
    state = populate(place, 1)
    people, doors = state.people, state.homes.doors
    grown = [int(np.flatnonzero((people["household"] == h) & (people["age"] > 0))[0]) for h in range(5)]
    for h in (1, 2, 3, 4):
        know(state, grown[0], grown[h], 0.5)
    know(state, grown[1], int(np.flatnonzero((people["household"] == 7) & (people["age"] > 0))[0]), 0.5)  # elsewhere
    adults = int((people["age"] > 0).sum())
    found = acquaintance(state)
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["knows_all"] == pytest.approx(1 / adults)  # one knows all four others
    assert found["knows_some"] == pytest.approx(4 / adults)  # four know one of four
    assert (np.bincount(doors["stairwell"]) == 5).all()


def test_what_the_busiest_have_written():
    state = hamlet(200, cap=200.0, ties_most=8.0)
    t = state.tables
    group, other = open_group(state.groups, OFFICIAL, 0, -1, 0), open_group(state.groups, INTEREST, 0, 0, 7)
    for i in range(100):
        enter(t.groups, t.people, i, group)
    enter(t.groups, t.people, 0, other)
    for i, times in ((0, 60), (1, 20), (9, 10), (50, 10)):
        for _ in range(times):
            count_post(t.groups, i, group)
    assert posts(state) == pytest.approx({"posts_top": 0.6, "posts_next": 0.4, "posts_rest": 0.0})
    assert set(posts(hamlet(10)).values()) == {None}


def test_answers_and_solutions_are_counted_by_their_times():
    state = hamlet(100, ties_most=8.0)
    state.day = 200
    rows = state.cases.rows
    rows["reported"][:5] = [10, 20, 30, 40, 195]
    rows["answered"][:5] = [12, 60, -1, 54, -1]
    rows["solved"][:5] = [150, 150, -1, 20, -1]
    rows["channel"][:5] = [BY_GROUP, BY_PHONE, BY_GROUP, BY_GROUP, BY_GROUP]
    state.cases.count[0] = 5
    assert answered(state) == pytest.approx(2 / 4)  # the last one may still be answered in time
    assert solved(state) is None
    state.people["in_official"][:50] = True
    assert solved(state) == pytest.approx(1 / 3 / 50 * 1000)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_has_every_row_and_lists_what_disagrees(lang):
    found = [{row.name: row.outside * (3.0 if row.name == "messages" else f) for row in ROWS} for f in (0.99, 1.01)]
    text = page(found, 2308, lang)
    assert len(re.findall(r"^\| ", text, re.M)) == len(ROWS) + 2
    section = text.split(f"## {say('external.apart', lang)}")[1].split("## ")[0]
    assert section.count("\n- ") == 1 and "25.0 → 75.0" in section
    assert text.count(say("external.fitted", lang)) == sum(row.fitted for row in ROWS)
    assert "2,308" in text and "{" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_row_without_a_number_is_named(lang):
    found = [{row.name: None if row.name == "solved" else row.outside for row in ROWS}]
    assert say("external.lost", lang, names=say("external.row.solved", lang)) in page(found, 10, lang)


def test_every_row_has_words_and_none_is_left_over():
    words = {key.removeprefix("external.row.") for key in catalogue() if key.startswith("external.row.")}
    assert words == {row.name for row in ROWS}


def test_one_world_of_the_model_gives_every_number():
    found = external.measured(scenarios.load("jinyang"), 1, "courtyard", days=60)
    assert set(found) == {row.name for row in ROWS}
    for row in ROWS:
        if found[row.name] is not None and row.unit == "share" and not row.name.startswith("good"):
            assert 0.0 <= found[row.name] <= 1.0, row
    assert found["answered"] is not None and found["messages"] is not None


@pytest.mark.parametrize("world", [1, 2])
def test_the_public_good_falls_alone_rises_with_points_and_not_when_they_hit_those_who_give(world):
    found = external.public_good(world)
    assert 0.55 < found["good_alone"] < 0.75
    assert found["good_sanctions"] > 1.05 and found["good_antisocial"] < 1.0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_are_there_with_every_row(lang):
    text = (DOCS / external.PAGES[lang]).read_text(encoding="utf-8")
    assert all(say(f"external.row.{row.name}", lang) in text for row in ROWS)
