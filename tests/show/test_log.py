"""The pictures of a group's health: what is drawn is what was measured, and nothing small leaves the machine."""

import io
import re
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "chatlogs"))
from test_health import T0, lively, made

from commsim.chatlogs import health as h
from commsim.chatlogs import sharing
from commsim.chatlogs.events import NOBODY, REPLY_TO, Log
from commsim.measures import exchanges as ex
from commsim.show import figures, fonts, log_report, log_told
from commsim.show import log as pictures
from commsim.words import LANGUAGES, say


@pytest.fixture(scope="module")
def usual():
    log = lively(40, 300, 40)
    return h.profile(log, buildings=np.arange(40) % 4), log, np.arange(40) % 4


def bars(figure, name):
    return np.array([one.get_height() for ax in figure.axes for box in ax.containers
                     if box.patches[0].get_gid() == f"bars-{name}" for one in box.patches])  # fmt: skip


def line(figure, gid):
    (found,) = [one for ax in figure.axes for one in ax.lines if one.get_gid() == gid]
    return found.get_xdata(), found.get_ydata()


def text_of(figure):
    page = io.StringIO()
    with figures.our_style():
        figure.savefig(page, format="svg")
    return page.getvalue()


def test_the_timeline_draws_every_window(usual):
    health, _, _ = usual
    drawn = pictures.timeline(health)
    for name in ("messages", "senders"):
        assert np.array_equal(bars(drawn, name), health.series[name])


def test_three_kinds_of_margin_are_three_lines(usual):
    health, _, _ = usual
    drawn = pictures.margin(health)
    for name in pictures.MARGINS:
        _, values = line(drawn, f"line-{name}")
        known = [v is not None for v in health.series[name]]
        assert np.array_equal(~np.isnan(values), known) and any(known)
        assert np.array_equal(values[known], [v for v in health.series[name] if v is not None])
    assert sum(one.get_gid() is not None for ax in drawn.axes for one in ax.lines) == 3


def test_both_densities_are_there_and_the_one_that_counts_is_solid(usual):
    drawn = pictures.density(usual[0])
    styles = {one.get_gid(): one.get_linestyle() for one in drawn.axes[0].lines}
    assert styles == {"line-density": "-", "line-density_active": ":"}
    assert np.allclose(line(drawn, "line-density")[1], 100 * np.array(usual[0].series["density"], float))


def test_the_survival_curve_passes_through_the_median(usual):
    health, log, _ = usual
    at, left = line(pictures.response_curve(health, log), "waiting")
    median = health.measures["response_median"]
    seen = ~np.isnan(left)
    assert left[0] >= 99 and (np.diff(left[seen]) <= 1e-9).all()
    assert left[seen & (at > 1.05 * median)].max() <= 50.0 + 1e-9 <= left[at < 0.95 * median].min() + 1e-9
    assert line(pictures.response_curve(health, log), "response_median_naive")[0][0] < median


def test_a_small_group_is_drawn_member_by_member_a_large_one_as_a_table(usual):
    health, log, _ = usual
    small = text_of(pictures.who_answers_whom(health, log))
    assert all(member in small for member in log.members)
    shared = text_of(pictures.who_answers_whom(sharing.shared(health)[0], log, shared=True))
    assert "member-" not in shared
    large = lively(80, 100, 20)
    assert "member-" not in text_of(pictures.who_answers_whom(h.profile(large), large))


def test_groups_of_the_table_have_five_members_and_hold_every_message(usual):
    for log in (usual[1], lively(80, 100, 3), lively(200, 50, 5, seed=3)):
        names, sizes, table = pictures.shells(log)
        assert min(sizes) >= 5 and sum(sizes) == len(log.members) and len(names) == len(sizes) == len(table)
        assert table.sum() == len(pictures.addressed(log)[0])
    core = ex.core_numbers(ex.ties_of(usual[1].sender, usual[1].to, 40), 40)
    assert pictures.shells(usual[1])[0][-1].split("–")[-1] == str(core.max())


def test_two_tiers_count_pairs(usual):
    health, log, place = usual
    inside, across = pictures.tiers(log, place)
    assert (across - inside) / (across + inside) == pytest.approx(health.measures["ei_index"])
    drawn = pictures.two_tiers(health, log, place)
    widths = {one.get_gid(): one.get_width() for ax in drawn.axes for one in ax.patches}
    assert (widths["bar-inside"], widths["bar-across"]) == (inside, across)


def beyond(figure):
    """Labels of ticks outside their axis, which matplotlib has and does not draw."""
    found = []
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        found += [label for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high
                  for label in (tick.label1, tick.label2)]  # fmt: skip
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_words_stay_inside_and_off_one_another(usual, name, lang, narrow):
    drawn = pictures.draw(name, *usual, shared=True, narrow=narrow, lang=lang)
    renderer = drawn.canvas.get_renderer()
    with figures.our_style():
        drawn.canvas.draw()
        texts = [one for one in drawn.findobj(lambda one: hasattr(one, "get_text")) if one.get_text().strip()
                 and one.get_visible() and one not in beyond(drawn)]  # fmt: skip
        boxes = [(one.get_text(), one.get_window_extent(renderer)) for one in texts]
    wide, high = drawn.canvas.get_width_height()
    for said, box in boxes:
        assert box.x0 >= -2 and box.x1 <= wide + 14 and box.y0 >= -2 and box.y1 <= high + 2, said
    for k, (said, box) in enumerate(boxes):
        for other, beside in boxes[:k]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            upright = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert said == other or min(across, upright) < 3, (said, other)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_every_picture_is_told_in_words(usual, name, lang):
    told = pictures.in_words(name, *usual, lang=lang)
    assert re.search(r"\d", told) and bool(re.search(r"[\u4e00-\u9fff]", told)) == (lang == "zh")
    svg = figures.svg(pictures.draw(name, *usual, lang=lang), "p", told)
    assert f'aria-label="{told[:20]}' in svg and 'role="img"' in svg


def test_pngs_in_chinese_have_no_boxes(usual, tmp_path):
    if not fonts.chinese():
        pytest.skip("no Chinese font that matplotlib can use on this computer")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        for name in pictures.PICTURES:
            file = figures.save(pictures.draw(name, *usual, lang="zh"), tmp_path / f"{name}.png", lang="zh")
            assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_where_nothing_is_known_the_picture_says_so(name, lang):
    log = made([(0.1, 0, NOBODY), (0.2, 1, NOBODY)], 3, frozenset())
    health = h.profile(log)
    drawn = pictures.draw(name, health, log, np.array([0, 1, 1]), lang=lang)
    if name != "timeline":
        assert len(drawn.axes) == 0 and len(drawn.texts) == 1 and drawn.texts[0].get_text()
    assert pictures.in_words(name, health, log, np.array([0, 1, 1]), lang=lang)


@pytest.mark.parametrize("carries", [frozenset(), frozenset({"presence"}), frozenset({"mention"}),
                                     frozenset({"kind", "reply_to"})])  # fmt: skip
@pytest.mark.parametrize("n", [1, 4, 9, 13, 30])
def test_a_report_of_any_log(n, carries):
    random = np.random.default_rng(n)
    rows = [(float(d), int(random.integers(n)), int(random.integers(-1, n)) if carries else NOBODY)
            for d in np.sort(random.uniform(0, 90, 15 * n))]  # fmt: skip
    log = made(rows, n, carries)
    health = h.profile(log)
    for lang in LANGUAGES:
        page = log_report.html(health, log, lang=lang)
        assert say("log.report.unknown", lang) in page and "None" not in page and "nan" not in page.lower().split(">")
        assert "member-" not in page and say("log.report.consent", lang) in page


def test_the_report_escapes_what_a_file_says(usual):
    health, log, place = usual
    loader = {"format": "<script>x</script>", "timezone": "<b>&", "unit": "line", "message": 10, "faults": {}}
    hurt = h.Health(**{**vars(health), "loader": loader})
    page = log_report.html(hurt, log, place, "en")
    assert "<script" not in page and "&lt;script&gt;" in page and "<b>&" not in page


def test_the_report_shows_shared_numbers_only(usual):
    health, log, place = usual
    page = log_report.html(health, log, place, "en")
    safe, why = sharing.shared(health)
    for name in why:
        if name in h.MEASURES and name not in log_told.BESIDE:
            assert f'<th scope="row">{say(f"log.measure.{name}.label", "en")}</th>' not in page
    assert why and f"<dd>{safe.messages:,}</dd>" in page


def test_forty_thousand_members_are_drawn_in_bounded_time():
    n, m = 40_000, 400_000
    random = np.random.default_rng(0)
    sender = (n * random.random(m) ** 3).astype(np.int32)
    to = (n * random.random(m) ** 3).astype(np.int32)
    when = T0 + np.sort(random.uniform(0, 365 * 86400, m))
    log = Log(when, sender, to, np.full(m, NOBODY, np.int64), np.full(m, REPLY_TO, np.int8), np.zeros(m, np.int8),
              np.zeros(m, np.int32), ("",), ("",), tuple(map(str, range(n))), np.full(n, np.nan), np.full(n, np.nan),
              frozenset({"reply_to"}))  # fmt: skip
    health = h.profile(log)
    began = time.process_time()
    for name in pictures.PICTURES:
        pictures.draw(name, health, log, np.arange(n) % 50)
    assert time.process_time() - began < 30
