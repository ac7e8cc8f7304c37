"""Validation: shares, medians and errors are counted as said, in any number of processes; what shows them."""

import json
import re
from pathlib import Path

import made_up_patterns
import pytest

from commsim.errors import UserError
from commsim.experiments import validation
from commsim.experiments.validation import rows_for, validate
from commsim.show import figures
from commsim.show import validation as shown
from commsim.words import LANGUAGES, catalogue, say

TABLE = "made_up_patterns:PATTERNS"
KEYS = ["id", "title", "test", "observed", "share_worlds", "share_draws", "calibrated", "holds"]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def found():
    return validate(worlds=10, draws=20, jobs=1, table=TABLE)


def row(found, name):
    return next(r for r in found.rows if r["id"] == name)


def test_rows_have_the_promised_keys_and_are_json(found):
    for one in json.loads(json.dumps(found.rows, allow_nan=False)):
        assert list(one) == KEYS
        assert one["title"] and one["test"] and type(one["holds"]) is bool
    assert [r["id"] for r in found.rows] == list(made_up_patterns.PATTERNS)


def test_shares_count_worlds_and_draws_apart(found):
    even = row(found, "P2")
    assert (even["share_worlds"], even["share_draws"]) == (0.5, 0.5)
    assert even["observed"] == {"coverage": 0.5, "volunteers": 0.0}  # of worlds only: no draw in it
    assert even["calibrated"] and even["holds"]


def test_undefined_counts_as_not_there_and_is_left_out_of_the_median(found):
    some = row(found, "P5")
    assert some["share_worlds"] == 0.8  # worlds 5 and 10 are undefined
    assert some["observed"] == {"guests": 5.0, "staff_share": None}  # of 1 2 3 4 6 7 8 9
    assert some["holds"]


def test_an_error_counts_as_not_there_and_is_told(found):
    assert row(found, "P11")["share_worlds"] == 0.9 and row(found, "P11")["share_draws"] == 1.0
    assert found.failed == [{"pattern": "P11", "kind": "world", "number": 3,
                             "error": "ZeroDivisionError: nobody there"}]  # fmt: skip


def test_a_design_has_one_share_in_both_columns(found):
    assert rows_for(20) == 10 and rows_for(30) == 15 and rows_for(1) == 2
    assert row(found, "P24")["share_worlds"] == row(found, "P24")["share_draws"]
    assert set(row(found, "P24")["observed"]) == {"index", "rank"}


def test_never_defined_is_null(monkeypatch):
    assert validation._medians([{"a": None}, {"a": None}]) is None
    assert validation._medians([{"a": None, "b": 1}, {"a": None, "b": 2}]) == {"a": None, "b": 1.5}
    assert validation._plain({"a": float("inf"), "b": True, "c": float("nan")}) == {"a": None, "b": 1.0, "c": None}


def test_the_same_in_any_number_of_processes(found):
    again = validate(worlds=10, draws=20, jobs=2, table=TABLE)
    assert again == found


def test_draws_are_as_many_as_worlds_unless_given():
    assert validate(["P2"], worlds=4, jobs=1, table=TABLE).draws == 4


def test_draws_and_rows_live_in_worlds_of_their_own():
    tasks = validation._tasks(list(made_up_patterns.PATTERNS.values()), 30, 30, TABLE)
    worlds = [validation._bench(task).world for task in tasks]
    assert len(set(worlds)) == len(worlds) == 30 + 30 + 15
    drawn = [validation._bench(task).numbers for task in tasks if task.kind == "draw"]
    assert all(drawn) and drawn[0] != drawn[1]
    assert not any(validation._bench(task).numbers for task in tasks if task.kind == "world")


def test_only_what_is_asked_for_is_looked_for():
    assert [r["id"] for r in validate(["P24"], worlds=2, jobs=1, table=TABLE).rows] == ["P24"]
    kinds = {task.kind for task in validation._tasks([made_up_patterns.PATTERNS["P24"]], 5, 5, TABLE)}
    assert kinds == {"row"}


def test_wrong_names_are_told():
    with pytest.raises(UserError) as unknown:
        validate(["P77"], table=TABLE)
    assert unknown.value.key == "pattern_unknown"
    with pytest.raises(UserError) as twice:
        validate(["P2", "P2"], table=TABLE)
    assert twice.value.key == "pattern_twice"


def test_progress_tells_how_far_and_how_long():
    told = []
    validate(["P2"], worlds=3, draws=2, jobs=1, table=TABLE, progress=lambda *line: told.append(line))
    assert [(done, total) for done, total, _, _ in told] == [(k, 5) for k in range(6)]
    assert told[0][2] is None and told[3][2] >= 0.0 and told[-1][2] == 0.0


def test_an_interruption_is_passed_on():
    def stop(done, *_):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        validate(["P2"], worlds=9, jobs=1, table=TABLE, progress=stop)


# -- words, page, picture ------------------------------------------------------------------------------------------


def test_every_pattern_and_every_number_can_be_named(found):
    from commsim.experiments import patterns

    assert {key.split(".")[1] for key in catalogue() if key.startswith("pattern.")} == set(patterns.PATTERNS)
    source = Path(patterns.__file__).read_text(encoding="utf-8")
    judged = set(re.findall(r'n\["(\w+)"\]', source))
    assert len(judged) > 30
    assert {name for name in judged if f"pattern_number.{name}" not in catalogue()} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_has_a_line_a_pattern_with_its_sign(found, lang):
    text = shown.table(found.rows, lang)
    lines = [line for line in text.splitlines() if re.match(r"\| P\d", line)]
    assert len(lines) == len(found.rows)
    for line, one in zip(lines, found.rows, strict=True):
        assert say(f"pattern.{one['id']}.title", lang) in line
        assert (shown.TICK if one["holds"] else shown.CROSS) in line
    assert say("validation.tally", lang, n=4, holds=sum(r["holds"] for r in found.rows), tests=3,
               tests_hold=sum(r["holds"] for r in found.rows if not r["calibrated"])) in text  # fmt: skip


def test_only_what_stands_between_the_marks_is_replaced(found):
    page = f"before\n\n{shown.BEGIN}\nstale words\n{shown.END}\n\nafter\n"
    new = shown.filled(page, found.rows, "en")
    assert new.startswith("before\n\n") and new.endswith("\n\nafter\n") and "stale words" not in new
    assert shown.filled(new, found.rows, "en") == new
    assert say("validation.not_run", "en") in shown.filled(new, None, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_what_the_stored_result_says(lang):
    page = (DOCS / shown.PAGES[lang]).read_text(encoding="utf-8")
    fresh = shown.filled(page, shown.stored(DOCS), lang) == page
    assert fresh, "stale; run: python -m commsim.show.validation"


def test_a_stored_result_has_every_pattern():
    from commsim.experiments.patterns import PATTERNS

    rows = shown.stored(DOCS)
    if rows is not None:
        assert [one["id"] for one in rows] == list(PATTERNS)
        assert all(one["holds"] == PATTERNS[one["id"]].holds(one["share_worlds"], one["share_draws"]) for one in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_picture_names_every_pattern_and_marks_both_shares(found, lang, tmp_path):
    drawn = shown.figure(found.rows, lang)
    (ax,) = drawn.axes
    words = [text.get_text() for text in ax.texts]
    assert sum(word in (shown.TICK, shown.CROSS) for word in words) == len(found.rows)
    assert any(word.startswith("P2*") for word in words) and any(word.startswith("P5 ") for word in words)
    squares = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "s"]
    assert squares == [r["share_worlds"] for r in found.rows]
    path = figures.save(drawn, tmp_path / "result.svg", lang)
    assert say("validation.figure.axis", lang) in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_title_fits_beside_the_picture(lang):
    from commsim.experiments.patterns import PATTERNS

    words = [f"{name}*  {say(f'pattern.{name}.title', lang)}" for name in PATTERNS]
    assert figures._words_width(words, 8.5) < 0.39 * figures.WIDE


def test_nothing_to_draw_is_said():
    assert shown.figure([], "en").texts[0].get_text() == say("validation.figure.none", "en")
