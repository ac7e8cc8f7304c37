"""What each picture must show, mark by mark."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from made_up import ALL
from matplotlib.figure import Figure

from commsim.errors import UserError
from commsim.measures.table import MEASURES
from commsim.show import figures, fonts
from commsim.words import LANGUAGES, say


def marks(figure, start):
    return [a for a in figure.findobj() if (a.get_gid() or "").startswith(start)]


def mark(figure, name):
    (only,) = [a for a in figure.findobj() if a.get_gid() == name]
    return only


@pytest.mark.parametrize("narrow", [False, True])
def test_the_scoreboard_shows_every_difference_in_steps_of_delta_and_right_is_better(usual, narrow):
    figure = figures.scoreboard(usual, "jinyang_2016", narrow=narrow, lang="en")
    for name, m in MEASURES.items():
        cell = usual.measures[name]["by_policy"]["jinyang_2016"]
        x = mark(figure, f"verdict-{cell['verdict']}-{name}").get_xdata()[0]
        assert x == pytest.approx(cell["diff"] / m.delta * m.better)
        if cell["verdict"] in ("better", "worse"):
            assert (x > 0) == (cell["verdict"] == "better")
    assert len(marks(figure, "verdict-")) == len(MEASURES)


def test_verdicts_differ_by_shape_and_policies_by_marker():
    assert len({shape for _, shape in figures.VERDICT.values()}) == 4
    assert len({marker for _, marker, _ in figures.POLICY}) == len(figures.POLICY) == 5


def test_a_measure_without_a_value_has_no_mark(bare):
    figure = figures.scoreboard(bare, "jinyang_2016", lang="en")
    assert len(marks(figure, "verdict-")) == sum(
        m["by_policy"]["jinyang_2016"]["diff"] is not None for m in bare.measures.values()
    )
    assert not [a for a in marks(figure, "verdict-") if a.get_gid().endswith("project_days")]


@pytest.mark.parametrize("case", ["usual", "many"])
def test_every_restart_is_marked_once_where_it_happened(case, request):
    comparison = request.getfixturevalue(case)
    figure = figures.timeline(comparison, lang="zh")
    told = figures.gather(comparison)
    expected = {
        f"restart-{policy}-{project['id']}-{i + 1}": day
        for policy in comparison.policies
        for project in figures.shown_projects(told, policy)
        for i, day in enumerate(s["until"] for s in project["steps"] if s["result"] == "restarted")
    }
    assert len(expected) >= 4
    found = {a.get_gid(): a.get_xdata()[0] * figures.MONTH for a in marks(figure, "restart-")}
    assert found == pytest.approx(expected)
    svg = figures.svg(figure, "p")
    assert len(re.findall(r'id="p-restart-', svg)) == len(expected)


def test_the_reply_curve_counts_needs_that_nobody_answered(usual):
    figure = figures.reply_curve(usual, lang="en")
    assert mark(figure, "line-48h").get_xdata()[0] == 48
    told = usual.replies["before"]
    naive = 100 * np.mean(np.array(told["hours"])[np.array(told["answered"], bool)] > 48)
    value = mark(figure, "at48-before").get_ydata()[0]
    assert value == pytest.approx(100 * usual.reply_curve["by_policy"]["before"]["unanswered"][48])
    assert value > naive + 1
    curve = mark(figure, "waiting-before").get_ydata()
    assert np.all(np.diff(curve[~np.isnan(curve)]) <= 1e-9)


def test_when_every_need_is_answered_early_the_value_at_48_hours_is_zero_not_missing(usual):
    told = dict(
        figures.gather(usual), replies={p: {"hours": [0.01, 1.0, 5.0], "answered": [1, 1, 1]} for p in ALL}
    )
    figure = figures.reply_curve(told, lang="en")
    assert mark(figure, "at48-before").get_ydata()[0] == 0
    assert "100% answered within 48 hours" in figures.svg(figure, "r")
    lost = {p: {"hours": [1.0, 5.0, 9.0], "answered": [1, 1, 0]} for p in ALL}
    unseen = figures.reply_curve(told | {"replies": lost}, lang="en")
    assert np.isnan(mark(unseen, "at48-before").get_ydata()[0])


def test_small_differences_of_trust_look_small(usual):
    flat = {
        n: {"day": [0, 365], "median": [0.35, 0.352], "low": [0.349, 0.35], "high": [0.351, 0.353]}
        for n in ("trust_office",)
    }
    told = dict(figures.gather(usual), series={p: flat for p in usual.policies})
    low, high = figures.over_time(told, lang="en").axes[0].get_ylim()
    assert high - low >= 4 * 100 * MEASURES["trust_office"].delta - 1e-9


def test_trust_over_time_has_a_line_and_a_band_for_each_policy(many):
    figure = figures.over_time(many, ["neighbour_trust", "trust_office"], lang="en")
    for policy in many.policies:
        for name in ("neighbour_trust", "trust_office"):
            line, band = mark(figure, f"median-{policy}-{name}"), mark(figure, f"band-{policy}-{name}")
            assert line.get_ydata()[-1] == pytest.approx(
                100 * many.series["by_policy"][policy][name]["median"][-1]
            )
            ys = band.get_paths()[0].vertices[:, 1]
            assert ys.min() <= line.get_ydata().min() and ys.max() >= line.get_ydata().max()


def test_who_gains_shows_each_group_of_each_policy(many):
    figure = figures.who_gains(many, lang="en")
    shown = figures.strata_measures(figures.gather(many))
    assert len(marks(figure, "gain-")) == len(shown) * 5 * 4
    x = mark(figure, "gain-jinyang_2016-trust_office-elder").get_xdata()[0]
    assert x == pytest.approx(100 * many.strata["age"]["elder"]["trust_office"]["jinyang_2016"]["diff"])


def test_captions_say_scenario_policies_worlds_and_version(usual):
    for lang in LANGUAGES:
        said = figures.timeline(usual, lang=lang).get_label()
        for part in (
            usual.title[lang],
            *(t[lang] for t in usual.policy_titles.values()),
            "20",
            "365",
            usual.version,
        ):
            assert part in said


def test_drawing_leaves_the_users_settings_alone(usual):
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    figure = figures.over_time(usual, lang="en")
    assert isinstance(figure, Figure) and dict(mpl.rcParams) == before and plt.get_fignums() == []


def test_saved_pictures_carry_their_caption_and_come_out_the_same(usual, tmp_path):
    for name in ("a.svg", "b.svg", "c.png"):
        figures.save(figures.timeline(usual, lang="zh"), tmp_path / name, lang="zh")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert usual.title["zh"] in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UserError) as caught:
        figures.save(figures.timeline(usual, lang="zh"), tmp_path / "d.doc")
    assert caught.value.key == "report_kind_unknown"


def test_a_computer_without_chinese_fonts_is_told_once(monkeypatch):
    monkeypatch.setattr(fonts, "chinese", lambda: ())
    monkeypatch.setattr(fonts, "_said", False)
    with pytest.warns(UserWarning, match="fonts-wqy-microhei"):
        fonts.warn_if_missing("zh")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fonts.warn_if_missing("zh")


def test_pngs_in_chinese_have_no_boxes(usual, tmp_path):
    if not fonts.chinese():
        pytest.skip("no Chinese font that matplotlib can use on this computer")
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing")
        for draw in (figures.over_time, figures.timeline, figures.reply_curve, figures.who_gains):
            figures.save(draw(usual, lang="zh"), tmp_path / "picture.png", lang="zh")
        figures.save(
            figures.scoreboard(usual, "jinyang_2016", lang="zh"), tmp_path / "picture.png", lang="zh"
        )


def test_the_reader_s_fonts_are_named_latin_first(usual):
    svg = figures.svg(figures.timeline(usual, lang="zh"), "t")
    lists = set(re.findall(r"(?:font: [^;\"]*?px |font-family: )([^;\"]*)", svg))
    assert lists == {fonts.css()}
    assert fonts.css().index("Arial") < fonts.css().index("Noto Sans CJK SC") < fonts.css().index("SimHei")
    assert say("stage.vote", "zh") in svg
