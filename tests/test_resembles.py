"""Inputs that resemble outcomes are marked wherever they are shown, and nothing else is."""

import json

import pytest
from click.testing import CliRunner

from commsim import cli, scenarios
from commsim.show import report, tables
from commsim.state.settings import PARAMETERS
from commsim.state.shocks import SHOCKS
from commsim.words import LANGUAGES, catalogue, choose_language, say

MARKED = {name for name, p in PARAMETERS.items() if p.resembles}


@pytest.fixture(autouse=True)
def usual_language():
    yield
    choose_language(None)


def test_the_inputs_of_the_model_description_are_marked():
    assert {"m", "a_coerce", "a_visit", "hours_group"} <= MARKED
    assert SHOCKS["earthquake"].resembling == ("half_life",)
    for kind in SHOCKS.values():
        assert set(kind.resembling) <= set(kind.limits)


def test_each_says_which_outcome_it_resembles_and_no_word_is_left_over():
    words = {key.removeprefix("resembles.") for key in catalogue() if key.startswith("resembles.")}
    shocks = {f"shock.{name}.{argument}" for name, kind in SHOCKS.items() for argument in kind.resembling}
    assert words == {"mark", "about", *(f"lever.{name}" for name in MARKED), *shocks}


def test_the_page_of_parameters_marks_them():
    rows = {line.split("`")[1]: line for line in tables.parameters().splitlines() if line.startswith("| `")}
    assert {name for name, line in rows.items() if "⚠" in line} == MARKED
    for name in MARKED:
        assert all(say(f"resembles.lever.{name}", lang) in rows[name] for lang in LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_show_marks_them(lang):
    text = CliRunner().invoke(cli.main, ["show", "jinyang", "--settings", "--lang", lang]).stdout
    about = say("resembles.about", lang)
    lines = text.replace(about, "").splitlines()
    marked = [line for line in lines if say("resembles.mark", lang) in line and "⚠" in line]
    assert len(marked) == len(MARKED) and about in text
    assert all(any(f" {name} " in line for line in marked) for name in MARKED)


def test_show_as_json_marks_them():
    data = json.loads(CliRunner().invoke(cli.main, ["show", "jinyang", "--json"]).stdout)
    assert {one["name"] for one in data["settings"] if one["resembles"]} == MARKED


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_marks_them(lang):
    jinyang = scenarios.load("jinyang")
    titles = {name: policy.title for name, policy in jinyang.policies.items()}
    facts = {"scale": "courtyard", "policies": list(titles), "titles": titles}
    rows = [row for _, group in report._assumptions(facts, jinyang, lang) for row in group]
    marked = [row["what"] for row in rows if "⚠" in row["what"]]
    assert len(marked) == 1 and say("setting.m", lang).lower() in marked[0].lower()


def test_the_half_life_of_an_earthquake_is_marked_in_the_report():
    quake = SHOCKS["earthquake"](day=3)
    scenario = scenarios.load("jinyang")
    scenario = type(scenario)(**{**scenario.__dict__, "shocks": {"quake": quake}})
    assert report._resembles("shocks.quake.half_life", scenario)
    assert not report._resembles("shocks.quake.log_odds", scenario)
    assert not report._resembles("place.doors_per_stairwell", scenario)
    assert not report._resembles("settings.alpha", scenario)
