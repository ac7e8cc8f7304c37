"""Which fonts draw the words of a picture.

In a report (HTML, SVG) the reader's own fonts draw the text, so the whole list is named there.
In a PNG or a notebook the fonts of this computer do, so the list is cut to what is installed; where
no Chinese font exists the user is told once how to install one, instead of seeing boxes.
"""

from __future__ import annotations

import logging
import warnings
from functools import cache
from pathlib import Path

from matplotlib import font_manager

from commsim.words import language, say

LATIN = ("Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans")
CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "SimHei",
)
# Faces that draw simplified Chinese well enough where nothing better is seen: matplotlib before 3.11
# sees only the first face of a collection, which for Noto Sans CJK is the Japanese one.
SECOND_BEST = (
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Source Han Sans CN",
    "WenQuanYi Zen Hei",
    "Hiragino Sans GB",
    "STHeiti",
    "Heiti TC",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
# How the files of such fonts are named, to find one that was installed after matplotlib last looked.
_FILES = (
    "noto",
    "sourcehan",
    "msyh",
    "pingfang",
    "wqy",
    "simhei",
    "hiragino",
    "stheiti",
    "droidsansfallback",
)
_said = False


def css() -> str:
    """The font list of a report as CSS: Latin first, then Chinese, then whatever is there."""
    return ", ".join([*(f"'{name}'" if " " in name else name for name in LATIN + CHINESE), "sans-serif"])


@cache
def chinese() -> tuple[str, ...]:
    """The Chinese fonts of this computer that matplotlib can use, best first."""
    found = _known(CHINESE + SECOND_BEST)
    if not found:
        for file in font_manager.findSystemFonts():
            name = Path(file).name.lower().replace("-", "").replace("_", "")
            if name.startswith(_FILES):
                try:
                    font_manager.fontManager.addfont(file)
                except (OSError, RuntimeError):
                    continue  # not a font that FreeType reads
        found = _known(CHINESE + SECOND_BEST)
    return found


def _known(names) -> tuple[str, ...]:
    there = set(font_manager.fontManager.get_font_names())
    return tuple(name for name in names if name in there)


def installed() -> list[str]:
    """Latin and Chinese fonts of this computer, in the order in which they are tried."""
    return [*(_known(LATIN) or ("DejaVu Sans",)), *chinese()]


def warn_if_missing(lang: str | None = None) -> None:
    """Say once, in Chinese pictures only, how to install a Chinese font where there is none."""
    global _said
    if language(lang) == "zh" and not chinese() and not _said:
        _said = True
        warnings.warn(say("report.font_missing", lang), UserWarning, stacklevel=2)


def style() -> dict:
    """matplotlib settings for text: our list, and a minus sign that every font has."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return {"font.family": installed(), "axes.unicode_minus": False, "svg.fonttype": "none"}


def use(lang: str | None = None) -> None:
    """For notebooks: take these fonts for every picture drawn from now on."""
    import matplotlib

    matplotlib.rcParams.update(style())
    warn_if_missing(lang)
