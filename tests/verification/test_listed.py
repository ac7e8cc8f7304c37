"""The page of checks: every known result has a row, and every test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
PAGES = ["verification.md", "verification.zh.md"]


def found_in(file):
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("page", PAGES)
def test_every_known_result_has_a_row(page):
    rows = re.findall(r"^\| C(\d+) \|", (DOCS / page).read_text(encoding="utf-8"), re.M)
    assert sorted(set(map(int, rows))) == list(range(1, 27))


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_named_exists(page):
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (DOCS / page).read_text(encoding="utf-8"))
    assert len(named) > 50
    assert {(file, name) for file, name in named if name not in found_in(file)} == set()


def test_both_pages_name_the_same_tests():
    english, chinese = (re.findall(r"`(test_[\w.:]+)`", (DOCS / page).read_text(encoding="utf-8")) for page in PAGES)
    assert english == chinese
