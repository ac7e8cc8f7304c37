"""Two frames of lines side by side, as one SVG picture that any page can show without a network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from commsim.lessons.textbook import Trial

WIDE, HIGH, LEFT, TOP, BOTTOM, BETWEEN = 920, 330, 44, 46, 46, 40
COLOUR = {"a": "#44525E", "b": "#8E3B80"}  # as the sides of the player
BET = "#8A5200"


def picture(trials: Mapping[str, Trial], titles: Mapping[str, str], x: str, y: str,
            bet: tuple[float, str] | None = None) -> str:  # fmt: skip
    """Side ``a`` left and ``b`` right, from 0 to 100; ``bet`` is a height and what to write beside it."""
    room = (WIDE - LEFT - BETWEEN - 10) / 2.0
    parts = [_frame(trials[side], side, titles[side], LEFT + k * (room + BETWEEN), room, x, bet)
             for k, side in enumerate("ab")]  # fmt: skip
    label = escape(f"{y}: {titles['a']} / {titles['b']}")
    return (f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}" '
            f'style="width:100%;max-width:{WIDE}px;font-size:14px;background:#fff">'
            f'<text x="2" y="14" fill="#444">{escape(y)}</text>{"".join(parts)}</svg>')  # fmt: skip


def _frame(trial, side, title, left, room, x, bet) -> str:
    bottom, last = HIGH - BOTTOM, float(trial.x[-1])

    def at(value):
        return bottom - (bottom - TOP) * value / 100.0

    parts = [f'<text x="{left:.0f}" y="34" font-weight="600" fill="{COLOUR[side]}">'
             f"{side.upper()} {escape(title)}</text>"]  # fmt: skip
    for value in (0, 25, 50, 75, 100):
        parts.append(f'<line x1="{left:.0f}" x2="{left + room:.0f}" y1="{at(value):.1f}" y2="{at(value):.1f}" '
                     f'stroke="#ddd"/><text x="{left - 6:.0f}" y="{at(value) + 5:.1f}" text-anchor="end" '
                     f'fill="#555">{value}</text>')  # fmt: skip
    across = left + room * np.asarray(trial.x, float) / last
    thin = ' stroke-width="1.2" stroke-opacity=".55"' if len(trial.rows) > 1 else ' stroke-width="2.5"'
    for row in trial.rows:
        points = " ".join(f"{a:.1f},{at(value):.1f}" for a, value in zip(across, row, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOUR[side]}"{thin}/>')
    if bet is not None:
        height, words = at(bet[0]), escape(bet[1])
        parts.append(f'<line x1="{left:.0f}" x2="{left + room:.0f}" y1="{height:.1f}" y2="{height:.1f}" stroke="{BET}" '
                     f'stroke-width="2" stroke-dasharray="6 4"/><text x="{left + room:.0f}" y="{height - 6:.1f}" '
                     f'text-anchor="end" fill="{BET}" font-weight="600" stroke="#fff" stroke-width="4" '
                     f'paint-order="stroke">{words}</text>')  # fmt: skip
    parts.append(f'<text x="{left:.0f}" y="{bottom + 18}" fill="#555">{trial.x[0]:g}</text>'
                 f'<text x="{left + room:.0f}" y="{bottom + 18}" text-anchor="end" fill="#555">{last:g}</text>'
                 f'<text x="{left + room / 2:.0f}" y="{bottom + 36}" text-anchor="middle" '
                 f'fill="#444">{escape(x)}</text>')  # fmt: skip
    return "".join(parts)
