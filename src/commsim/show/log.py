"""Pictures of a group's health, each a matplotlib Figure that can be used alone.

``PICTURES`` names them.  Every function takes a ``Health`` (``who_answers_whom``, ``response_curve`` and
``two_tiers`` the ``Log`` too) and a language; ``in_words`` tells the same for whoever cannot see a picture.  For a
picture that leaves the steward's machine give the health of ``chatlogs.sharing.shared`` and ``shared=True``.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import wraps

import matplotlib.dates as mdates
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from commsim.chatlogs.events import INFERRED
from commsim.chatlogs.health import Health, waits_of
from commsim.chatlogs.privacy import LEAST
from commsim.chatlogs.sharing import rounded
from commsim.measures import exchanges as ex
from commsim.measures.durations import survival
from commsim.show.figures import (
    INK,
    NARROW,
    POLICY,
    RULE,
    SOFT,
    WIDE,
    _empty,
    _figure,
    _folded,
    _title,
    _words_width,
    our_style,
)
from commsim.words import language, say

MARGINS = ("silent", "unheard", "peripheral")
PICTURES = ("timeline", "density", "who_answers_whom", "margin", "response_curve", "two_tiers")
NODES_MOST = 60  # members who are drawn as points; more are drawn as a table of groups
SHELLS = (0, 1, 2, 3, 5, 9, 17)  # core numbers at which a new group of the table begins
CURVE_POINTS = 200
CURVE_LEAST = 20  # openings behind a curve that is shared
LOOK = dict(zip(MARGINS, (POLICY[0], POLICY[2], POLICY[1]), strict=True))
PALE = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", "#9CC4E2", "#1F6EA8"])
MINUTE = 1 / 60  # hours


def _drawn(function):
    """Draw in our style and leave in the figure's label where it comes from."""

    @wraps(function)
    def draw(health: Health, *args, lang: str | None = None, **kwargs) -> Figure:
        with our_style():
            figure = function(health, *args, lang=language(lang), **kwargs)
        figure.set_label(caption(health, lang))
        return figure

    return draw


def caption(health: Health, lang: str | None = None) -> str:
    """Where a picture comes from: no name of a file, which may be a name."""
    from commsim import __version__

    return say("log.caption", lang, messages=count(health.messages, lang), members=count(health.members_count, lang),
               days=f"{health.days:,.0f}", version=__version__)  # fmt: skip


def count(value: int | None, lang: str | None = None) -> str:
    """A count, or the words for one that is withheld."""
    return say("log.withheld_short", lang) if value is None else f"{value:,}"


# -- over time -----------------------------------------------------------------------------------------


@_drawn
def timeline(health: Health, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """Messages and members who wrote, a window."""
    panels = [("messages", POLICY[0][0]), ("senders", POLICY[1][0])]
    if not _any(health, "messages"):
        return _empty(_figure(_width(narrow), 1), say("log.empty.series", lang))
    figure, axes = _stacked(len(panels), narrow)
    for ax, (name, colour) in zip(axes, panels, strict=True):
        days, values = _days(health), _values(health, name)
        ax.bar(days, values, width=0.86 * health.window_days, align="edge", color=colour, lw=0, gid=f"bars-{name}")
        ax.set_ylim(0, None)
        _whole(ax)
        _title(ax, say(f"log.picture.timeline.{name}", lang, days=health.window_days), 6)
    _date_axis(axes, health, narrow)
    return figure


@_drawn
def density(health: Health, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """Density over the roster, and beside it density among those active only."""
    if not _any(health, "density"):
        return _empty(_figure(_width(narrow), 1), say("log.empty.density", lang))
    figure, (ax,) = _stacked(1, narrow, legend=0.42 if narrow else 0.24)
    looks = {"density": (POLICY[1][0], "-", 2.2), "density_active": (SOFT, ":", 1.5)}
    for name, (colour, line, thick) in looks.items():
        ax.plot(_middles(health), 100 * _values(health, name), color=colour, ls=line, lw=thick, marker="o", ms=2.6,
                gid=f"line-{name}", label=say(f"log.measure.{name}.label", lang))  # fmt: skip
    ax.set_ylim(0, None)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}%")
    _title(ax, say("log.picture.density.axis", lang, days=health.window_days), 6)
    _date_axis([ax], health, narrow)
    _legend(figure, ax, narrow)
    return figure


@_drawn
def margin(health: Health, *, narrow: bool = False, lang: str | None = None) -> Figure:
    """How many were silent, unheard, peripheral at the end of each window: three lines, never one."""
    there = [name for name in MARGINS if _any(health, name)]
    if not there:
        return _empty(_figure(_width(narrow), 1), say("log.empty.margin", lang))
    figure, (ax,) = _stacked(1, narrow, legend=0.2 * len(MARGINS) if narrow else 0.24)
    days = _days(health) + health.window_days
    for name in there:
        colour, marker, line = LOOK[name]
        ax.plot(days, _values(health, name), color=colour, ls=line, lw=1.8, marker=marker, ms=3.6, gid=f"line-{name}",
                label=say(f"log.measure.{name}.label", lang))  # fmt: skip
    ax.set_ylim(0, None)
    _whole(ax)
    _title(ax, say("log.picture.margin.axis", lang), 6)
    _date_axis([ax], health, narrow)
    _legend(figure, ax, narrow)
    return figure


# -- who answers whom ----------------------------------------------------------------------------------


@_drawn
def who_answers_whom(health: Health, log, *, shared: bool = False, narrow: bool = False,
                     lang: str | None = None) -> Figure:  # fmt: skip
    """Points and arrows under pseudonyms in a group of at most sixty; else, and wherever it is shared, a table of
    messages between groups of members by how firmly they are knit in (core number), in time linear in messages."""
    sender, to = addressed(log)
    if not len(sender):
        return _empty(_figure(_width(narrow), 1), say("log.empty.who", lang))
    if health.aggregates_only:
        return _empty(_figure(_width(narrow), 1), say("log.empty.small", lang))
    n = len(log.members)
    ties = ex.ties_of(sender, to, n)
    if n > NODES_MOST or shared:
        return _matrix(*shells(log), narrow, lang)
    return _network(log, sender, to, ties, narrow)


def addressed(log) -> tuple[np.ndarray, np.ndarray]:
    """(senders, addressees) of the messages to somebody else; guessed addressees are left out."""
    real = (log.to >= 0) & (log.to != log.sender) & (log.edge != INFERRED)
    return log.sender[real].astype(np.int64), log.to[real].astype(np.int64)


def shells(log) -> tuple[list[str], list[int], np.ndarray]:
    """(range of core numbers of each group, its members, messages from row to column), none of fewer than five."""
    sender, to = addressed(log)
    n = len(log.members)
    core = ex.core_numbers(ex.ties_of(sender, to, n), n)
    group = np.searchsorted(SHELLS, core, side="right") - 1
    sizes = np.bincount(group, minlength=len(SHELLS))
    parts = _large_enough(sizes.tolist())
    place = np.empty(len(SHELLS), np.int64)
    for k, (first, last) in enumerate(parts):
        place[first : last + 1] = k
    table = np.zeros((len(parts), len(parts)), np.int64)
    np.add.at(table, (place[group[sender]], place[group[to]]), 1)
    top = int(core.max(initial=0))
    names = [_range(SHELLS[a], SHELLS[b + 1] - 1 if b + 1 < len(SHELLS) else top, top) for a, b in parts]
    return names, [int(sizes[a : b + 1].sum()) for a, b in parts], table


def _large_enough(sizes) -> list[tuple[int, int]]:
    """Neighbouring groups joined until each has five members (the last ones join the one before)."""
    parts, first, total = [], 0, 0
    last = max((k for k, size in enumerate(sizes) if size), default=0)
    for k in range(last + 1):
        total += sizes[k]
        if total >= LEAST:
            parts.append((first, k))
            first, total = k + 1, 0
    if first <= last:
        parts = [*parts[:-1], (parts[-1][0], last)] if parts else [(0, last)]
    return [*parts[:-1], (parts[-1][0], len(sizes) - 1)]


def _range(low, high, top) -> str:
    high = min(high, top)
    return f"{low}" if low >= high else f"{low}–{high}"


def _matrix(names, sizes, table, narrow, lang):
    width = _width(narrow)
    cell = 0.5 if narrow else 0.72
    labels = [say("log.picture.who_answers_whom.shell", lang, core=name, n=count(rounded(size), lang))
              for name, size in zip(names, sizes, strict=True)]  # fmt: skip
    left = _words_width(labels, 8) + 0.15
    side = cell * len(names)
    head = _folded(say("log.picture.who_answers_whom.matrix", lang), width - 0.1, 8.8, "bold")
    top = 0.62 + 0.15 * head.count("\n")
    figure = _figure(width, side * 0.7 + top + 0.35)
    height = figure.get_figheight()
    ax = figure.add_axes((left / width, 0.33 / height, side / width, side * 0.7 / height))
    shown = np.array([[math.nan if rounded(int(v)) is None else rounded(int(v)) for v in row] for row in table])
    ax.imshow(np.log1p(np.nan_to_num(shown)), cmap=PALE, aspect="auto", vmin=0)
    ax.grid(False)
    ax.set_yticks(range(len(names)), labels)
    ax.set_xticks(range(len(names)), names)
    ax.xaxis.tick_top()
    dark = math.log1p(np.nanmax(shown, initial=1)) * 0.62
    for i, j in np.ndindex(*shown.shape):
        value = shown[i, j]
        words = say("log.withheld_short", lang) if math.isnan(value) else _brief(value, lang)
        colour = "white" if not math.isnan(value) and math.log1p(value) > dark else INK
        ax.text(j, i, words, ha="center", va="center", fontsize=7.5, color=colour, gid=f"cell-{i}-{j}")
    figure.text(0.01, 1 - 0.04 / height, head, va="top", fontsize=8.8, weight="bold")
    figure.text(0.01, 0.04 / height, say("log.picture.who_answers_whom.under", lang), va="bottom", fontsize=7.5,
                color=SOFT)  # fmt: skip
    return figure


def _brief(value, lang) -> str:
    return f"{value:,.0f}" if value < 100_000 else f"{value:.1e}"


def _network(log, sender, to, ties, narrow):
    import networkx as nx

    n = len(log.members)
    a, b = np.divmod(ties, n)
    weight = np.bincount(np.searchsorted(ties, sender * n + to), minlength=len(ties))
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(a.tolist(), b.tolist(), strict=True))
    alone = [k for k in range(n) if not graph.degree(k)]
    place = nx.spring_layout(graph.subgraph(set(range(n)) - set(alone)), seed=1, k=2.2 / math.sqrt(max(n, 1)))
    for k, one in enumerate(alone):  # those without a tie stand in a row below the others
        place[one] = np.array([-1 + 2 * (k + 0.5) / len(alone), -1.35])
    width = _width(narrow)
    figure = _figure(width, width * 0.72)
    ax = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    ax.set_axis_off()
    faint = max(0.18, min(0.6, 60 / max(len(ties), 1)))
    for i, j, strength in zip(a.tolist(), b.tolist(), weight.tolist(), strict=True):
        ax.annotate("", place[j], place[i], arrowprops={
            "arrowstyle": "-|>", "color": SOFT, "alpha": faint, "shrinkA": 4, "shrinkB": 5, "mutation_scale": 7,
            "lw": 0.4 + 0.5 * math.log1p(strength), "connectionstyle": "arc3,rad=0.08"})  # fmt: skip
    sent = np.bincount(log.sender, minlength=n)
    spots = np.array([place[k] for k in range(n)])
    ax.scatter(spots[:, 0], spots[:, 1], s=12 + 10 * np.sqrt(sent), color=POLICY[1][0], ec="white", lw=0.6, zorder=3,
               gid="members")  # fmt: skip
    size = 5.5 if narrow else 6.5
    for k in range(n):
        ax.annotate(log.members[k], spots[k], (0, 6), textcoords="offset points", ha="center", fontsize=size,
                    rotation=35 if k in alone and len(alone) > 8 else 0, zorder=4)  # fmt: skip
    ax.margins(0.08, 0.1)
    return figure


# -- how long it takes ---------------------------------------------------------------------------------


@_drawn
def response_curve(health: Health, log, *, shared: bool = False, narrow: bool = False,
                   lang: str | None = None) -> Figure:  # fmt: skip
    """Share of openings not yet answered by hours since (Kaplan-Meier); the naive median stands beside the other."""
    waits = waits_of(log)
    if waits is None or not len(waits.hours):
        return _empty(_figure(_width(narrow), 1), say("log.empty.response", lang))
    if shared and len(waits.hours) < CURVE_LEAST:
        return _empty(_figure(_width(narrow), 1), say("log.empty.few", lang))
    figure, (ax,) = _stacked(1, narrow, legend=0.4)
    times, share = survival(waits.hours, waits.answered)
    high = max(96.0, float(times[-1]))
    grid = np.geomspace(MINUTE, high, CURVE_POINTS)
    left = np.append(1.0, share)[np.searchsorted(times, grid, side="right")]
    left[grid > times[-1]] = math.nan
    ax.plot(grid, 100 * left, color=POLICY[1][0], lw=2, zorder=3, gid="waiting")
    for name, look in (("response_median", ("o", INK)), ("response_median_naive", ("D", POLICY[2][0]))):
        value = health.measures[name]
        if value is not None:
            ax.plot([min(max(value, MINUTE), high)], [50], marker=look[0], ms=6.5, color=look[1], mec="white",
                    ls="none", zorder=5, gid=name, label=_median_words(name, value, lang))  # fmt: skip
    ax.axvline(health.within_hours, color=INK, lw=1, ls=":", zorder=2, gid="within")
    ax.set_xscale("log")
    ax.set_xlim(MINUTE, high)
    ax.set_ylim(0, 103)
    ticks = [(MINUTE, "m1"), (1, "h1"), (24, "d1"), (168, "w1"), (720, "d30"), (8760, "y1")]
    ticks = [(at, key) for at, key in ticks if at <= high and not (narrow and key in ("w1", "y1"))]
    ax.set_xticks([at for at, _ in ticks], [say(f"report.after.{key}", lang) for _, key in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(0, 101, 25), [f"{v}%" for v in range(0, 101, 25)])
    _title(ax, say("log.picture.response_curve.axis", lang, hours=f"{health.within_hours:g}"), 6)
    _legend(figure, ax, True)
    return figure


def _median_words(name, value, lang) -> str:
    return say("log.picture.response_curve.median", lang, what=say(f"log.measure.{name}.label", lang),
               time=hours(value, lang))  # fmt: skip


def hours(value: float, lang: str | None = None) -> str:
    """A time as people say it: minutes, hours or days."""
    for unit, size in (("days", 24.0), ("hours", 1.0)):
        if value >= 2 * size or (unit == "hours" and value >= 1):
            return say(f"log.time.{unit}", lang, n=f"{value / size:.3g}")
    return say("log.time.minutes", lang, n=f"{60 * value:.2g}")


# -- two tiers -----------------------------------------------------------------------------------------


@_drawn
def two_tiers(health: Health, log, buildings, *, shared: bool = False, narrow: bool = False,
              lang: str | None = None) -> Figure:  # fmt: skip
    """Pairs with a tie inside buildings and across them, with the E-I index."""
    inside, across = tiers(log, buildings)
    if inside + across == 0:
        return _empty(_figure(_width(narrow), 1), say("log.empty.tiers", lang))
    told = [rounded(v) if shared else v for v in (inside, across)]
    width = _width(narrow)
    figure = _figure(width, 1.25)
    ax = figure.add_axes((1.3 / width, 0.12, (width - 2.1) / width, 0.62))
    for k, (name, value) in enumerate(zip(("inside", "across"), told, strict=True)):
        ax.barh(k, value or 0, color=POLICY[k][0], height=0.62, gid=f"bar-{name}")
        ax.annotate(count(value, lang), (value or 0, k), (5, 0), textcoords="offset points", va="center", fontsize=8.5)
    ax.set_yticks((0, 1), [say(f"log.picture.two_tiers.{name}", lang) for name in ("inside", "across")])
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    value = health.measures["ei_index"]
    index = "–" if value is None else f"{value:+.2f}".replace("-", "−")
    figure.text(0.01, 0.97, say("log.picture.two_tiers.axis", lang, index=index), va="top", weight="bold",
                fontsize=8.8)  # fmt: skip
    return figure


def tiers(log, buildings) -> tuple[int, int]:
    """(pairs with a tie inside a building, across buildings); members of no known building are left out."""
    n, place = len(log.members), np.asarray(buildings)
    a, b = np.divmod(ex.undirected(ex.ties_of(*addressed(log), n), n), max(n, 1))
    known = (place[a] >= 0) & (place[b] >= 0)
    same = (place[a] == place[b])[known]
    return int(same.sum()), int((~same).sum())


# -- all of them, and in words -------------------------------------------------------------------------


def draw(name: str, health: Health, log, buildings=None, *, shared: bool = False, narrow: bool = False,
         lang: str | None = None) -> Figure | None:  # fmt: skip
    """The picture called ``name`` (PICTURES); None for two tiers without buildings."""
    how = {"narrow": narrow, "lang": lang}
    if name in ("timeline", "density", "margin"):
        return {"timeline": timeline, "density": density, "margin": margin}[name](health, **how)
    if name == "two_tiers":
        return None if buildings is None else two_tiers(health, log, buildings, shared=shared, **how)
    return {"who_answers_whom": who_answers_whom, "response_curve": response_curve}[name](health, log, shared=shared,
                                                                                          **how)  # fmt: skip


def in_words(name: str, health: Health, log, buildings=None, *, shared: bool = False, lang: str | None = None) -> str:
    """What a picture shows, for whoever cannot see it."""
    if name in ("timeline", "density", "margin"):
        return _series_in_words(name, health, lang)
    if name == "who_answers_whom":
        sender, _ = addressed(log)
        if health.aggregates_only or not len(sender):
            return say("log.alt.nothing", lang)
        ties = health.measures["ties"]
        return say("log.alt.who_answers_whom", lang, ties=count(ties, lang), messages=count(rounded(len(sender)), lang),
                   members=count(health.members_count, lang))  # fmt: skip
    if name == "response_curve":
        m = health.measures
        if m["answered_within"] is None:
            return say("log.alt.nothing", lang)
        return say("log.alt.response_curve", lang, hours=f"{health.within_hours:g}",
                   within=f"{100 * m['answered_within']:.0f}%", median=_hours_or_not(m["response_median"], lang),
                   naive=_hours_or_not(m["response_median_naive"], lang))  # fmt: skip
    inside, across = (rounded(v) if shared else v for v in tiers(log, buildings))
    return say("log.alt.two_tiers", lang, inside=count(inside, lang), across=count(across, lang))


def _hours_or_not(value, lang) -> str:
    return say("log.unknown", lang) if value is None else hours(value, lang)


def _series_in_words(name, health, lang) -> str:
    columns = {"timeline": ("messages", "senders"), "density": ("density", "density_active"), "margin": MARGINS}[name]
    parts = [said for column in columns if (said := _span_in_words(column, health, lang))]
    return " ".join(parts) if parts else say("log.alt.nothing", lang)


def _span_in_words(column, health, lang) -> str:
    known = [(start, value) for start, value in zip(health.series["start"], health.series[column], strict=True)
             if value is not None]  # fmt: skip
    if not known:
        return ""
    share = column.startswith("density")
    label = say(f"log.series.{column}" if column in ("messages", "senders") else f"log.measure.{column}.label", lang)
    low, high = min(v for _, v in known), max(v for _, v in known)
    shown = [f"{100 * v:.2g}%" if share else f"{v:,}" for v in (known[0][1], known[-1][1], low, high)]
    return say("log.alt.series", lang, label=label, windows=len(known), first_day=day(known[0][0]), first=shown[0],
               last_day=day(known[-1][0]), last=shown[1], low=shown[2], high=shown[3])  # fmt: skip


def day(time: float) -> str:
    """The date of a moment, UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")


# -- shared --------------------------------------------------------------------------------------------


def _width(narrow) -> float:
    return NARROW if narrow else WIDE


def _any(health, name) -> bool:
    return any(value is not None for value in health.series[name])


def _values(health, name) -> np.ndarray:
    """float64[windows], NaN where unknown or withheld: lines have gaps there."""
    return np.array([math.nan if value is None else value for value in health.series[name]], float)


def _days(health) -> np.ndarray:
    """Begin of each window in days since 1970, as matplotlib counts."""
    return np.array(health.series["start"], float) / 86400.0


def _middles(health) -> np.ndarray:
    return _days(health) + health.window_days / 2


def _stacked(panels, narrow, legend=0.0):
    """(figure, axes from top to bottom), each with room for a title above it."""
    width, tall, over, under, left = _width(narrow), 1.35 if panels > 1 else 2.1, 0.34, 0.36, 0.55
    height = panels * (tall + over) + under + legend
    figure = _figure(width, height)
    axes = []
    for k in range(panels):
        bottom = height - legend - (k + 1) * (tall + over)
        axes.append(figure.add_axes((left / width, bottom / height, (width - left - 0.15) / width, tall / height)))
    return figure, axes


def _whole(ax) -> None:
    """Ticks at whole numbers, thousands apart."""
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=4)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _date_axis(axes, health, narrow) -> None:
    """One span of days for all panels; dates stand below the last."""
    days = _days(health)
    first, last = days[0], days[-1] + health.window_days
    for ax in axes:
        ax.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
        ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=4 if narrow else 8))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m" if last - first > 120 else "%m-%d"))
        ax.tick_params(axis="x", labelbottom=ax is axes[-1])
        ax.spines["bottom"].set_color(RULE)


def _legend(figure, ax, narrow) -> None:
    handles, _ = ax.get_legend_handles_labels()
    if handles:
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, 1 - 0.02 / figure.get_figheight()),
                      ncols=1 if narrow else len(handles), borderaxespad=0, borderpad=0, handlelength=2.6)  # fmt: skip
