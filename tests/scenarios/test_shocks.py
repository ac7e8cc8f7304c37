"""Shocks: dated, alike under every policy, in a scenario's file, and over when they are over."""

import re

import numpy as np
import pytest

from commsim import scenarios
from commsim.engine import Days, prepare, run
from commsim.errors import UserError
from commsim.population import Place
from commsim.rules import Gatherings, ReplyTime, fold
from commsim.state.settings import DEFAULTS, Settings
from commsim.state.shocks import Earthquake, NewOfficial
from commsim.words import LANGUAGES

FILE = """
id: shaken
title: {zh: 震过的小区, en: Shaken}
story: {zh: 一个小区, en: An estate}
scales: {small: {people: 300}}
burn_in: 60
shocks:
  quake: {shock: earthquake, day: {value: 20, source: F23}, log_odds: 4, half_life: 30}
  successor: {shock: new_official, day: 40, m: 0.4}
rules:
  parties: {rule: gatherings, every: 7, threshold: 0, sign_up_days: 3}
policies:
  quiet: {title: {zh: 什么都不做, en: Nothing}, rules: []}
  lively: {title: {zh: 办活动, en: Gatherings}, rules: [parties]}
"""


@pytest.fixture
def shaken(tmp_path):
    def write(text=FILE):
        path = tmp_path / "shaken.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_earthquake_halves_in_its_half_life_and_was_not_there_before():
    settings = Settings(shocks=(Earthquake(day=10, log_odds=3.0, half_life=20.0),))
    spirit = [fold(settings, (), day).x.spirit for day in (0, 9, 10, 30, 50)]
    assert spirit == pytest.approx([0.0, 0.0, 3.0, 1.5, 0.75])


def test_two_shocks_add_up_and_a_rule_is_laid_over_a_shock():
    twice = Settings(shocks=(Earthquake(day=0, log_odds=1.0), Earthquake(day=0, log_odds=2.0)))
    assert fold(twice, (), 0).x.spirit == 3.0
    new = Settings(shocks=(NewOfficial(day=5, m=0.2),))
    assert [fold(new, (), day).x.m for day in (4, 5, 500)] == [DEFAULTS.m, 0.2, 0.2]
    assert fold(new, (ReplyTime(hours=4.0),), 5).x.reply_hours == 4.0


def test_the_days_of_a_run_follow_the_shock_whatever_rules_hold():
    place = Place("p", "p", 60, 25, burn_in=5, settings=Settings(shocks=(Earthquake(day=3, log_odds=2.0, half_life=5.0),
                                                                         NewOfficial(day=6, m=0.3))))  # fmt: skip
    loop = Days(prepare(place, 1), (ReplyTime(start=4, end=6),))
    seen = [(loop.settings(day).x.spirit, loop.settings(day).x.m) for day in range(9)]
    assert seen == [pytest.approx((2.0 * 2.0 ** (-(d - 3) / 5) if d >= 3 else 0.0, 0.3 if d >= 6 else DEFAULTS.m))
                    for d in range(9)]  # fmt: skip


def test_everything_before_the_day_is_as_it_would_have_been():
    quiet = Place("p", "p", 300, 112, burn_in=30)
    shaken = Place("p", "p", 300, 112, burn_in=30, settings=Settings(shocks=(Earthquake(day=30),)))
    rules = (Gatherings(every=7, threshold=0, sign_up_days=3),)
    calm, moved = (run(prepare(place, 1), rules, 120).series for place in (quiet, shaken))
    for name in calm:
        assert calm[name][:30] == moved[name][:30], name
    assert moved["participation_rate"][-1] > calm["participation_rate"][-1] + 0.1


def test_how_many_come_follows_the_spirit_of_the_day():
    """Sign-ups rise with the shock and are back where they were ten half-lives later."""
    shocks = (Earthquake(day=70, log_odds=3.0, half_life=60.0),)
    settings = Settings(DEFAULTS._replace(theta_s=0.0, eta_g=0.0), shocks=shocks)
    place = Place("p", "p", 2000, 750, burn_in=0, settings=settings)
    state = run(prepare(place, 1), (Gatherings(every=7, threshold=0, sign_up_days=3, seats=5000),), 700).state
    signed = np.array([g["signed"] for g in state.gatherings.past])
    before, during, after = signed[:9].mean(), signed[10:14].mean(), signed[-12:].mean()
    assert during > 3 * before and abs(after - before) < 0.35 * before


def test_a_file_may_have_shocks_and_shows_them(shaken):
    scenario = scenarios.load(shaken())
    assert scenario.shocks == {"quake": Earthquake(day=20, log_odds=4.0, half_life=30.0),
                               "successor": NewOfficial(day=40, m=0.4)}  # fmt: skip
    assert scenario.settings().shocks == tuple(scenario.shocks.values())
    assert scenario.place().settings.shocks == tuple(scenario.shocks.values())
    assert "shocks.quake.day" in {n.path for n in scenario.numbers()}
    for lang in LANGUAGES:
        for number in scenario.numbers():
            assert scenarios.number_in_words(number, lang)
        for shock in scenario.shocks.values():
            assert str(shock.day) in scenarios.shock_in_words(shock, lang)


def test_a_shock_changes_the_digest_and_no_shock_changes_none(shaken):
    with_shocks = scenarios.load(shaken()).digest
    without = scenarios.load(shaken(re.sub(r"shocks:\n(  .*\n)+", "", FILE))).digest
    later = scenarios.load(shaken(FILE.replace("value: 20", "value: 21"))).digest
    assert len({with_shocks, without, later}) == 3


@pytest.mark.parametrize(
    "wrong, right, named",
    [("shock: earthquake", "shock: earthquak", "earthquake"), ("log_odds: 4", "log_odds: 40", "log_odds"),
     ("half_life: 30", "halflife: 30", "half_life"), ("m: 0.4", "m: 1.4", "m"), ("day: 40", "day: 4.5", "day"),
     ("day: 40", "day: -4", "day"), ("shock: new_official, ", "", "shock")],
)  # fmt: skip
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_mistake_names_file_line_and_what_is_allowed(shaken, wrong, right, named, lang):
    with pytest.raises(UserError) as raised:
        scenarios.load(shaken(FILE.replace(wrong, right)))
    said = raised.value.text(lang)
    assert "shaken.yaml" in said and named in said and re.search(r"[89]", said)
