"""The pictures of a report, each a matplotlib Figure that can be used alone.

Every function takes a comparison (or its ``facts.facts``) and a language, draws on the Agg canvas
without global state, and leaves its caption (scenario, policies, worlds, version) in the figure's
label, from where ``save`` prints it.  ``narrow`` draws the same for a phone.  Policies differ by
colour, marker and line; verdicts by colour and shape (palette of Okabe and Ito).
"""

from __future__ import annotations

import io
import math
import re
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from commsim.clock import MONTH
from commsim.errors import UserError
from commsim.experiments.statistics import survival
from commsim.measures.table import STRATA
from commsim.show import fonts
from commsim.show.facts import facts as gather
from commsim.show.files import whole_file
from commsim.show.wording import absent, capital, direction, label, local, percent, short, unit_name
from commsim.words import language, say

WIDE, NARROW = 7.2, 3.7  # inches: the text width of an A4 page, and a phone
INK, SOFT, RULE, BAND = "#1F2A33", "#5C6975", "#D5DBE0", "#E9EEF2"
POLICY = (  # colour, marker, line of the policies in the order in which they were named
    ("#5C6975", "o", "--"),
    ("#0072B2", "s", "-"),
    ("#D55E00", "^", "-."),
    ("#008A66", "D", ":"),
    ("#9A4C8C", "v", (0, (5, 1, 1, 1, 1, 1))),
)
VERDICT = {
    "better": ("#0072B2", "^"),
    "worse": ("#C44E00", "v"),
    "same": ("#5C6975", "s"),
    "cannot_tell": ("#8A6D00", "o"),
}
STAGES = {  # colour and hatch of the steps of a project
    "pre_screening": ("#BFD9EC", ""),
    "vote": ("#2F7FB8", ""),
    "notice": ("#F2C14E", "////"),
    "review": ("#C9CFD4", ""),
    "build": ("#3F9C7E", ""),
    "acceptance": ("#8E6BA8", ""),
}
RESTART = "#C2321F"
LINEAR_MOST = 9  # steps of delta that a linear axis shows
TICK_ROOM = 0.36  # inches that a label of the scoreboard's axis takes
ROWS_MOST, ROWS_PAGE = 10, 24  # projects shown under one policy, and under all of them on a page
HOURS_PROMISED = 48.0
_STYLE = {
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8.5,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#EBEFF2",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.weight": "normal",
}


@contextmanager
def our_style():
    """matplotlib with our settings only, whatever the user's are; afterwards these are as they were."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE | fonts.style())
        yield


def _drawn(function):
    """Draw with our settings only, whatever the user's are, and leave them untouched."""

    @wraps(function)
    def draw(comparison, *args, lang: str | None = None, **kwargs) -> Figure:
        facts = gather(comparison)
        with our_style():
            figure = function(facts, *args, lang=language(lang), **kwargs)
        figure.set_label(caption(facts, lang))
        return figure

    return draw


def caption(facts: dict, lang: str | None = None) -> str:
    """Where a picture comes from: scenario, scale, policies, days, worlds, version."""
    lang = language(lang)
    titles = [local(facts["titles"][p], lang) for p in facts["policies"]]
    return say(
        "report.caption",
        lang,
        scenario=local(facts["title"], lang),
        people=f"{facts['people']:,}",
        policies=say("report.against", lang).join(titles),
        days=f"{facts['days']:,}",
        worlds=f"{facts['worlds']:,}",
        version=facts["version"],
    )


def policy_look(facts: dict, policy: str) -> tuple:
    """Colour, marker and line of a policy: the same in every picture of a report."""
    return POLICY[facts["policies"].index(policy) % len(POLICY)]


# --- scoreboard ------------------------------------------------------------------------------------


def scoreboard_rows(facts: dict, policy: str) -> list[tuple[str, list[str]]]:
    """Measures in the order in which they are shown: declared beforehand, harms, then the others."""
    groups = {"primary": [], "harm": [], "other": []}
    left_out = absent(facts["measures"], policy)
    for name, m in facts["measures"].items():
        if name not in left_out:
            groups["harm" if m["harm"] else "primary" if m["primary"] else "other"].append(name)
    return [(group, names) for group, names in groups.items() if names]


@_drawn
def scoreboard(facts: dict, policy: str, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """Every difference with its interval, in steps of the smallest difference that matters.

    Right of zero is better for residents, whichever way the measure counts; the shaded band is
    the range in which a difference does not matter.
    """
    lines = []  # (kind, what) from top to bottom
    for group, names in scoreboard_rows(facts, policy):
        lines.append(("head", say(f"report.group.{group}", lang)))
        lines += [("row", name) for name in names]
    step, head = (0.40, 0.42) if narrow else (0.245, 0.36)
    top, bottom = 0.02, 0.68
    heights = [head if kind == "head" else step for kind, _ in lines]
    width, height = (NARROW if narrow else WIDE), sum(heights) + top + bottom
    figure = _figure(width, height)
    rows = [name for kind, name in lines if kind == "row"]
    left, right = (0.08, 0.08) if narrow else _score_margins(facts, policy, rows, lang)
    ax = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, sum(heights) / height)
    )
    ax.set_ylim(sum(heights), 0)
    ax.grid(False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    reach = _reach([_scores(facts, n, policy) for kind, n in lines if kind == "row"])
    _score_axis(ax, reach, width - left - right)
    ax.axvspan(-1, 1, color=BAND, lw=0, zorder=0, gid="band-delta")
    ax.axvline(0, color=SOFT, lw=0.9, zorder=1)
    inch = ax.get_yaxis_transform()  # x in axes, y in inches from the top
    at = 0.0
    for (kind, what), tall in zip(lines, heights, strict=True):
        if kind == "head":
            x = 0 if narrow else -left / (width - left - right) + 0.01
            ax.text(x, at + tall - 0.1, what, transform=inch, weight="bold", fontsize=8.5, color=INK)
            if at:
                ax.plot(
                    [x, 1 if narrow else 1 + right / (width - left - right)],
                    [at + 0.09] * 2,
                    transform=inch,
                    color=RULE,
                    lw=0.8,
                    clip_on=False,
                )
        else:
            _score_row(ax, facts, what, policy, at, tall, inch, narrow, lang)
        at += tall
    for x, ha, key in ((0, "left", "report.axis.worse"), (1, "right", "report.axis.better")):
        ax.annotate(
            say(key, lang),
            (x, 0),
            (0, -20),
            xycoords="axes fraction",
            textcoords="offset points",
            ha=ha,
            va="top",
            fontsize=8.5,
            color=INK,
            weight="bold",
        )
    ax.annotate(
        say("report.axis.delta", lang),
        (0, sum(heights)),
        (0, -34),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=8,
        color=SOFT,
    )
    return figure


SCORE_GAP = 0.1, 0.14  # inches before the verdict, and between it and the number


def _score_margins(facts, policy, names, lang) -> tuple[float, float]:
    """Inches left and right of the scoreboard's axis: names, and verdicts beside numbers."""
    left = _words_width([label(n, lang) for n in names], 8.8) + 0.25
    rows = [_words_width([_verdict_words(facts, n, policy, lang)], 8.5, "bold")
            + _words_width([_difference_words(facts, n, policy, lang)], 8) for n in names]  # fmt: skip
    return left, max(rows, default=0.0) + sum(SCORE_GAP) + 0.02


def _verdict_words(facts, name, policy, lang) -> str:
    if _scores(facts, name, policy) is None:
        return say("report.undefined", lang)
    return say(f"verdict.{facts['measures'][name]['by_policy'][policy].get('verdict') or 'cannot_tell'}", lang)


def _difference_words(facts, name, policy, lang) -> str:
    """``+2.3 persons``; nothing where there is no difference to tell."""
    if _scores(facts, name, policy) is None:
        return ""
    m = facts["measures"][name]
    return short(m["by_policy"][policy]["diff"], m["unit"], m["delta"], lang, sign=True)


def _scores(facts, name, policy):
    """(difference, low, high) in units of delta, turned so that right is better."""
    m = facts["measures"][name]
    cell = m["by_policy"].get(policy) or {}
    if cell.get("diff") is None or not m["delta"]:
        return None
    turn = direction(name, facts) / m["delta"]
    ends = [None if cell.get(k) is None else cell[k] * turn for k in ("low", "high")]
    ends = [None, None] if None in ends else sorted(ends)
    return cell["diff"] * turn, *ends


def compressed(comparison, policy: str) -> bool:
    """Whether the scoreboard of a policy needs its compressed axis."""
    facts = gather(comparison)
    return _reach([_scores(facts, name, policy) for name in facts["measures"]]) > LINEAR_MOST


def _reach(scores):
    far = max((abs(v) for s in scores if s for v in s if v is not None and math.isfinite(v)), default=1)
    return max(4.0, 1.15 * far)


def _score_axis(ax, reach, inches):
    """Linear for small differences, compressed outside +-3 when some are large; ticks as there is room."""
    if reach > LINEAR_MOST:
        ax.set_xscale("symlog", linthresh=3, linscale=1.1 if reach < 200 else 0.8)
        steps = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]
        if reach > 300:
            steps = [1, 10, 100, 1000, 10_000]
    else:
        steps = [1, 2, 3, 4, 6, 8] if reach > 4.5 else [1, 2, 3, 4]
    steps = [s for s in steps if s <= reach]
    if len(steps) > 3 and (2 * len(steps) + 1) * TICK_ROOM > inches:
        steps = [1, *steps[2::2]]
    edge = reach * 1.5 if reach > LINEAR_MOST else reach
    ax.set_xlim(-edge, edge)
    ticks = [-s for s in reversed(steps)] + [0] + steps
    ax.set_xticks(ticks, [("−" if t < 0 else "+" if t else "") + f"{abs(t):,}" for t in ticks])
    ax.minorticks_off()


def _score_row(ax, facts, name, policy, at, tall, inch, narrow, lang):
    m = facts["measures"][name]
    cell = m["by_policy"].get(policy) or {}
    verdict = cell.get("verdict") or "cannot_tell"
    colour, marker = VERDICT[verdict]
    score = _scores(facts, name, policy)
    y = at + (0.29 if narrow else tall / 2)
    words_y = at + (0.11 if narrow else tall / 2)
    if narrow:
        ax.plot([0, 1], [at + 0.005] * 2, transform=inch, color="#EEF1F4", lw=0.7, clip_on=False, zorder=0)
    if score:
        value, low, high = score
        if low is not None:
            ax.plot([low, high], [y, y], color=colour, lw=1.8, zorder=3)
        ax.plot(
            [value],
            [y],
            marker=marker,
            ms=6.5 if marker != "s" else 5.5,
            mfc="white" if verdict == "cannot_tell" else colour,
            mec=colour,
            mew=1.3,
            zorder=4,
            gid=f"verdict-{verdict}-{name}",
        )
    said = _verdict_words(facts, name, policy, lang)
    colour = colour if score else SOFT
    if narrow:
        ax.text(0, words_y, label(name, lang), transform=inch, va="center", fontsize=8.8)
        ax.text(
            1,
            words_y,
            said,
            transform=inch,
            va="center",
            ha="right",
            fontsize=8.5,
            color=colour,
            weight="bold",
        )
        return
    ax.text(-0.03, words_y, label(name, lang), transform=inch, va="center", ha="right", fontsize=8.8)
    box = ax.get_position().width * WIDE  # the axis, in inches
    verdict_at, number_at = 1 + SCORE_GAP[0] / box, (ax.get_position().x0 * -WIDE + WIDE - 0.02) / box
    ax.text(verdict_at, words_y, said, transform=inch, va="center", fontsize=8.5, color=colour, weight="bold")
    ax.text(
        number_at,
        words_y,
        _difference_words(facts, name, policy, lang),
        transform=inch,
        va="center",
        ha="right",
        fontsize=8,
        color=SOFT,
    )


# --- who gains, who loses --------------------------------------------------------------------------


def strata_measures(facts: dict) -> list[str]:
    """The measures shown by tenure and age: the declared ones and the harms, at most six."""
    have = {
        n
        for p in facts["strata"].values()
        for groups in p.values()
        for cells in groups.values()
        for n, cell in cells.items()
        if cell.get("diff") is not None
    }
    first = sorted(
        (n for n in have if n in facts["measures"]),
        key=lambda n: (
            not facts["measures"][n]["primary"],
            not facts["measures"][n]["harm"],
            list(facts["measures"]).index(n),
        ),
    )
    return first[:6]


def strata_rows(facts: dict) -> list[tuple[str, str]]:
    """(kind, group) of the rows, tenure before age, only those that somebody belongs to."""
    have = {(k, g) for p in facts["strata"].values() for k, groups in p.items() for g in groups}
    return [(k, g) for k, groups in STRATA.items() for g in groups if (k, g) in have]


@_drawn
def who_gains(facts: dict, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """The difference by tenure and by age, with intervals, in each measure's own unit."""
    names, rows = strata_measures(facts), strata_rows(facts)
    policies = [p for p in facts["policies"][1:] if facts["strata"].get(p)]
    columns = 1 if narrow else min(3, max(1, len(names)))
    panels = max(1, math.ceil(len(names) / columns))
    gap = 0.2 + 0.09 * max(0, len(policies) - 1)
    tall = gap * len(rows) + 0.12
    legend = _legend_height(facts, policies, narrow, lang) if len(policies) > 1 else 0.02
    width = NARROW if narrow else WIDE
    names_of = [capital(say(f"stratum.{g}", lang)) for _, g in rows]
    left, between, under = _words_width(names_of, 8) + 0.12, 0.28, 0.42
    each = (width - left - 0.12 - between * (columns - 1)) / columns
    titles, over = _titles([label(name, lang) for name in names], each, 0.34)
    height = legend + panels * (tall + over + under)
    figure = _figure(width, height)
    if not names or not rows:
        return _empty(figure, say("report.empty.strata", lang))
    for i, (name, title) in enumerate(zip(names, titles, strict=True)):
        row, column = divmod(i, columns)
        bottom = height - legend - (row + 1) * (tall + over + under) + under
        ax = figure.add_axes(
            ((left + column * (each + between)) / width, bottom / height, each / width, tall / height)
        )
        _gains_panel(ax, facts, name, rows, policies, gap, column == 0, lang)
        _title(ax, title, 5)
    if len(policies) > 1:
        _legend(figure, facts, policies, narrow, lang)
    return figure


def _gains_panel(ax, facts, name, rows, policies, gap, with_labels, lang):
    m = facts["measures"][name]
    scale = 100 if m["unit"] == "share" else 1
    ax.axvspan(-m["delta"] * scale, m["delta"] * scale, color=BAND, lw=0, zorder=0)
    ax.axvline(0, color=SOFT, lw=0.9, zorder=1)
    ax.set_ylim(gap * len(rows) + 0.06, -0.06)
    far = m["delta"] * scale
    for r, (kind, group) in enumerate(rows):
        for j, policy in enumerate(policies):
            cell = facts["strata"][policy].get(kind, {}).get(group, {}).get(name)
            if not cell or cell.get("diff") is None:
                continue
            colour, marker, _ = policy_look(facts, policy)
            y = gap * (r + (j + 1) / (len(policies) + 1))
            value, low, high = (
                None if cell.get(k) is None else cell[k] * scale for k in ("diff", "low", "high")
            )
            if low is not None and high is not None:
                ax.plot([low, high], [y, y], color=colour, lw=1.6, zorder=3)
            ax.plot(
                [value],
                [y],
                marker=marker,
                ms=5.5,
                color=colour,
                mec="white",
                mew=0.6,
                zorder=4,
                gid=f"gain-{policy}-{name}-{group}",
            )
            far = max(far, *(abs(v) for v in (value, low, high) if v is not None))
        if r and len(policies) > 1:
            ax.axhline(gap * r, color="#EEF1F4", lw=0.7, zorder=0)
        if r and rows[r - 1][0] != kind:
            ax.axhline(gap * r, color=RULE, lw=0.8)
    ax.set_xlim(-1.12 * far, 1.12 * far)
    ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4, symmetric=True))
    ax.xaxis.set_major_formatter(lambda v, _: "0" if abs(v) < 1e-9 else f"{'−' if v < 0 else '+'}{abs(v):g}")
    ax.grid(False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_yticks(
        [gap * (r + 0.5) for r in range(len(rows))],
        [capital(say(f"stratum.{g}", lang)) for _, g in rows] if with_labels else [""] * len(rows),
        color=INK,
    )
    side = say("report.side.more" if direction(name, facts) > 0 else "report.side.less", lang)
    ax.set_xlabel(
        f"{unit_name(m['unit'], lang, difference=True)} · {side}", fontsize=8, loc="left", labelpad=2
    )


# --- over time -------------------------------------------------------------------------------------


def time_measures(facts: dict) -> list[str]:
    """Trust first, then acquaintances: those of them that the series hold."""
    have = {n for p in facts["series"].values() for n in p}
    return [
        n
        for n in ("neighbour_trust", "trust_office", "acquaintances", "participation_rate")
        if n in have and n in facts["measures"]
    ]


@_drawn
def over_time(
    facts: dict, names: list[str] | None = None, *, narrow: bool = False, lang: str | None = None
) -> Figure:
    """The median world of each policy, week by week, with the band that holds 80 % of the worlds."""
    names = time_measures(facts) if names is None else names
    columns = 1 if narrow else 2
    panels = max(1, math.ceil(len(names) / columns))
    legend = _legend_height(facts, facts["policies"], narrow, lang)
    width, tall, under, left, between = (NARROW if narrow else WIDE), 1.75, 0.45, 0.5, 0.62
    each = (width - left - 0.15 - between * (columns - 1)) / columns
    titles, over = _titles([_with_unit(facts, name, lang) for name in names], each, 0.36)
    height = legend + panels * (tall + over + under)
    figure = _figure(width, height)
    if not names:
        return _empty(figure, say("report.empty.series", lang))
    for i, (name, title) in enumerate(zip(names, titles, strict=True)):
        row, column = divmod(i, columns)
        bottom = height - legend - (row + 1) * (tall + over + under) + under
        ax = figure.add_axes(
            ((left + column * (each + between)) / width, bottom / height, each / width, tall / height)
        )
        _time_panel(ax, facts, name, lang)
        _title(ax, title, 6)
    _legend(figure, facts, facts["policies"], narrow, lang)
    return figure


def _time_panel(ax, facts, name, lang):
    m = facts["measures"][name]
    scale = 100 if m["unit"] == "share" else 1
    for order, policy in enumerate(facts["policies"]):
        track = facts["series"].get(policy, {}).get(name)
        if not track:
            continue
        colour, marker, line = policy_look(facts, policy)
        day, median, low, high = (
            np.array(track[k], dtype=float) * (1 if k == "day" else scale)
            for k in ("day", "median", "low", "high")
        )
        months = day / MONTH
        ax.fill_between(
            months, low, high, color=colour, alpha=0.16, lw=0, zorder=2, gid=f"band-{policy}-{name}"
        )
        every = max(1, len(day) // 6)
        ax.plot(
            months,
            median,
            color=colour,
            ls=line,
            lw=1.9,
            marker=marker,
            ms=4.5,
            mec="white",
            mew=0.6,
            markevery=(min(order * every // 4, len(day) - 1), every),
            zorder=3,
            gid=f"median-{policy}-{name}",
        )
    last = facts["days"] / MONTH
    _month_axis(ax, last, 7)
    low, high = ax.get_ylim()  # at least four steps of delta, so that small differences look small
    more = max(0.0, 4 * m["delta"] * scale - (high - low)) / 2
    ax.set_ylim(max(low - more, min(low, 0.0)), high + more)
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(5))
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,g}".replace("-", "−") + ("%" if scale == 100 else ""))
    ax.set_xlabel(say("report.axis.months", lang), fontsize=8, loc="right", labelpad=2)


def _with_unit(facts, name, lang) -> str:
    """A measure's name for the top of a panel; the axis of a share says its own per cent."""
    unit, title = facts["measures"][name]["unit"], label(name, lang)
    return title if unit == "share" else say("report.with_unit", lang, label=title, unit=unit_name(unit, lang))


def _month_axis(ax, last, most):
    """From day 0 to the last day, with at most so many ticks; day 365 counts as month 12."""
    step = next(s for s in (0.25, 0.5, 1, 2, 3, 6, 12, 24, 60, 120, 600) if last / s <= most)
    ax.set_xticks(np.arange(0, last + 0.1, step))
    ax.set_xlim(0, max(last, ax.get_xticks()[-1]))
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")


# --- projects --------------------------------------------------------------------------------------


def shown_compound(facts: dict) -> int | None:
    """The compound whose projects are shown: the first one that has any, whatever became of them."""
    numbers = [p["compound"] for projects in facts["projects"].values() for p in projects]
    return min(numbers) if numbers else None


def shown_projects(facts: dict, policy: str) -> list[dict]:
    """That compound's projects under a policy, by day of proposal, as many as are drawn."""
    compound = shown_compound(facts)
    mine = [p for p in facts["projects"].get(policy, []) if p["compound"] == compound]
    return sorted(mine, key=lambda p: (p["proposed"], p["id"]))[: rows_most(facts)]


def rows_most(facts: dict) -> int:
    """How many projects of each policy are drawn, so that the picture stays on one page."""
    return max(3, min(ROWS_MOST, ROWS_PAGE // len(facts["policies"])))


@_drawn
def timeline(facts: dict, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """The projects of one compound in world 1 under each policy: steps as bars, restarts marked."""
    parts = [(p, shown_projects(facts, p)) for p in facts["policies"]]
    row, over, between = 0.24, 0.34, 0.1
    legend, under = (0.76 if narrow else 0.4), 0.42
    width = NARROW if narrow else WIDE
    height = legend + under + sum(over + between + row * max(1, len(mine)) for _, mine in parts)
    figure = _figure(width, height)
    left, right = (0.66, 0.62) if narrow else (0.8, 1.15)
    at = height - legend
    for i, (policy, mine) in enumerate(parts):
        tall = row * max(1, len(mine))
        at -= over + tall
        ax = figure.add_axes((left / width, at / height, (width - left - right) / width, tall / height))
        at -= between
        _timeline_panel(ax, facts, policy, mine, narrow, lang)
        if i < len(parts) - 1:
            ax.set_xticklabels([])
    ax.set_xlabel(say("report.axis.months", lang), fontsize=8, loc="right", labelpad=2)
    _timeline_legend(figure, height, narrow, lang)
    return figure


def _timeline_panel(ax, facts, policy, mine, narrow, lang):
    last = facts["days"] / MONTH
    _month_axis(ax, last, 7 if narrow else 12.5)
    ax.set_ylim(max(1, len(mine)) - 0.5, -0.5)
    ax.grid(False, axis="y")
    ax.set_title(
        _folded(local(facts["titles"][policy], lang), 2.9 if narrow else 6, 8.8).split("\n")[0],
        loc="left",
        weight="bold",
        fontsize=8.8,
        pad=5,
        color=policy_look(facts, policy)[0],
    )
    if not mine:
        ax.set_yticks([])
        ax.text(0.01, 0.5, say("report.project.no", lang), transform=ax.transAxes, va="center", color=SOFT)
        return
    ax.set_yticks(
        range(len(mine)), [say("report.project.n", lang, n=i + 1) for i in range(len(mine))], color=INK
    )
    for y, project in enumerate(mine):
        _timeline_row(ax, facts, project, y, policy, narrow, lang)


def _timeline_row(ax, facts, project, y, policy, narrow, lang):
    stop = facts["days"] if project["ended"] is None else project["ended"]
    ax.plot([project["proposed"] / MONTH, stop / MONTH], [y, y], color="#AAB4BD", lw=1, zorder=1)
    restarts = 0
    for step in project["steps"]:
        until = stop if step["until"] is None else step["until"]
        colour, hatch = STAGES[stage_kind(step["stage"])]
        ax.barh(
            y,
            max(until - step["from"], 0.2) / MONTH,
            left=step["from"] / MONTH,
            height=0.62,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0.4,
            zorder=2,
        )
        if step["result"] == "restarted":
            restarts += 1
            ax.plot(
                [until / MONTH],
                [y],
                marker="X",
                ms=7.5,
                color=RESTART,
                mec="white",
                mew=0.8,
                zorder=5,
                ls="",
                clip_on=False,
                gid=f"restart-{policy}-{project['id']}-{restarts}",
            )
    marker, colour = {"done": ("o", INK), "dropped": ("s", SOFT), "open": (">", SOFT)}[project["outcome"]]
    ax.plot(
        [stop / MONTH],
        [y],
        marker=marker,
        ms=4.8,
        mfc=colour if project["outcome"] != "dropped" else "white",
        mec=colour,
        mew=1.1,
        zorder=4,
        ls="",
        clip_on=False,
    )
    key = "report.project_end.short" if narrow else f"report.project_end.{project['outcome']}"
    ax.annotate(
        say(key, lang, days=f"{stop - project['proposed']:.0f}", restarts=restarts),
        (1, y),
        (5 if narrow else 7, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=7.8,
        color=SOFT,
    )


def stage_kind(stage: str) -> str:
    """The three notices of a project share one colour."""
    return "notice" if stage.startswith("notice") else stage


def _timeline_legend(figure, height, narrow, lang):
    entries = [
        Patch(facecolor=c, hatch=h, edgecolor="white", label=say(f"stage.{s}", lang))
        for s, (c, h) in STAGES.items()
    ]
    for marker, face, edge, key in (
        ("X", RESTART, "white", "restart"),
        ("o", INK, INK, "done"),
        (">", SOFT, SOFT, "open"),
        ("s", "white", SOFT, "dropped"),
    ):
        entries.append(
            Line2D(
                [],
                [],
                ls="",
                marker=marker,
                mfc=face,
                mec=edge,
                ms=7 if marker == "X" else 5,
                label=say(f"report.mark.{key}", lang),
            )
        )
    figure.legend(
        handles=entries,
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.02 / height),
        ncols=3 if narrow else 5,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.3,
        columnspacing=1.3,
        handletextpad=0.5,
        fontsize=8,
    )


# --- reply time ------------------------------------------------------------------------------------


def _still_waiting(told, hours):
    """The curve at these hours.  Once every need is answered it stays at zero; where the last ones
    were lost from sight before they were answered, it ends."""
    curve = survival(told["hours"], told["answered"], hours)
    all_answered = survival(told["hours"], told["answered"], [max(told["hours"])])[0] == 0
    return [0.0 if value is None and all_answered else value for value in curve]


def _answered(facts, policy, lang):
    """A policy's title with the share answered within the promised time."""
    told = facts["replies"][policy]
    left = _still_waiting(told, [HOURS_PROMISED])[0]
    share = percent(None if left is None else 1 - left)
    return say("report.after.answered", lang, policy=local(facts["titles"][policy], lang), share=share)


@_drawn
def reply_curve(facts: dict, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """The share of needs not yet answered against the hours since they were reported."""
    policies = [p for p in facts["policies"] if len(facts["replies"].get(p, {}).get("hours", ()))]
    width, tall, left, under = (NARROW if narrow else WIDE), 2.5, 0.55, 0.5
    titles = {p: _folded(_answered(facts, p, lang), width - 0.75, 8.5) for p in policies}
    legend = 0.05 * len(policies) + 0.165 * sum(1 + said.count("\n") for said in titles.values()) + 0.3
    height = legend + tall + under
    figure = _figure(width, height)
    if not policies:
        return _empty(figure, say("report.empty.replies", lang))
    ax = figure.add_axes((left / width, under / height, (width - left - 0.15) / width, tall / height))
    early = any(_still_waiting(facts["replies"][p], [0.1])[0] < 0.95 for p in policies)
    low = 1 / 60 if early else 0.1
    high = max(96.0, max(float(np.max(facts["replies"][p]["hours"])) for p in policies))
    grid = np.geomspace(low, high, 240)
    handles = []
    for policy in policies:
        colour, marker, line = policy_look(facts, policy)
        told = facts["replies"][policy]
        left_over = _still_waiting(told, [*grid, HOURS_PROMISED])
        *curve, value = [math.nan if v is None else 100 * v for v in left_over]
        ax.plot(grid, curve, color=colour, ls=line, lw=2, zorder=3, gid=f"waiting-{policy}")
        ax.plot(
            [HOURS_PROMISED],
            [value],
            marker=marker,
            ms=8,
            color=colour,
            mec="white",
            mew=1,
            zorder=5,
            clip_on=False,
            gid=f"at48-{policy}",
        )
        handles.append(
            Line2D(
                [],
                [],
                color=colour,
                ls=line,
                lw=2,
                marker=marker,
                ms=6,
                mec="white",
                mew=0.6,
                label=titles[policy],
            )
        )
    ax.axvline(HOURS_PROMISED, color=INK, lw=1.1, zorder=2, gid="line-48h")
    ax.annotate(
        say("report.after.line", lang),
        (HOURS_PROMISED, 103),
        (0, 0),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8.5,
        weight="bold",
        annotation_clip=False,
    )
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(0, 103)
    ticks = [(1 / 60, "m1")] if early else []
    ticks += [(0.1, "m6"), (1, "h1"), (6, "h6"), (24, "d1"), (168, "w1"), (720, "d30"), (8760, "y1")]
    ticks = [
        (t, k)
        for t, k in ticks
        if t <= high and not (narrow and k in ("h6", "d1", *(["m6"] if early else [])))
    ]
    ax.set_xticks([t for t, _ in ticks], [say(f"report.after.{k}", lang) for _, k in ticks])
    ax.minorticks_off()
    ax.tick_params(axis="x", pad=5)
    ax.set_yticks(range(0, 101, 25), [f"{v}%" for v in range(0, 101, 25)])
    ax.set_xlabel(say("report.after.axis", lang), fontsize=8, loc="right", labelpad=2)
    ax.set_title(say("report.after.title", lang), loc="left", weight="bold", fontsize=8.8, pad=18)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.02 / height),
        borderaxespad=0,
        borderpad=0,
        handlelength=2.6,
        labelspacing=0.45,
    )
    return figure


# --- shared ----------------------------------------------------------------------------------------


def _figure(width, height) -> Figure:
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def _words_width(words, size, weight="normal") -> float:
    """Inches that the longest of some words needs, whichever of our fonts the reader has.

    Measured in DejaVu Sans, the widest of them, which every matplotlib brings along: so a picture is
    laid out alike on every computer.
    """
    canvas = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=72))
    font = mpl.font_manager.FontProperties(family=["DejaVu Sans", *fonts.chinese()], size=size, weight=weight)
    widths = [canvas.get_renderer().get_text_width_height_descent(w, font, False)[0] for w in words]
    return 1.04 * max(widths, default=0) / 72


def _titles(titles, inches, over) -> tuple[list[str], float]:
    """Titles folded to their panels' width, and the height above a panel that the longest needs."""
    folded = [_folded(title, inches, 8.8, "bold") for title in titles]
    return folded, over + 0.15 * max((title.count("\n") for title in folded), default=0)


def _title(ax, title, pad):
    ax.set_title(title, loc="left", weight="bold", fontsize=8.8, pad=pad)


def _empty(figure, text):
    """A picture that says why there is nothing to see."""
    figure.set_size_inches(figure.get_figwidth(), 0.5)
    figure.text(0.01, 0.5, text, va="center", color=SOFT, fontsize=9)
    return figure


def _legend_lines(facts, policies, narrow, lang):
    """(titles folded to fit, how many stand side by side)."""
    width = (NARROW if narrow else WIDE) - 0.1
    titles = [local(facts["titles"][p], lang) for p in policies]
    each = _words_width(titles, 8.5) + 0.65
    beside = max(1, min(len(policies), int(width // each)))
    return [_folded(title, width - 0.65, 8.5) for title in titles] if beside == 1 else titles, beside


def _legend_height(facts, policies, narrow, lang):
    titles, beside = _legend_lines(facts, policies, narrow, lang)
    lines = sum(1 + title.count("\n") for title in titles) if beside == 1 else math.ceil(len(titles) / beside)
    return 0.2 * lines + 0.08


def _legend(figure, facts, policies, narrow, lang):
    titles, beside = _legend_lines(facts, policies, narrow, lang)
    handles = []
    for policy, title in zip(policies, titles, strict=True):
        colour, marker, line = policy_look(facts, policy)
        look = {"color": colour, "ls": line, "lw": 2, "marker": marker, "ms": 5.5, "mec": "white", "mew": 0.6}
        handles.append(Line2D([], [], **look, label=title))
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.02 / figure.get_figheight()),
        ncols=beside,
        borderaxespad=0,
        borderpad=0,
        handlelength=2.6,
    )


def svg(figure: Figure, name: str, title: str = "") -> str:
    """The figure as an SVG element for an HTML page: text stays text in the reader's fonts, ids begin
    with ``name``, and the same figure gives the same bytes."""
    page = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"commsim-{name}"}):
        figure.savefig(page, format="svg", metadata={"Date": None})
    text = page.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(
        r"<metadata>.*?</metadata>|<!--.*?-->|<style type=\"text/css\">.*?</style>", "", text, flags=re.S
    )
    text = re.sub(r"\sxmlns(:\w+)?=\"[^\"]*\"", "", text).replace("xlink:href=", "href=")
    text = re.sub(r"\bid=\"([^\"]*)\"", rf'id="{name}-\1"', text)
    text = re.sub(r"href=\"#", f'href="#{name}-', text).replace("url(#", f"url(#{name}-")
    # matplotlib before 3.11 writes "font: 8px A, B", later ones "font-family: A, B"
    text = re.sub(r"(font: [^;\"]*?px |font-family: )[^;\"]*", lambda m: m[1] + fonts.css(), text)
    box = re.search(r'viewBox="[^"]*"', text)[0]
    opening = f'<svg {box} role="img" aria-label="{_quoted(title or figure.get_label())}" class="picture">'
    text = opening + text[text.index(">", text.index("<svg")) + 1 :]
    return re.sub(r"\n\s*", "\n", text).strip()


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


KINDS = ("png", "svg", "pdf")


def save(figure: Figure, path: str | Path, lang: str | None = None) -> Path:
    """Write a PNG (200 dpi), SVG or PDF with the caption under the picture; all or nothing."""
    path = Path(path)
    kind = path.suffix.lstrip(".").lower()
    if kind not in KINDS:
        raise UserError("report_kind_unknown", place=str(path), value=path.suffix, allowed=", ".join(KINDS))
    fonts.warn_if_missing(lang)
    page = io.BytesIO()
    with mpl.rc_context(fonts.style() | {"svg.hashsalt": "commsim"}):
        lines = _folded(figure.get_label(), figure.get_figwidth(), 6.5)
        under = figure.text(0, -0.06 / figure.get_figheight(), lines, fontsize=6.5, color=SOFT, va="top")
        dated = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
        figure.savefig(page, format=kind, dpi=200, bbox_inches="tight", pad_inches=0.12, metadata=dated)
        under.remove()
    return whole_file(path, page.getvalue())


def _folded(text, inches, size, weight="normal"):
    """The text in lines that are no wider than so many inches; Chinese may break after any character."""
    lines = [""]
    for piece in re.findall(r"[\u3000-\uffef]|[^\s\u3000-\uffef]+\s*|\s+", text):
        if lines[-1] and _words_width([lines[-1] + piece.rstrip()], size, weight) > inches:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)
