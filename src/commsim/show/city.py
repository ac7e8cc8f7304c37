"""A city as rows of words and as a picture: outcomes over size, renter share and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from commsim.experiments.city import BANDS, QUANTILES, SHOWN, CityTable, quantile
from commsim.measures.table import MEASURES
from commsim.show import wording
from commsim.words import say

PICTURED = ("neighbour_trust", "participation_rate", "official_hours")  # two benefits and a burden
PIECES = 12  # of the red line
LEAST_IN_PIECE = 5  # communities, below which a piece says nothing


# -- words ---------------------------------------------------------------------------------------------


def total_rows(summary: dict, lang: str) -> list[list[str]]:
    """A line per total of the city."""
    totals = summary["totals"]
    return [[say(f"city.total.{name}", lang), f"{100 * value:.1f}%" if name == "renter_share" else f"{value:,.0f}"]
            for name, value in totals.items()]  # fmt: skip


def quantile_rows(summary: dict, lang: str) -> list[list[str]]:
    """A head, and a line per measure: the mean over people and quantiles weighted by people."""
    head = [say("cli.city.measure", lang), say("cli.city.mean", lang), *(f"{100 * q:g}%" for q in QUANTILES)]
    return [head, *([_named(name, lang), _told(name, summary["means"][name]),
                     *(_told(name, value) for value in found.values())]
                    for name, found in summary["quantiles"].items())]  # fmt: skip


def band_rows(summary: dict, lang: str) -> list[list[str]]:
    """A head with the size bands, the communities and people of each, and a line of medians per measure."""
    bands = summary["bands"]
    ends = [*(f"{low - 1:,}" for low in BANDS[1:]), None]
    names = [say("cli.city.band", lang, low=f"{b['from']:,}", high=end) if end
             else say("cli.city.band_last", lang, low=f"{b['from']:,}") for b, end in zip(bands, ends, strict=True)]
    return [[say("cli.city.size", lang), *names],
            [say("city.total.communities", lang), *(f"{b['communities']:,}" for b in bands)],
            [say("city.total.people", lang), *(f"{b['people']:,}" for b in bands)],
            *([_named(name, lang), *(_told(name, b["medians"][name]) for b in bands)] for name in SHOWN)]  # fmt: skip


def _named(name, lang) -> str:
    unit = wording.unit_name(MEASURES[name].unit, lang)
    return f"{wording.label(name, lang)} ({unit})" if lang == "en" else f"{wording.label(name, lang)}（{unit}）"


def _told(name, value) -> str:
    return wording.number(value, MEASURES[name].unit, MEASURES[name].delta)


# -- the picture ---------------------------------------------------------------------------------------


def picture(table: CityTable, measures=None, lang: str | None = None):
    """A row per measure: over people in the community, over the share of renters, and on the schematic map."""
    import matplotlib as mpl

    from commsim.show import figures, fonts
    from commsim.words import language

    lang, measures = language(lang), list(measures or PICTURED)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(figures._STYLE | fonts.style())
        figure = figures._figure(7.2, 0.5 + 2.25 * len(measures))
        axes = figure.subplots(len(measures), 3, squeeze=False, width_ratios=(1, 1, 0.95))
        for name, panels in zip(measures, axes, strict=True):
            _row(figure, panels, table.rows, name, lang)
        for ax, words in zip(axes[-1], ("size", "renters", "map"), strict=True):
            ax.set_xlabel(say(f"city.figure.{words}", lang))
        figure.subplots_adjust(left=0.075, right=0.93, top=1 - 0.32 / figure.get_figheight(),
                               bottom=0.5 / figure.get_figheight(), hspace=0.42, wspace=0.28)  # fmt: skip
    people = sum(row["people"] for row in table.rows)
    figure.set_label(say("city.figure.caption", lang, city=table.title[lang], n=f"{len(table.rows):,}",
                         people=f"{people:,}", policy=table.policy_title[lang], days=f"{table.days:,}",
                         world=table.world, version=table.version))  # fmt: skip
    return figure


def save(table: CityTable, path: str | Path, measures=None, lang: str | None = None) -> Path:
    """Draw and write a .png, .svg or .pdf, whole or not at all."""
    from commsim.show import figures

    return figures.save(picture(table, measures, lang), path, lang)


def _row(figure, panels, rows, name, lang):
    from commsim.show import figures

    there = [row for row in rows if row["measures"][name] is not None]
    percent = 100.0 if MEASURES[name].unit == "share" else 1.0
    values = np.array([percent * row["measures"][name] for row in there])
    people = np.array([row["people"] for row in there])
    renters = np.array([100.0 * row["renter_share"] for row in there])
    dots = 2.0 + 45.0 * people / people.max(initial=1)
    figures._title(panels[0], _named(name, lang), 6)
    for ax, across, log in ((panels[0], people, True), (panels[1], renters, False)):
        ax.scatter(across, values, s=dots, c=figures.POLICY[1][0], alpha=0.35, linewidths=0, rasterized=True)
        ax.plot(*_running(across, values, people, log), color=figures.RESTART, linewidth=1.6)
    panels[0].set_xscale("log")
    panels[0].xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    panels[1].xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    ax = panels[2]
    limits = np.quantile(values, (0.02, 0.98)) if len(values) else (0, 1)
    on_map = ax.scatter([row["x"] for row in there], [row["y"] for row in there], s=dots, c=values, cmap="viridis",
                        vmin=limits[0], vmax=max(limits[1], limits[0] + 1e-9), linewidths=0, rasterized=True)
    ax.plot(*(turn(np.linspace(0, 2 * np.pi, 200)) for turn in (np.cos, np.sin)), color=figures.RULE, linewidth=0.8)
    ax.set(aspect="equal", xticks=[], yticks=[], xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
    ax.spines[:].set_visible(False)
    bar = figure.colorbar(on_map, ax=ax, fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)


def _running(across, values, people, log):
    """Medians weighted by people in pieces of the axis that hold equally many communities."""
    order = np.argsort(across, kind="stable")
    pieces = [piece for piece in np.array_split(order, min(PIECES, max(1, len(order) // LEAST_IN_PIECE)))
              if len(piece) >= LEAST_IN_PIECE]  # fmt: skip
    middle = [float(np.exp(np.log(across[p]).mean()) if log else across[p].mean()) for p in pieces]
    return middle, [quantile(list(zip(values[p].tolist(), people[p].tolist(), strict=True)), 0.5) for p in pieces]
