"""The documents say what the program does: tables are fresh, links lead somewhere, commands parse, names exist."""

import inspect
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

import commsim
from commsim import scenarios, special
from commsim.chatlogs import health
from commsim.cli import main
from commsim.errors import UserError
from commsim.measures.table import MEASURES
from commsim.rules import RULES
from commsim.scenarios.city import available_cities
from commsim.show import tables
from commsim.state.settings import PARAMETERS, PLACES, THEMES
from commsim.state.shocks import SHOCKS
from commsim.words import LANGUAGES, say

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("README*.md"), *DOCS.rglob("*.md")])
SHIPPED = [scenarios.load(name) for name in scenarios.available()]


def named(page):
    return page.relative_to(ROOT).as_posix()


def text_of(page):
    return page.read_text(encoding="utf-8")


# -- tables made by a program ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", tables.PAGES)
def test_the_page_is_what_the_tables_say_today(name):
    fresh = tables.PAGES[name]() == text_of(DOCS / f"{name}.md")
    assert fresh, f"stale; run: python -m commsim.show.tables {name} > docs/{name}.md"


def test_every_measure_and_every_parameter_has_one_row():
    for name, rows in (("measures", MEASURES), ("parameters", PARAMETERS)):
        assert re.findall(r"^\| `(\w+)` \|", text_of(DOCS / f"{name}.md"), re.M) == list(rows)


def test_only_stocks_are_measured_on_one_day():
    assert {m for m in MEASURES if tables.COUNTED[m][0] == "day"} == {
        m.name for m in MEASURES.values() if m.kind == "stock"
    }


def test_windows_are_those_of_the_record():
    from commsim import record

    days = {"days_28": record.TALK_WINDOW, "days_90": record.REPLY_WINDOW, "days_365": record.PART_WINDOW}
    for name, (window, _) in tables.COUNTED.items():
        if name == "official_hours" or window not in days:
            continue
        for lang in LANGUAGES:
            assert str(days[window]) in say(f"window.{window}", lang)
            assert f"{days[window]}" in say(f"measure.{name}.formula", lang), name
    assert str(int(record.PROMISE_HOURS)) in say("measure.within_48h_share.formula", "en")
    assert str(int(PARAMETERS["reply_hours"].default)) in say("measure.grievances.formula", "en")


def test_thresholds_of_ties_stand_in_the_formulas():
    from commsim.measures import ACQUAINTED, STRONG

    for lang in LANGUAGES:
        assert f"{ACQUAINTED:g}".lstrip("0") in say("measure.acquaintances.formula", lang)
        assert f"{STRONG:g}".lstrip("0") in say("measure.strong_ties.formula", lang)


def test_every_source_of_a_parameter_is_explained():
    page = text_of(DOCS / "parameters.md")
    for parameter in PARAMETERS.values():
        for part in parameter.source.split(";"):
            row = part.strip().removeprefix("parameter ")
            if row != part.strip():
                assert re.search(rf"^\| {re.escape(row)} \|", page, re.M), parameter
        for fact in tables._facts(parameter.source):
            assert f"\n| {fact} |" in page, parameter


# -- links -----------------------------------------------------------------------------------------------


def links(page):
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text_of(page), flags=re.S))
    return [link for link in found if not link.startswith(("http:", "https:", "mailto:"))]


def anchors(page):
    """As GitHub names headings: lower case, spaces to hyphens, punctuation dropped."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_document_is_reached_from_the_index():
    seen, ahead = set(), [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        ahead += [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if link[0] != "#"]
    written = {page for page in PAGES if page.is_relative_to(DOCS)}
    assert written - seen == set()


# -- commands --------------------------------------------------------------------------------------------


def quoted_commands():
    """(page, words) of every command line in code of the documents, the continued ones joined."""
    for page in [*PAGES, ROOT / "Makefile"]:
        text = text_of(page).replace("\\\n", " ")
        lines = text.splitlines() if page.name == "Makefile" else _code(text)
        for line in lines:
            line = line.strip().replace(".venv\\Scripts\\", "").replace("$(BIN)/", "").replace("$(OUT)/", "")
            if line.startswith("commsim "):
                yield named(page), tuple(shlex.split(line, comments=True)[1:])


def _code(text):
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)
    yield from (line for block in fenced for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def parse(words):
    """Parse as the command line does; returns the subcommand's context."""
    words, i = list(words), 0
    while i < len(words):  # --lang may stand anywhere
        if words[i] == "--lang":
            assert words[i + 1] in LANGUAGES
            del words[i : i + 2]
        else:
            i += 1
    if words[0].startswith("-"):
        assert words[0] in {option for param in main.params for option in param.opts}
        return None
    name, command, rest = main.resolve_command(main.make_context("commsim", words), words)
    return command.make_context(name, [word for word in rest if word != "--help"])


def test_documents_quote_commands():
    assert len(set(quoted_commands())) >= 6


@pytest.mark.parametrize("page, words", sorted(set(quoted_commands())), ids=lambda part: str(part)[:60])
def test_quoted_commands_parse_and_name_what_exists(page, words):
    if "…" in words:
        pytest.skip("a pattern, not a command")
    context = parse(words)
    given = context.params if context else {}
    if "scenario" in given:
        found = scenarios.load(given["scenario"])
        found.scale(given.get("scale"))
        for policy in [*given.get("policies", ()), *filter(None, [given.get("policy")])]:
            found.policy(policy)


def test_a_wrong_option_would_be_noticed():
    with pytest.raises(UserError):
        parse(("compare", "jinyang", "before", "--wordls", "20"))
    with pytest.raises(UserError):
        parse(("compere", "jinyang"))


def test_python_in_documents_uses_public_names():
    used = {name for page in PAGES for name in re.findall(r"\bcs\.(\w+)", text_of(page))}
    assert used
    assert used - set(commsim.__all__) == set()


# -- names -----------------------------------------------------------------------------------------------


def names_there_are():
    yield from (*PARAMETERS, *MEASURES, *RULES, *THEMES, *PLACES)
    yield from (field.name for rule in RULES.values() for field in fields(rule))
    for scenario in SHIPPED:
        yield from (scenario.id, *scenario.policies, *scenario.scales)
        yield from (name for policy in scenario.policies.values() for name in policy.names if name)
    for name, kind in SHOCKS.items():
        yield from (name, *kind.limits)
    for case in special.__all__:
        yield from inspect.signature(getattr(special, case)).parameters
    yield from available_cities()
    yield from LANGUAGES
    yield from (*health.MEASURES, *(field.name for field in fields(health.Health)))
    yield from ("members", "withheld", "group")  # of what commsim log writes, and of an example in Python
    yield from ("range", "tomllib", "jitclass")  # words of files and of Python, not of the model


def names_in(page):
    """Lower-case names that stand in code: ``theta_s``, not ``Community.plan()`` nor a path."""
    return set(re.findall(r"`([a-z][a-z0-9_]*)`", text_of(page)))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent != ROOT], ids=named)
def test_every_name_in_the_documents_exists(page):
    assert names_in(page) - set(names_there_are()) == set()


def test_the_page_of_special_cases_has_each_with_its_arguments():
    told = dict(re.findall(r"^\| `(\w+)\(([^)]*)\)` \|", text_of(DOCS / "special.md"), re.M))
    assert set(told) == set(special.__all__)
    for case, arguments in told.items():
        parameters = list(inspect.signature(getattr(special, case)).parameters)
        assert [*arguments.split(", "), "world"] == parameters, case


def test_both_model_pages_speak_of_the_same_names_and_sections():
    english, chinese = DOCS / "model.md", DOCS / "model.zh.md"
    assert names_in(english) == names_in(chinese)
    heads = [re.findall(r"^#+ (\d\w*)", text_of(page), re.M) for page in (english, chinese)]
    assert heads[0] == heads[1]
    assert len(heads[0]) > 15


def test_sources_that_name_a_section_of_the_model_find_it():
    sections = set(re.findall(r"^#+ (\d\w*)", text_of(DOCS / "model.md"), re.M))
    cited = {s for p in PARAMETERS.values() for s in re.findall(r"model\.md (\d\w*)", p.source)}
    assert cited
    assert cited - sections == set()


def test_decisions_are_short_and_listed():
    files = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(file.name[:3]) for file in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", text_of(DOCS / "decisions" / "README.md"))
    assert listed == [file.name for file in files]
    for file in files:
        text = text_of(file)
        assert "**Rejected.**" in text and ("**Why.**" in text or "| why" in text), file
        assert len(text.split()) < 330, file
