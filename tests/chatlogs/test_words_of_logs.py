"""Everything that the room can say has words, and its facts fill their blanks."""

import ast
import string
from pathlib import Path

import pytest

import commsim
from commsim.chatlogs.account import Account
from commsim.words import catalogue, known

FILES = sorted((Path(commsim.__file__).parent / "chatlogs").rglob("*.py"))


def calls(name):
    """(file, call) of every call of something with this name in the room."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                yield file.name, node


def literals(node):
    """The texts that an argument can be (what a condition compares with is none of them)."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_every_error_has_words_and_its_facts_fill_them():
    seen = 0
    for file, call in calls("UserError"):
        facts = {keyword.arg for keyword in call.keywords} | {"place", "value", "allowed"}
        for key in literals(call.args[0]):
            blanks = {name for _, name, _, _ in string.Formatter().parse(catalogue()[f"error.{key}"]["zh"]) if name}
            assert blanks <= facts, (file, key)
            seen += 1
    assert seen >= 15


@pytest.mark.parametrize("name", ["skip", "_recall"])
def test_every_kind_of_fault_has_words(name):
    kinds = {kind for _, call in calls(name) for kind in literals(call.args[0])}
    assert kinds and {kind for kind in kinds if not known(f"chatlog.fault.{kind}")} == set()


def test_every_reason_has_words():
    reasons = {"option", "format", "offset", "assumed", "found", "no_ids"}
    assert {reason for reason in reasons if not known(f"chatlog.why.{reason}")} == set()
    asked = {name for name in vars(Account()) if name.endswith("_why")}
    assert asked == {"timezone_why", "day_order_why", "reply_to_why"}
