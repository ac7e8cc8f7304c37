"""The player: one run, or two side by side, played in the browser from data that are sent once.

``Player`` is a notebook widget (anywidget, loaded only when it is asked for); ``save`` writes the same
player with its data as one HTML file that plays without a network; ``picture`` is the still image for
places where JavaScript cannot run.
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from commsim.errors import UserError
from commsim.show.files import folder_there, whole_file
from commsim.show.trajectory import (
    CHILD,
    DOOR_HIGH,
    DOOR_WIDE,
    GRIEVANCES,
    KINDS,
    RENTER,
    RESIDENT,
    ROLES,
    VOLUNTEER,
    Trajectory,
)
from commsim.words import LANGUAGES, catalogue, language, say

SIDES = ("a", "b")
LINE = ("name", "side", "x", "y")  # what every line of a chart has; low and high may be None
# Colours and shapes as in player.js: told apart by those who do not see red and green, and in grey.
LOOK = {RESIDENT: ("#1F6FB2", "o", 1.0), RENTER: ("#E08A00", "s", 0.9), VOLUNTEER: ("#00805E", "*", 2.2),
        CHILD: ("#7C93A6", "o", 0.45)}  # fmt: skip
SIDE_COLOUR = {"a": "#44525E", "b": "#8E3B80"}


def __getattr__(name):
    if name == "Player":
        return _player()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def script() -> str:
    """The JavaScript of the player, an ES module."""
    return resources.files("commsim.show").joinpath("player.js").read_text(encoding="utf-8")


@cache
def _player():
    """The widget's class, made when it is first asked for: batch runs never load widgets."""
    try:
        import anywidget
        import traitlets
    except ImportError as fault:
        raise UserError("lab_missing", value="anywidget") from fault

    class Player(anywidget.AnyWidget):
        """Plays one run or two of the same world in step.

        ``show(a, b)`` puts a picture up, or another one in its place; ``stamp`` counts pictures, and
        the browser writes into ``painted`` the last one that is on the screen.
        """

        _esm = script()
        data_a = traitlets.Bytes(b"").tag(sync=True)
        data_b = traitlets.Bytes(b"").tag(sync=True)
        meta = traitlets.Dict().tag(sync=True)
        stamp = traitlets.Int(0).tag(sync=True)
        painted = traitlets.Int(0).tag(sync=True)

        def __init__(self, lang: str | None = None, **kwargs):
            self.lang = _language(lang)
            self._shown = None
            super().__init__(**kwargs)

        def show(self, a: Trajectory, b: Trajectory | None = None, title_a: str = "", title_b: str = "",
                 chart: Mapping | None = None) -> Player:  # fmt: skip
            """Show run ``a``, beside run ``b`` if given.  ``chart``: see ``checked_chart``.

            The old picture stays until the new one is drawn; the day shown and whether it plays stay too.
            """
            data_a, data_b, meta = contents(a, b, title_a, title_b, chart, self.lang)
            self._shown = a, b, title_a, title_b
            with self.hold_sync():
                self.data_a, self.data_b, self.meta = data_a, data_b, meta
                self.stamp += 1
            return self

        def _repr_mimebundle_(self, **kwargs):
            """As every widget, and a still image for places where JavaScript cannot run."""
            bundle = super()._repr_mimebundle_(**kwargs)
            if not self._shown or not bundle:
                return bundle
            data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
            a, b, title_a, title_b = self._shown
            image = base64.b64encode(picture(a, b, title_a, title_b, self.lang)).decode("ascii")
            return {**data, "image/png": image, "text/plain": still_words(a, b, title_a, title_b, self.lang)}, metadata

    Player.__module__, Player.__qualname__ = __name__, "Player"
    return Player


def save(path: str | os.PathLike, a: Trajectory, b: Trajectory | None = None, title_a: str = "", title_b: str = "",
         chart: Mapping | None = None, title: str = "", lang: str | None = None) -> Path:  # fmt: skip
    """Write the player with its data to ``path`` as one HTML file and return the path."""
    path = Path(path)
    folder_there(path)
    return whole_file(path, html(a, b, title_a, title_b, chart, title, lang).encode())


def html(a: Trajectory, b: Trajectory | None = None, title_a: str = "", title_b: str = "",
         chart: Mapping | None = None, title: str = "", lang: str | None = None) -> str:  # fmt: skip
    """The file as a string: it plays from a disk or a phone and asks no host for anything."""
    lang = _language(lang)
    data_a, data_b, meta = contents(a, b, title_a, title_b, chart, lang)
    coded = {name: base64.b64encode(data).decode("ascii") for name, data in (("data_a", data_a), ("data_b", data_b))}
    given = json.dumps({**coded, "meta": meta, "stamp": 1}, ensure_ascii=False, separators=(",", ":"))
    ending = "export default { render };"
    source = script()
    assert source.count(ending) == 1  # a page cannot import from itself, so the module becomes plain code
    return _template().render(
        html_lang="zh-CN" if lang == "zh" else "en",
        title=title or say("player.page", lang),
        given=given.replace("<", "\\u003c"),
        script=source.replace(ending, "").replace("</", "<\\/"),
        image=base64.b64encode(picture(a, b, title_a, title_b, lang)).decode("ascii"),
        still=still_words(a, b, title_a, title_b, lang),
        no_script=say("player.no_script", lang),
    )


@cache
def _template():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("commsim.show"), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("player.html")


def contents(a, b=None, title_a="", title_b="", chart=None, lang=None) -> tuple[bytes, bytes, dict]:
    """What the browser is given: both runs as binary, and layout, titles, words and chart."""
    for side, run in zip(SIDES, (a, b), strict=True):
        if not isinstance(run, Trajectory) and not (side == "b" and run is None):
            raise UserError("player_no_run", place=side, value=type(run).__name__)
    if b is not None and (a.world, a.people, a.frames) != (b.world, b.people, b.frames):
        raise UserError("player_not_alike", a=_told(a), b=_told(b))
    data_a, meta = a.pack()
    data_b = b"" if b is None else b.pack()[0]
    meta |= {"lang": lang, "titles": {"a": title_a, "b": title_b}, "words": words(lang),
             "chart": checked_chart(chart, a.frames)}  # fmt: skip
    return data_a, data_b, meta


def checked_chart(chart: Mapping | None, frames: int) -> dict | None:
    """A chart as the browser draws it, or UserError that names what is wrong.

    ``{"title", "x", "y": words; "lines": [{"name", "side": "a" or "b", "x", "y", "low", "high": numbers}],
    "ghost": {"y", "label"} or None, "tiles": [{"label", "a", "b"}], "cursor": True where x is days}``;
    without ``cursor`` there is one when x ends within the days of the run and past their middle.
    """
    if chart is None:
        return None
    lines = []
    for k, line in enumerate(chart.get("lines") or []):
        _has(line, LINE, f"lines[{k}]")
        if line["side"] not in SIDES:
            raise UserError("player_chart_side", place=f"lines[{k}].side", value=line["side"])
        columns = {name: _numbers(line[name]) for name in ("x", "y", "low", "high") if line.get(name) is not None}
        for name, column in columns.items():
            if len(column) != len(columns["x"]):
                raise UserError("player_chart_length", place=f"lines[{k}].{name}", value=len(column),
                                wanted=len(columns["x"]))  # fmt: skip
        lines.append({"name": str(line["name"]), "side": line["side"], "low": None, "high": None, **columns})
    if lines:
        _has(chart, ("title", "x", "y"), "chart")
    ends = [line["x"][-1] for line in lines if line["x"]]
    within = bool(ends) and (frames - 1) / 2 <= max(ends) <= frames
    ghost = chart.get("ghost")
    if ghost is not None:
        _has(ghost, ("y", "label"), "ghost")
        ghost = {"y": float(ghost["y"]), "label": str(ghost["label"])}
    return {"title": chart.get("title", ""), "x": chart.get("x", ""), "y": chart.get("y", ""),
            "lines": [line for line in lines if line["x"]], "ghost": ghost,
            "tiles": [dict(tile) for tile in chart.get("tiles") or []],
            "cursor": bool(chart.get("cursor", within))}  # fmt: skip


def _has(given, names, place):
    for name in names:
        if name not in given:
            raise UserError("player_chart_part", place=place, value=name)


def _numbers(column) -> list[float | None]:
    """Plain numbers; None where there is none, which the browser leaves out."""
    out = []
    for value in column:
        number = math.nan if value is None else float(value)
        out.append(number if math.isfinite(number) else None)
    return out


def words(lang: str | None = None) -> dict:
    """Everything that the player says, from the catalogue."""
    return _words(_language(lang))


@cache
def _words(lang):
    own = {key.removeprefix("player.word."): text[lang] for key, text in catalogue().items()
           if key.startswith("player.word.")}  # fmt: skip
    return {**own, "story": {name: catalogue()[f"player.story.{name}"][lang] for name in KINDS}}


def _language(lang):
    lang = language(lang)
    if lang not in LANGUAGES:
        raise UserError("lang_unknown", value=lang, allowed=", ".join(LANGUAGES))
    return lang


def _told(run) -> str:
    return f"{run.world}/{run.people}/{run.frames - 1}"


def still_words(a, b=None, title_a="", title_b="", lang=None) -> str:
    """The last day in a sentence for each run."""
    told = []
    for title, run in ((title_a, a), (title_b, b)):
        if run is not None:
            last = run.frames - 1
            told.append((f"{title}{say('player.colon', lang)}" if title else "")
                        + say("player.still", lang, day=last, ties=f"{len(run.pairs_on(last)):,}",
                              objections=run.count(last, "objected"),
                              grievances=run.count(last, *GRIEVANCES)))  # fmt: skip
    return "\n".join(told)


# --- the still picture ------------------------------------------------------------------------------


def picture(a: Trajectory, b: Trajectory | None = None, title_a: str = "", title_b: str = "",
            lang: str | None = None) -> bytes:  # fmt: skip
    """The last frame of the runs as PNG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from commsim.show import fonts

    lang = _language(lang)
    fonts.warn_if_missing(lang)
    runs = [(a, title_a)] if b is None else [(a, title_a), (b, title_b)]
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(fonts.style())
        wide = 7.2 if b is None else 10.4
        one = wide / len(runs)
        high = one * a.plan.height / a.plan.width
        whole = high + 0.95  # inches: the plan, its title and the legend
        figure = Figure(figsize=(wide, whole))
        canvas = FigureCanvasAgg(figure)
        for k, (run, title) in enumerate(runs):
            axes = figure.add_axes(((k + 0.015) / len(runs), 0.42 / whole, 0.97 / len(runs), high / whole))
            _draw(axes, run, one)
            badge = f"{SIDES[k].upper()}  " if b is not None else ""
            axes.set_title(badge + _heading(run, title, lang), fontsize=11, loc="left",
                           color="#1F2A33" if b is None else SIDE_COLOUR[SIDES[k]])  # fmt: skip
        figure.legend(handles=_legend(lang), loc="lower center", ncols=4, frameon=False, fontsize=10,
                      handletextpad=0.2)  # fmt: skip
        out = io.BytesIO()
        canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()


def _heading(run, title, lang):
    day = say("player.day", lang, day=run.frames - 1)
    return f"{title}{say('player.comma', lang)}{day}" if title else day


def _legend(lang):
    from matplotlib.lines import Line2D

    return [Line2D([], [], linestyle="", marker=shape, color=colour, markersize=7 * max(0.75, size**0.5),
                   label=say(f"player.word.{ROLES[role]}", lang))
            for role, (colour, shape, size) in LOOK.items()]  # fmt: skip


def _draw(axes, run, wide):
    """The plan, ties of the last frame, and people by role, as the browser draws them."""
    import numpy as np
    from matplotlib.collections import LineCollection, PatchCollection
    from matplotlib.patches import Circle, Rectangle

    plan, last = run.plan, run.frames - 1
    unit = 0.97 * wide * 72 / plan.width  # points
    rectangles = ((plan.yards, "#E9F0E1", "none"), (plan.buildings, "#E4DFD5", "#CBC4B6"),
                  (plan.stairwells, "#D9D3C6", "none"),
                  (np.column_stack([plan.doors + 0.09, np.full((len(plan.doors), 1), DOOR_WIDE - 0.18),
                                    np.full((len(plan.doors), 1), DOOR_HIGH - 0.18)]), "white", "none"))  # fmt: skip
    for rows, face, edge in rectangles:
        patches = [Rectangle((x, y), w, h) for x, y, w, h in rows]
        axes.add_collection(PatchCollection(patches, facecolor=face, edgecolor=edge, linewidth=0.6))
    axes.add_collection(PatchCollection([Circle((x, y), r) for x, y, r in plan.trees], facecolor="#CFE0C3"))
    pairs = run.pairs_on(last)
    building = np.repeat(run.homes.doors["building"], run.homes.doors["seats"])[pairs]
    at_home = building[:, 0] == building[:, 1]
    for which, alpha in ((~at_home, 0.11), (at_home, 0.26)):  # beyond the building, and within it
        axes.add_collection(LineCollection(plan.people[pairs[which]], colors="#3A4C5C", alpha=alpha,
                                           linewidths=max(0.25, 0.09 * unit), zorder=2))  # fmt: skip
    roles, level = run.roles_on(last), np.minimum(13, np.round(2 * np.sqrt(run.known[last])))
    for role, (colour, shape, size) in LOOK.items():
        who = roles == role
        across = 2 * (0.3 + 0.026 * level[who]) * unit
        axes.scatter(*plan.people[who].T, s=size * across**2, c=colour, marker=shape, linewidths=0.3,
                     edgecolors="white", zorder=3)  # fmt: skip
    axes.set_xlim(0, plan.width)
    axes.set_ylim(plan.height, 0)
    axes.set_facecolor("#FBFAF6")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
