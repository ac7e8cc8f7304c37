"""A screen of levers as rows of words and as a page: effect, interval, direction, what luck alone would show.

``python -m commsim.show.sensitivity docs`` screens the shipped scenario under two policies and writes
``sensitivity.md`` and ``sensitivity.zh.md`` there (half an hour); ``--help`` tells how to make it shorter.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from commsim.measures.table import MEASURES
from commsim.show import wording
from commsim.words import say

SHOWN = 10  # levers per measure
ONE_WAY = 0.9  # |mu| / mu* from which an effect has a direction
POLICIES = ("before", "jinyang_2016")
PAGES = {"en": "sensitivity.md", "zh": "sensitivity.zh.md"}


def head(lang: str) -> list[str]:
    """The names of the columns of ``rows``."""
    return [say(f"cli.sensitivity.{part}", lang) for part in ("lever", "effect", "interval", "direction", "floor")]


def rows(name: str, measure: dict, lang: str, shown: int = SHOWN) -> list[list[str]]:
    """A line per lever, the largest effect first, and one for another world; the last cell names the lever."""
    lines = [[say(f"setting.{e['lever']}", lang), _told(name, e["mu_star"], lang), _between(name, e, "", lang),
              direction(e, lang), "" if e["floor"] is None else _told(name, e["floor"], lang), e["lever"]]
             for e in measure["effects"][:shown]]  # fmt: skip
    if measure["luck"] is not None:
        lines.append([say("cli.sensitivity.luck", lang), _told(name, measure["luck"], lang),
                      _between(name, measure, "luck_", lang), "", "", ""])  # fmt: skip
    return lines


def title(name: str, lang: str) -> str:
    """The measure and the smallest difference in it that matters."""
    return say("cli.sensitivity.measure", lang, label=wording.label(name, lang),
               delta=_told(name, MEASURES[name].delta, lang))  # fmt: skip


def note(name: str, measure: dict, lang: str) -> tuple[str, bool]:
    """What is to be said before the rows, and whether there are any."""
    if not measure["effects"]:
        return say("cli.sensitivity.undefined", lang, runs=measure["runs"], undefined=measure["undefined"]), False
    if measure["effects"][0]["mu_star"] == 0.0 and not measure["luck"]:
        return say("cli.sensitivity.constant", lang), False
    if measure["noise_share"] is None:
        return say("cli.sensitivity.noise_unknown", lang), True
    return say("cli.sensitivity.noise", lang, share=wording.percent(measure["noise_share"])), True


def rest(name: str, measure: dict, lang: str, shown: int = SHOWN) -> str:
    """How small the effects are that are not shown."""
    left = measure["effects"][shown:]
    return say("cli.sensitivity.rest", lang, n=len(left), most=_told(name, left[0]["mu_star"], lang)) if left else ""


def direction(effect: dict, lang: str | None = None) -> str:
    """In words: nearly all effects of one sign, or both ways."""
    if not effect["mu_star"]:
        return ""
    if abs(effect["mu"]) < ONE_WAY * effect["mu_star"]:
        return say("cli.sensitivity.both", lang)
    return say("cli.sensitivity.up" if effect["mu"] > 0 else "cli.sensitivity.down", lang)


def about(scenario, screened: dict, lang: str) -> list[str]:
    """What was screened: place and policy, how many runs, thresholds in force, levers that rules decide."""
    size = f"scale.{screened['scale']}"
    lines = [
        say("cli.sensitivity.title", lang, scenario=scenario.title[lang], scale=say(size, lang),
            people=f"{screened['people']:,}", policy=scenario.policy(screened["policy"]).title[lang],
            days=f"{screened['days']:,}"),
        say("cli.sensitivity.runs", lang,
            **{k: f"{screened[k]:,}" for k in ("levers", "trajectories", "worlds", "runs")}),
        say(f"thresholds.{scenario.thresholds(screened['scale'])}", lang),
    ]  # fmt: skip
    if screened["decided"]:
        names = wording.join([say(f"setting.{lever}", lang) for lever in screened["decided"]], lang)
        lines.append(say("cli.sensitivity.decided", lang, names=names))
    return lines


def page(scenario, screens: Sequence[dict], lang: str) -> str:
    """The page of several screens, as Markdown."""
    written = say("sensitivity.page.written", lang, command=_command(screens))
    parts = [f"# {say('sensitivity.page.title', lang)}", f"<!-- {written} -->",
             say("sensitivity.page.about", lang).strip(), say("cli.sensitivity.read", lang)]  # fmt: skip
    for screened in screens:
        parts.append(f"## {scenario.policy(screened['policy']).title[lang]}")
        parts.append("\n".join(f"- {line}" for line in about(scenario, screened, lang)))
        for name, measure in screened["measures"].items():
            said, any_rows = note(name, measure, lang)
            parts += [f"### {title(name, lang)}", wording.capital(said)]
            if any_rows:
                lines = [[*cells[:-1], f"`{cells[-1]}`" if cells[-1] else ""] for cells in rows(name, measure, lang)]
                parts.append(_markdown([[*head(lang), ""], ["---"] * 6, *lines]))
                parts += filter(None, [rest(name, measure, lang)])
    return "\n\n".join(parts) + "\n"


def _markdown(lines) -> str:
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _told(name, value, lang) -> str:
    m = MEASURES[name]
    return wording.quantity(value, m.unit, m.delta, difference=True, lang=lang)


def _between(name, found, prefix, lang) -> str:
    m = MEASURES[name]
    return wording.span(found[prefix + "low"], found[prefix + "high"], m.unit, m.delta, lang)


def _command(screens) -> str:
    """What writes the same page again."""
    sizes = " ".join(f"--{size} {screens[0][size]}" for size in ("trajectories", "worlds", "days"))
    return f"python -m commsim.show.sensitivity docs {' '.join(s['policy'] for s in screens)} {sizes}"


def main() -> None:
    """Screen and write both pages."""
    from commsim import scenarios
    from commsim.experiments.progress import progress_on
    from commsim.experiments.sensitivity import TRAJECTORIES, WORLDS, screen

    asked = argparse.ArgumentParser(prog="python -m commsim.show.sensitivity")
    asked.add_argument("folder")
    asked.add_argument("policies", nargs="*")
    asked.add_argument("--trajectories", type=int, default=TRAJECTORIES)
    asked.add_argument("--worlds", type=int, default=WORLDS)
    asked.add_argument("--days", type=int)
    asked.add_argument("--jobs", type=int)
    options = asked.parse_args()
    scenario = scenarios.load("jinyang")
    screens = [screen(scenario, policy, "courtyard", options.days, None, options.trajectories, options.worlds,
                      options.jobs, progress_on(sys.stderr, line="progress.runs"))
               for policy in options.policies or POLICIES]  # fmt: skip
    for lang, name in PAGES.items():
        (Path(options.folder) / name).write_text(page(scenario, screens, lang), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
