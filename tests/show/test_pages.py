"""The pages of the scenarios say what the files say today, in both languages."""

import re
from pathlib import Path

import pytest

from commsim import scenarios
from commsim.show import pages
from commsim.words import LANGUAGES, say

DOCS = Path(__file__).parents[2] / "docs" / "scenarios"
SHIPPED = scenarios.available()
FRESH = pages.pages()


def test_there_is_a_page_for_each_scenario_in_each_language_and_no_other():
    assert {file.name for file in DOCS.iterdir()} == set(FRESH)
    assert set(FRESH) == {"README.md", *(f"{name}{ending}" for name in SHIPPED for ending in (".md", ".zh.md"))}


@pytest.mark.parametrize("name", sorted(FRESH))
def test_the_page_is_what_the_file_says_today(name):
    fresh = (DOCS / name).read_text(encoding="utf-8") == FRESH[name]
    assert fresh, "stale; run: python -m commsim.show.pages"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_page_tells_everything_that_the_scenario_contains(name, lang):
    scenario, text = scenarios.load(name), pages.page(scenarios.load(name), lang)
    assert scenario.story[lang] in text
    for policy in scenario.policies.values():
        assert f"### {policy.title[lang]} `{policy.id}`" in text
        for rule in scenario.rules(policy.id):
            assert scenarios.rule_in_words(rule, lang) in text
    for shock in scenario.shocks.values():
        assert scenarios.shock_in_words(shock, lang) in text
    assert all(f"`{measure}`" in text for measure in scenario.measures)
    table = text.partition(say("page.numbers_about", lang))[2]
    assert table.count("\n| ") == 2 + len(scenario.numbers())
    assert "{" not in text and not re.search(r"\bF\d+-F|parameter \w", text)
    assert (lang == "zh") == bool(re.search(r"[\u4e00-\u9fff]", text.replace("中文", "")))


def test_a_policy_is_told_against_the_one_that_is_most_like_it():
    jinyang = scenarios.load("jinyang")
    text = pages._policy(jinyang, jinyang.policy("jinyang_2017"), "en")
    assert "Compared with `jinyang_2016`: with `clutter_shown`" in text and "without" not in text
    assert "Compared" not in pages._policy(jinyang, jinyang.policy("before"), "en")


def test_writing_removes_pages_of_scenarios_that_are_gone(tmp_path):
    (tmp_path / "gone.md").write_text("an old page")
    pages.write(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == set(FRESH)
    assert (tmp_path / "jinyang.zh.md").read_bytes() == FRESH["jinyang.zh.md"].encode()
