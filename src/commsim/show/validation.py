"""The result of a validation as a table of Markdown and as a picture.

``python -m commsim.show.validation`` writes the table of ``docs/validation.json`` (made by
``commsim validate --json``) between the marks of both pages of the documentation.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from commsim.show import fonts
from commsim.show.figures import INK, RULE, SOFT, VERDICT, WIDE, _empty, _figure
from commsim.show.wording import percent
from commsim.words import LANGUAGES, language, say

PAGES = {"en": "validation.md", "zh": "validation.zh.md"}
STORED = "validation.json"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
TICK, CROSS = "✓", "✗"
ROW = 0.27  # inches


def mark(row: dict) -> str:
    """Whether a pattern holds, as a sign."""
    return TICK if row["holds"] else CROSS


def observed(row: dict, lang: str | None = None) -> list[str]:
    """The numbers behind a row in words, one each; a dash where one is undefined everywhere."""
    if row["observed"] is None:
        return []
    return [f"{say(f'pattern_number.{name}', lang)} {'–' if value is None else f'{value:.3g}'}"
            for name, value in row["observed"].items()]  # fmt: skip


def tally(rows: Sequence[dict], lang: str | None = None) -> str:
    """How many patterns hold, and how many of those that are tests."""
    tests = [row for row in rows if not row["calibrated"]]
    return say("validation.tally", lang, n=len(rows), holds=sum(row["holds"] for row in rows), tests=len(tests),
               tests_hold=sum(row["holds"] for row in tests))  # fmt: skip


def table(rows: Sequence[dict], lang: str) -> str:
    """The rows as a Markdown table in one language, with the sentence that counts them."""
    columns = ("id", "title", "test", "observed", "worlds", "draws", "calibrated", "holds")
    lines = [[say(f"validation.head.{column}", lang) for column in columns], ["---"] * len(columns)]
    for row in rows:
        name = row["id"]
        lines.append([name, say(f"pattern.{name}.title", lang), say(f"pattern.{name}.test", lang),
                      "<br>".join(observed(row, lang)) or "–", percent(row["share_worlds"]),
                      percent(row["share_draws"]), say("validation.yes", lang) if row["calibrated"] else "",
                      mark(row)])  # fmt: skip
    written = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return f"{tally(rows, lang)}\n\n{written}"


def filled(page: str, rows: Sequence[dict] | None, lang: str) -> str:
    """The page with the table of ``rows`` (None: a sentence how to get one) between its marks."""
    text = say("validation.not_run", lang) if rows is None else table(rows, lang)
    block = f"{BEGIN}\n<!-- {say('validation.written', lang)} -->\n\n{text}\n\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, page, count=1, flags=re.S)


def stored(docs: Path) -> list[dict] | None:
    """The result that the documentation shows, None before the first run."""
    file = docs / STORED
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def figure(rows: Sequence[dict], lang: str | None = None) -> Figure:
    """One line a pattern: the share of worlds (square) and of parameter draws (circle) in which it was there,
    with a stroke where each has to reach; signs and colours say whether it holds."""
    from commsim.experiments.patterns import PATTERNS

    lang = language(lang)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.size": 8.5, "text.color": INK, **fonts.style()})
        drawn = _figure(WIDE, 0.8 + ROW * len(rows))
        if not rows:
            return _empty(drawn, say("validation.figure.none", lang))
        ax = drawn.add_axes((0.44, 0.52 / drawn.get_figheight(), 0.53, ROW * len(rows) / drawn.get_figheight()))
        for k, row in enumerate(rows):
            _line(ax, k, row, PATTERNS.get(row["id"]), lang)
        ax.set(xlim=(-0.03, 1.03), ylim=(len(rows) - 0.5, -0.5), yticks=[], xticks=[0, 0.25, 0.5, 0.75, 1])
        ax.set_xticklabels([percent(share) for share in (0, 0.25, 0.5, 0.75, 1)])
        ax.set_xlabel(say("validation.figure.axis", lang), color=SOFT)
        ax.tick_params(length=0, colors=SOFT)
        for side in ("top", "right", "left", "bottom"):
            ax.spines[side].set_visible(False)
        _legend(drawn, lang)
    drawn.set_label(say("validation.figure.caption", lang))
    return drawn


def _line(ax, k, row, pattern, lang):
    colour = VERDICT["better" if row["holds"] else "worse"][0]
    ax.axhline(k, color=RULE, lw=0.7, zorder=0)
    for name, marker, lift in (("worlds", "s", -0.13), ("draws", "o", 0.13)):
        share = row[f"share_{name}"]
        if pattern is not None:
            ax.plot([getattr(pattern, name)] * 2, [k + lift - 0.13, k + lift + 0.13], color=SOFT, lw=1.2)
        if share is not None:
            ax.plot(share, k + lift, marker, color=colour, ms=5.5, mec="white", mew=0.6, clip_on=False, zorder=3)
    star = "*" if row["calibrated"] else ""
    title = say(f"pattern.{row['id']}.title", lang)
    words = f"{row['id']}{star}  {title}"
    at = ax.get_yaxis_transform()
    ax.text(-0.785, k, mark(row), color=colour, transform=at, va="center", family=["DejaVu Sans"])
    ax.text(-0.745, k, words, transform=at, va="center")


def _legend(drawn, lang):
    looks = (("worlds", "s"), ("draws", "o"))
    handles = [Line2D([], [], color=SOFT, marker=marker, ls="", ms=5.5, label=say(f"validation.figure.{name}", lang))
               for name, marker in looks]  # fmt: skip
    handles.append(Line2D([], [], color=SOFT, marker="|", ls="", ms=7, label=say("validation.figure.needed", lang)))
    drawn.legend(handles=handles, loc="upper left", ncols=3, frameon=False, borderaxespad=0.2, handletextpad=0.3)


def main(docs: Path) -> None:
    """Write the table into both pages."""
    rows = stored(docs)
    for lang in LANGUAGES:
        page = docs / PAGES[lang]
        page.write_text(filled(page.read_text(encoding="utf-8"), rows, lang), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
