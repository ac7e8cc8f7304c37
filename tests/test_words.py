"""Every word that a user sees exists in Chinese and English, with the same blanks."""

import ast
import re
import string
from dataclasses import fields
from pathlib import Path

import pytest

import commsim
from commsim import scenarios
from commsim.measures.table import MEASURES, STRATA
from commsim.rules import RULES
from commsim.show.wording import slug
from commsim.state.settings import PARAMETERS, PLACES, THEMES
from commsim.state.shocks import SHOCKS
from commsim.words import LANGUAGES, catalogue, choose_language, known, language, say

SOURCE = Path(commsim.__file__).parent


def blanks(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_with_the_same_blanks(key):
    phrase = catalogue()[key]
    assert set(phrase) == set(LANGUAGES)
    assert blanks(phrase["zh"]) == blanks(phrase["en"])
    assert all(text.strip() for text in phrase.values()) or key.endswith(("unit.", "separator"))
    assert not re.search(r"[\u4e00-\u9fff]", phrase["en"])


def test_a_phrase_is_found_without_reading_every_catalogue():
    for lang in LANGUAGES:
        assert all(known(key) and say(key, lang) == phrase[lang] for key, phrase in catalogue().items())
    assert not known("cli.no_such") and not known("no_such_family.x")


def _arguments(rule):
    return [field.name for field in fields(rule)]


def expected():
    yield from (f"setting.{name}" for name in PARAMETERS)
    yield from (f"rule.{name}.{part}" for name in RULES for part in ("label", "words"))
    yield from (f"measure.{name}.{part}" for name in MEASURES for part in ("label", "formula", "delta"))
    yield from (f"unit.{measure.unit}" for measure in MEASURES.values())
    yield from (f"verdict.{verdict}" for verdict in ("better", "worse", "same", "cannot_tell"))
    yield from (f"stratum.{name}" for names in STRATA.values() for name in names)
    yield from (f"strata.{name}" for name in STRATA)
    yield from (f"theme.{name}" for name in THEMES)
    yield from (f"stage.{name}" for name in PLACES)
    yield from (f"argument.{name}" for rule in RULES.values() for name in _arguments(rule))
    yield from (f"shock.{name}.{part}" for name in SHOCKS for part in ("label", "words"))
    yield from (f"argument.{name}" for shock in SHOCKS.values() for name in shock.limits)
    for name in scenarios.available():
        yield from (f"scale.{scale}" for scale in scenarios.load(name).scales)
    yield from (f"thresholds.{name}" for name in ("real", "classroom"))


@pytest.mark.parametrize("key", sorted(set(expected())))
def test_what_the_model_has_can_be_named(key):
    assert key in catalogue()


def test_every_unit_of_a_measure_is_written_in_both_languages():
    for measure in MEASURES.values():
        assert f"report.unit.{slug(measure.unit)}" in catalogue(), measure
        assert f"report.unit_name.{slug(measure.unit)}" in catalogue(), measure


def test_nothing_is_named_that_the_model_does_not_have():
    kinds = ("setting.", "shock.", "measure.", "theme.", "argument.")
    wanted = set(expected())
    named = {key for key in catalogue() if key.startswith(kinds)}
    assert named - wanted == set()


def _calls(name):
    """First arguments of all calls of ``name`` in the source that are plain strings."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", None)) == name:
                for argument in node.args[:2]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield file.name, argument.value
                        break


def test_every_error_that_is_raised_has_a_message():
    used = set(_calls("UserError")) | {(f, k) for f, k in _calls("_fault") if "." not in k}
    assert len(used) > 30
    assert {(file, key) for file, key in used if f"error.{key}" not in catalogue()} == set()


def test_every_phrase_that_is_said_exists():
    used = {(file, key) for file, key in _calls("say") if "." in key}
    assert len(used) > 30
    assert {(file, key) for file, key in used if key not in catalogue()} == set()


def test_chinese_uses_full_width_punctuation():
    for key, phrase in catalogue().items():
        wrong = re.search(r"[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]", phrase["zh"])
        assert not wrong, (key, phrase["zh"])


def test_the_language_is_the_one_asked_for_else_the_environments(monkeypatch):
    for variable in ("COMMSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    choose_language(None)
    assert language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "zh" and language("en") == "en"
    monkeypatch.setenv("COMMSIM_LANG", "en")
    assert language() == "en"
    choose_language("zh")
    try:
        assert say("verdict.better") == "更好" and say("verdict.better", "en") == "better"
    finally:
        choose_language(None)
