"""The pages of docs/model that the code tells itself: fresh, complete, in both languages."""

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from commsim.day.plan import PHASES
from commsim.rules import RULES
from commsim.show import odd
from commsim.state import groups, messages
from commsim.state.people import PEOPLE
from commsim.state.shocks import SHOCKS
from commsim.words import LANGUAGES, say

DOCS = Path(__file__).parents[2] / "docs" / "model"


@pytest.mark.parametrize("name", odd.PAGES)
def test_the_page_is_what_the_code_says_today(name):
    fresh = odd.PAGES[name]() == (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert fresh, f"stale; run: python -m commsim.show.odd {name} > docs/model/{name}.md"


def test_every_phase_has_a_section_in_the_order_of_the_day():
    heads = re.findall(r"^## (\d+) .* / (\S.*)$", odd.phases(), re.M)
    assert [int(number) for number, _ in heads] == list(range(1, len(PHASES) + 1))
    assert [label for _, label in heads] == [say(f"phase.{run.__name__}.label", "en") for run in PHASES]


def test_levers_that_a_phase_reads_are_named():
    moving = next(part for part in odd.phases().split("\n## ") if "day/moving.py" in part)
    assert "`gamma`" in moving and "`alpha`" not in moving
    gathering = next(part for part in odd.phases().split("\n## ") if "day/gathering.py" in part)
    read = set(re.findall(r"`\w+`", gathering))
    assert {"`theta_gathering`", "`commuter_free`", "`chi`", "`seen_announcement`"} <= read
    assert "seat lottery" in gathering and "`q`" not in gathering


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_its_words_and_all_arguments(name):
    text = odd.rules()
    (section,) = [part for part in text.split("\n## ") if part.split("\n\n")[1].startswith(f"`{name}`")]
    for lang in LANGUAGES:
        assert say(f"rule.{name}.label", lang) in section
    for argument in {f.name for f in fields(RULES[name])} - {"start", "end"}:
        assert f"| `{argument}` |" in section


def test_every_shock_is_told_and_its_input_that_resembles_an_outcome_is_marked():
    text = odd.rules()
    assert all(f"`{name}`" in text for name in SHOCKS)
    assert say("resembles.shock.earthquake.half_life", "zh") in text


def test_the_state_lists_every_column_of_the_people():
    text = odd.state()
    section = text[text.index("**people**") :].split("\n\n## ")[0]
    assert re.findall(r"^\| (\w+) \| \S+ / ", section, re.M) == list(PEOPLE)
    assert "trust in the community office" in section


@pytest.mark.parametrize("table, kinds", [("groups", groups.KINDS), ("messages", messages.KINDS)])
def test_the_state_says_which_kinds_there_are(table, kinds):
    section = odd.state().split(f"**{table}.rows**")[1].split("\n\n## ")[0]
    (told,) = re.findall(r"^\| kind \| \S+ / .* \| (.+) \|$", section, re.M)
    assert told.split(", ") == [f"{k} {kind}" for k, kind in enumerate(kinds)]


def test_no_array_with_columns_is_left_out():
    from commsim.population import Place, populate

    whole = populate(Place("state", "state", 40, 20, burn_in=0), 1)
    text = odd.state()
    for name, thing in vars(whole).items():
        if odd._module_of(name) is None:
            continue
        for part, array in (vars(thing) if hasattr(thing, "__dict__") else {}).items():
            if isinstance(array, np.ndarray) and array.dtype.names:
                assert f"**{name}.{part}**" in text or f"**{name}**" in text, (name, part)
    assert "{" not in text and text.count("\n## ") >= 7
