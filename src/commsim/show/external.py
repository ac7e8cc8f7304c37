"""Numbers measured elsewhere beside the model's own, from runs made for this page.

``python -m commsim.show.external docs`` lives a few worlds of the shipped scenario (minutes) and writes
``external.md`` and ``external.zh.md`` there.  A number agrees where the outside one lies between the worlds or
within a quarter of their mean; where the model was fitted to it, agreement is no evidence and the page says so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commsim.clock import MONTH, YEAR
from commsim.words import LANGUAGES, say

WORLDS = 3
WATCHED = 28  # days on which it is counted who talks with a neighbour
OFTEN, WEEKLY = 20, 4  # of them: "daily" is five days a week, "weekly" once a week
PATIENCE = 14  # days within which an answer counts as one
NEAR = 0.25  # of the model's mean
GROUPS, ROUNDS = 500, 9  # of the public good; the tenth round is the last, and people know it
READY = 2.9  # points a member has to give: in the first round 1.8 of them find somebody, as in Chengdu
CHENGDU, ATHENS = 0.27, 0.67  # share of points that went to those who gave as much or more
PAGES = {"en": "external.md", "zh": "external.zh.md"}


class Row(NamedTuple):
    """One number: what was measured outside, its unit, and whether the model was fitted to it."""

    name: str
    outside: float
    unit: str  # share or number
    fitted: bool = False


ROWS = (
    Row("talk_daily", 0.273, "share", True),
    Row("talk_weekly", 0.294, "share", True),
    Row("talk_rarely", 0.198, "share", True),
    Row("talk_never", 0.235, "share", True),
    Row("same_building", 0.65, "share", True),
    Row("knows_all", 0.104, "share"),
    Row("knows_most", 0.146, "share"),
    Row("knows_some", 0.158, "share"),
    Row("knows_few", 0.213, "share"),
    Row("knows_none", 0.377, "share"),
    Row("posts_top", 0.747, "share"),
    Row("posts_next", 0.240, "share"),
    Row("posts_rest", 0.013, "share"),
    Row("messages", 25.0, "number"),
    Row("solved", 8.3, "number"),
    Row("answered", 1 / 3, "share"),
    Row("good_alone", 6.10 / 10.00, "share"),
    Row("good_sanctions", 18.15 / 10.55, "share"),
    Row("good_antisocial", 3.50 / 5.31, "share"),
)


def measured(scenario, world: int, scale: str = "estate", days: int = YEAR) -> dict[str, float | None]:
    """The model's side of every row in one world; None where there is nothing to count."""
    from commsim import engine

    start = engine.prepare(scenario.place(scale), world)
    found = {**talk(start.copy()), **acquaintance(start)}
    found["same_building"] = engine.run(start.copy(), (), 1).measures["same_building_share"]
    lived = engine.run(start.copy(), scenario.rules("jinyang_2016", scale), days)
    found.update(posts(lived.state))
    found["messages"] = messages(lived)
    found["solved"] = solved(lived.state)
    found["answered"] = answered(engine.run(start.copy(), scenario.rules("before", scale), days).state)
    found.update(public_good(world))
    return found


def public_good(world: int) -> dict[str, float]:
    """What is given in the ninth round over what was given in the first: without points, with points given as in
    Chengdu, and with as large a share against those who gave as much as in Athens."""
    from commsim import special

    def last_over_first(**points):
        given = special.public_good(conditional=0.55, unconditional=0.30, free=0.15, rounds=ROUNDS, groups=GROUPS,
                                    world=world, **points)  # fmt: skip
        return float(given[-1] / given[0])

    return {"good_alone": last_over_first(),
            "good_sanctions": last_over_first(punishment=READY, antisocial=CHENGDU),
            "good_antisocial": last_over_first(punishment=READY, antisocial=ATHENS)}  # fmt: skip


def talk(state) -> dict[str, float]:
    """Shares of adults by on how many of four weeks' days they talk with somebody of another home.

    Whoever talks gains strength of ties; nothing else happens on these days."""
    from commsim.day.neighbouring import neighbouring
    from commsim.day.plan import Phase
    from commsim.engine import Days
    from commsim.state.people import CHILD

    loop, count = Days(state, (), plan=[Phase("neighbouring", neighbouring)]), np.zeros(state.size, int)
    for _ in range(WATCHED):
        before = state.ties.rows["total"].copy()
        loop.live()
        count += state.ties.rows["total"] > before
    count = count[state.people["age"] != CHILD]
    return {"talk_daily": float((count >= OFTEN).mean()),
            "talk_weekly": float(((count >= WEEKLY) & (count < OFTEN)).mean()),
            "talk_rarely": float(((count >= 1) & (count < WEEKLY)).mean()),
            "talk_never": float((count == 0).mean())}  # fmt: skip


def acquaintance(state) -> dict[str, float | None]:
    """Shares of adults who know somebody in all, most, some, few or none of the other homes of their stairwell."""
    from commsim.measures import ACQUAINTED
    from commsim.state.people import CHILD
    from commsim.state.ties import level_on

    doors, people = state.homes.doors, state.people
    stairwell = doors["stairwell"][people["household"]]
    person, where = state.ties.everybody()
    slots = state.ties.slots[where]
    known = slots["u"] / level_on(state.day, state.base.x.half_life) >= ACQUAINTED
    near = known & (stairwell[person] == stairwell[slots["neighbour"]])
    homes = people["household"][slots["neighbour"][near]]
    pairs = np.unique(np.column_stack([person[near], homes]), axis=0)
    met = np.bincount(pairs[:, 0], minlength=state.size)
    others = np.bincount(doors["stairwell"])[stairwell] - 1
    asked = (people["age"] != CHILD) & (others > 0)
    if not asked.any():
        return dict.fromkeys(("knows_all", "knows_most", "knows_some", "knows_few", "knows_none"))
    share = met[asked] / others[asked]
    return {"knows_all": float((share >= 1).mean()), "knows_most": float(((share >= 0.5) & (share < 1)).mean()),
            "knows_some": float(((share >= 0.2) & (share < 0.5)).mean()),
            "knows_few": float(((share > 0) & (share < 0.2)).mean()),
            "knows_none": float((share == 0).mean())}  # fmt: skip


def posts(state) -> dict[str, float | None]:
    """How much of what members have written the busiest 1 %, the next 9 % and the other 90 % have written."""
    held = state.groups.seats.group >= 0
    written = np.sort(state.groups.seats.written.sum(axis=1)[held.any(axis=1)])[::-1]
    if written.sum() == 0:
        return dict.fromkeys(("posts_top", "posts_next", "posts_rest"))
    top, ten = max(1, round(0.01 * len(written))), max(1, round(0.10 * len(written)))
    shares = [written[:top].sum(), written[top:ten].sum(), written[ten:].sum()]
    return dict(zip(("posts_top", "posts_next", "posts_rest"), (float(s / written.sum()) for s in shares), strict=True))


def messages(lived) -> float | None:
    """Messages a day in an official group, over the last four weeks."""
    from commsim.state.groups import OFFICIAL

    rows = lived.state.groups.rows[: int(lived.state.groups.count[0])]
    official = int(((rows["kind"] == OFFICIAL) & (rows["members"] > 0)).sum())
    share = lived.measures["official_message_share"]
    return None if not official or share is None else float(lived.measures["messages_per_day"] * share / official)


def solved(state) -> float | None:
    """Matters that members reported in a group and that were solved, a month and per 1,000 members."""
    from commsim.state.office import BY_GROUP

    cases = state.cases.rows[: int(state.cases.count[0])]
    members = int(state.people["in_official"].sum())
    recent = (cases["channel"] == BY_GROUP) & (cases["solved"] >= state.day - 3 * MONTH)
    return float(recent.sum() / 3 / members * 1000) if members else None


def answered(state) -> float | None:
    """Share of reported matters that were answered within two weeks."""
    cases = state.cases.rows[: int(state.cases.count[0])]
    old = cases[cases["reported"] < state.day - PATIENCE]
    if not len(old):
        return None
    return float(((old["answered"] >= 0) & (old["answered"] - old["reported"] <= PATIENCE)).mean())


# -- the page -------------------------------------------------------------------------------------------------------


def verdict(row: Row, values: Sequence[float]) -> str:
    """``near`` or ``above``/``below`` (the model is), by the rule at the top."""
    mean = float(np.mean(values))
    if min(values) <= row.outside <= max(values) or abs(mean - row.outside) <= NEAR * abs(mean):
        return "near"
    return "above" if mean > row.outside else "below"


def page(found: Sequence[dict], people: int, lang: str) -> str:
    """The page of the rows with the values of several worlds, as Markdown."""
    head = [say(f"external.head.{column}", lang) for column in ("what", "outside", "model", "verdict", "how")]
    lines, apart, lost = [head, ["---"] * len(head)], [], []
    for row in ROWS:
        values = [one[row.name] for one in found if one[row.name] is not None]
        label = say(f"external.row.{row.name}", lang)
        if not values:
            lost.append(label)
            continue
        judged = verdict(row, values)
        if judged != "near":
            apart.append(f"{label} ({_told(row, row.outside)} → {_told(row, float(np.mean(values)))})")
        words = say(f"external.verdict.{judged}", lang) + (say("external.fitted", lang) if row.fitted else "")
        lines.append([label, _told(row, row.outside), _spread(row, values), words,
                      say(f"external.how.{row.name.partition('_')[0]}", lang)])  # fmt: skip
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    parts = [f"# {say('external.title', lang)}", f"<!-- {say('external.written', lang)} -->",
             say("external.about", lang, worlds=len(found), people=f"{people:,}").strip(), table,
             f"## {say('external.apart', lang)}",
             "\n".join(f"- {one}" for one in apart) or say("external.none", lang)]  # fmt: skip
    if lost:
        parts.append(say("external.lost", lang, names=say("words.comma", lang).join(lost)))
    parts += [f"## {say('external.missing.title', lang)}", say("external.missing.words", lang).strip(),
              f"## {say('external.sources.title', lang)}", say("external.sources.words", lang).strip()]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _told(row, value) -> str:
    return f"{100 * value:.1f} %" if row.unit == "share" else f"{value:.1f}"


def _spread(row, values) -> str:
    told = _told(row, float(np.mean(values)))
    return told if len(values) < 2 else f"{told} ({_told(row, min(values))} – {_told(row, max(values))})"


def main(folder: str, worlds: str = str(WORLDS), scale: str = "estate", days: str = str(YEAR)) -> None:
    """Live the worlds and write both pages."""
    from commsim import scenarios

    jinyang = scenarios.load("jinyang")
    found = []
    for world in range(1, int(worlds) + 1):
        found.append(measured(jinyang, world, scale, int(days)))
        print(world, found[-1], file=sys.stderr, flush=True)
    for lang in LANGUAGES:
        text = page(found, jinyang.scale(scale).people, lang)
        (Path(folder) / PAGES[lang]).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("python -m commsim.show.external FOLDER [WORLDS [SCALE [DAYS]]]")
    main(*sys.argv[1:])
