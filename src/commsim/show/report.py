"""The report of a comparison: one HTML file that loads nothing, in Chinese or English.

Verdicts come first and in sentences, harms beside benefits; every number is the comparison's, every
word the catalogue's.  The same comparison gives the same file, byte for byte.
"""

from __future__ import annotations

import os
import shlex
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from commsim.errors import UserError
from commsim.measures.table import STRATA
from commsim.scenarios import load
from commsim.scenarios.telling import rule_in_words, shock_in_words, source_in_words
from commsim.show import figures, fonts
from commsim.show.facts import facts as gather
from commsim.show.files import folder_there, whole_file
from commsim.show.wording import (
    VERDICTS,
    absent,
    capital,
    direction,
    join,
    label,
    local,
    number,
    percent,
    plain,
    quantity,
    short,
    span,
    unit_name,
)
from commsim.state.settings import PARAMETERS
from commsim.words import known, language, say


def write(comparison, path: str | os.PathLike, lang: str | None = None, scenario=None) -> Path:
    """Write the report to ``path`` and return it.  ``scenario``: where the comparison's own
    cannot be loaded again by its name (one that lives in memory only)."""
    path = Path(path)
    folder_there(path)
    return whole_file(path, html(comparison, lang, scenario).encode())


def html(comparison, lang: str | None = None, scenario=None) -> str:
    """The report as a string."""
    lang = language(lang)
    facts = gather(comparison)
    scenario, changed = _scenario(comparison, scenario)
    page = {
        "lang": lang,
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "facts": facts,
        "fonts": fonts.css(),
        "title": local(facts["title"], lang),
        "question": _question(facts, lang),
        "story": local(scenario.story, lang) if scenario else "",
        "changed": changed,
        "strip": _strip(facts, lang),
        "answers": _answers(facts, lang),
        "tables": _tables(facts, lang),
        "definitions": _definitions(facts, lang),
        "who": _who(facts, lang),
        "pictures": _pictures(facts, lang),
        "compound": figures.shown_compound(facts),
        "policies": _policies(facts, scenario, lang),
        "shocks": _shocks(scenario, lang),
        "assumptions": _assumptions(facts, scenario, lang),
        "limits": _limits(facts, lang),
        "command": _command(facts, comparison),
        "caption": figures.caption(facts, lang),
        "gatherings": _gatherings(facts),
        "projects_cut": any(len(p) > figures.rows_most(facts) for p in _shown(facts).values()),
        "any_projects": any(facts["projects"].values()),
        "most": figures.rows_most(facts),
    }
    return template("report.html").render(
        page,
        say=lambda key, **values: say(f"report.{key}", lang, **values),
        local=lambda text: local(text, lang),
        verdicts=VERDICTS,
        words=lambda which: say(f"verdict.{which}", lang),
    )


@cache
def template(name: str):
    """A page of ``templates``; whatever fills a blank is escaped, and a blank that nothing fills is an error."""
    environment = Environment(
        loader=PackageLoader("commsim.show"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _scenario(comparison, given):
    """(scenario, whether it has changed since the comparison): rules and sources are told from it."""
    if given is None:
        try:
            given = load(getattr(comparison, "source", None) or comparison.scenario)
        except UserError:
            return None, True
    return (given, False) if given.digest == comparison.digest else (None, True)


# --- the parts, top to bottom ----------------------------------------------------------------------


def _title(facts, policy, lang):
    return local(facts["titles"][policy], lang)


def _question(facts, lang):
    first, *others = (_title(facts, p, lang) for p in facts["policies"])
    named = say("report.or", lang).join(say("report.quoted", lang, title=t) for t in others)
    return say(
        "report.question",
        lang,
        scenario=local(facts["title"], lang),
        first=first,
        others=named,
        days=f"{facts['days']:,}",
    )


def _strip(facts, lang):
    """The facts under the title: (what, value)."""
    key = f"scale.{facts['scale']}"
    thresholds = "classroom" if facts["classroom"] else "real"
    return [
        (say("report.fact.scale", lang), say(key, lang) if known(key) else facts["scale"]),
        (say("report.fact.people", lang), f"{facts['people']:,}"),
        (say("report.fact.days", lang), f"{facts['days']:,}"),
        (say("report.fact.worlds", lang), f"{facts['worlds']:,}"),
        (say("report.fact.thresholds", lang), say(f"report.thresholds.{thresholds}", lang)),
    ]


def _answers(facts, lang):
    """For each policy: a sentence that counts the verdicts, and benefits beside harms."""
    answers = []
    for policy in facts["policies"][1:]:
        left_out = absent(facts["measures"], policy)
        primary = [n for n, m in facts["measures"].items() if m["primary"]]
        count = dict.fromkeys(VERDICTS, 0)
        for name in primary:
            count[_cell(facts, name, policy)["verdict"]] += 1
        sides = {
            "benefits": [n for n in primary if not facts["measures"][n]["harm"]],
        }
        sides["harms"], folded = _harms(facts, policy, left_out)
        answers.append(
            {
                "policy": policy,
                "compressed": figures.compressed(facts, policy),
                "head": say(
                    "report.answer.against",
                    lang,
                    policy=_title(facts, policy, lang),
                    first=_title(facts, facts["policies"][0], lang),
                ),
                "lead": say("report.answer.lead", lang, n=len(primary), **count),
                "sides": {
                    side: [_sentence(facts, n, policy, lang) for n in names] for side, names in sides.items()
                },
                "folded": [_sentence(facts, n, policy, lang) for n in folded],
                "folded_words": _folded_words(facts, folded, policy, lang),
            }
        )
    return answers


def _harms(facts, policy, left_out):
    """(told first, folded away): told are harms that differ for certain, the worse before the better, and all
    that were declared beforehand, whatever came of them."""
    harms = [n for n, m in facts["measures"].items() if m["harm"] and n not in left_out]
    ranks = {"worse": 0, "better": 1}
    rank = {n: ranks.get(_cell(facts, n, policy)["verdict"], 2) for n in harms}
    told = sorted((n for n in harms if rank[n] < 2 or facts["measures"][n]["primary"]), key=rank.get)
    return told, [n for n in harms if n not in told]


def _folded_words(facts, names, policy, lang) -> list[str]:
    """A line or two in place of the harms that are folded away: which are the same, which nobody can tell."""
    kinds = {"same": [], "cannot_tell": []}
    for name in names:
        kinds[_cell(facts, name, policy)["verdict"]].append(label(name, lang))
    return [say(f"report.answer.folded_{kind}", lang, names=join(found, lang))
            for kind, found in kinds.items() if found]  # fmt: skip


def _cell(facts, name, policy):
    blank = dict.fromkeys(
        ("mean", "diff", "low", "high", "share_better", "share_low", "share_high", "correlation")
    )
    return {**blank, "verdict": "cannot_tell", **(facts["measures"][name]["by_policy"].get(policy) or {})}


def _reference(facts, name, cell):
    """The reference policy's mean in the worlds that the difference is taken over."""
    if cell.get("reference") is not None:
        return cell["reference"]
    whole = facts["measures"][name].get("reference")
    return whole.get("mean") if isinstance(whole, dict) else whole


def _sentence(facts, name, policy, lang):
    m, cell = facts["measures"][name], _cell(facts, name, policy)
    unit, delta = m["unit"], m["delta"]
    diff, verdict = cell["diff"], cell["verdict"]

    def told(value, **how):
        return quantity(value, unit, delta, lang=lang, **how)

    if diff is None:
        text = say("report.answer.undefined", lang)
    elif cell["low"] is None:
        text = say("report.answer.one_world", lang, diff=told(diff, sign=True, difference=True))
    else:
        interval = say(
            "report.answer.interval",
            lang,
            low=number(cell["low"], unit, delta),
            high=number(cell["high"], unit, delta),
        )
        if verdict in ("better", "worse"):
            ends = sorted((abs(cell["low"]), abs(cell["high"]))) if cell["low"] * cell["high"] >= 0 else None
            if ends:  # "down by 2 (1 to 3)" reads better than "down by 2 (-3 to -1)"
                interval = say(
                    "report.answer.interval",
                    lang,
                    low=number(ends[0], unit, delta),
                    high=number(ends[1], unit, delta),
                )
            text = say(
                f"report.answer.{'up' if diff > 0 else 'down'}",
                lang,
                interval=interval,
                diff=told(abs(diff), difference=True),
                before=told(_reference(facts, name, cell)),
                after=told(cell["mean"]),
            )
            text += ("" if lang == "zh" else " ") + _worlds_better(cell, facts, lang)
        else:
            text = say(
                f"report.answer.{verdict}",
                lang,
                interval=interval,
                diff=told(diff, sign=True, difference=True),
                delta=told(delta, difference=True),
            )
    return {
        "label": label(name, lang),
        "verdict": verdict if diff is not None else "cannot_tell",
        "text": text,
        "undefined": diff is None,
        "primary": m["primary"],
    }


def _worlds_better(cell, facts, lang):
    n = cell.get("n") or facts["worlds"]
    if cell["share_better"] is None:
        return ""
    k = round(cell["share_better"] * n)
    which = "all" if k == n else "none" if k == 0 else "some"
    return say(f"report.answer.better_{which}", lang, n=n, k=k)


def _tables(facts, lang):
    """One table for each policy: groups of rows, in the order of the scoreboard."""
    tables = []
    for policy in facts["policies"][1:]:
        groups = [
            (say(f"report.group.{group}", lang), [_row(facts, n, policy, lang) for n in names])
            for group, names in figures.scoreboard_rows(facts, policy)
        ]
        left_out = [label(name, lang) for name in absent(facts["measures"], policy)]
        note = say("report.table.absent", lang, measures=join(left_out, lang)) if left_out else ""
        tables.append({"title": _title(facts, policy, lang), "groups": groups, "absent": note})
    return tables


def _row(facts, name, policy, lang):
    m, cell = facts["measures"][name], _cell(facts, name, policy)
    unit, delta = m["unit"], m["delta"]
    r = cell["correlation"]
    return {
        "label": label(name, lang),
        "unit": unit_name(unit, lang) if unit == "share" else "",
        "harm": m["harm"],
        "primary": m["primary"],
        "delta": short(delta, unit, delta, lang),
        "before": number(_reference(facts, name, cell), unit, delta),
        "after": number(cell["mean"], unit, delta),
        "diff": number(cell["diff"], unit, delta, sign=True),
        "interval": span(cell["low"], cell["high"], unit, delta, lang),
        "share": percent(cell["share_better"]),
        "share_span": ""
        if cell["share_low"] is None
        else f"{percent(cell['share_low'])}–{percent(cell['share_high'])}",
        "correlation": "–" if r is None else f"{r:.2f}".replace("-", "−"),
        "verdict": cell["verdict"],
        "undefined": cell["diff"] is None,
    }


def _definitions(facts, lang):
    return [
        {
            "label": label(n, lang),
            "formula": say(f"measure.{n}.formula", lang),
            "delta": quantity(m["delta"], m["unit"], m["delta"], difference=True, lang=lang),
            "reason": say(f"measure.{n}.delta", lang),
        }
        for n, m in facts["measures"].items()
    ]


def _who(facts, lang):
    """For each policy: who is sure to lose and on what; who gains most and least on each declared measure."""
    found = []
    for policy in facts["policies"][1:]:
        losses: dict[str, list[str]] = {}
        lines, sure = [], False
        for name in figures.strata_measures(facts):
            ends = []
            for kind, groups in STRATA.items():
                cells = {g: facts["strata"][policy].get(kind, {}).get(g, {}).get(name) for g in groups}
                cells = {g: c for g, c in cells.items() if c and c.get("diff") is not None}
                sure = sure or any(c["low"] is not None for c in cells.values())
                for group, cell in cells.items():
                    if _loses(cell, facts["measures"][name], direction(name, facts)):
                        losses.setdefault(group, []).append(
                            say(
                                "report.who.one",
                                lang,
                                measure=say(f"measure.{name}.label", lang),
                                diff=_diff(facts, name, cell, lang),
                            )
                        )
                ends += _ends(facts, name, cells, lang)
            if ends and facts["measures"][name]["primary"]:
                lines.append(
                    say(
                        "report.who.line",
                        lang,
                        measure=label(name, lang),
                        ends=say("words.semicolon", lang).join(ends),
                    )
                )
        told = [
            say("report.who.loses", lang, group=_group(g, lang), what=join(what, lang))
            for g, what in losses.items()
        ]
        if sure and not told:
            told = [say("report.who.nobody", lang)]
        found.append({"title": _title(facts, policy, lang), "losses": told, "lines": lines})
    return found


def _ends(facts, name, cells, lang):
    """One phrase with the most and the least favourable group of a stratum, where they differ."""
    turn = direction(name, facts)
    ranked = sorted(cells, key=lambda g: -cells[g]["diff"] * turn)
    if len(ranked) < 2:
        return []
    most, least = ranked[0], ranked[-1]
    return [
        say(
            "report.who.ends",
            lang,
            most=say(f"stratum.{most}", lang),
            most_diff=_diff(facts, name, cells[most], lang),
            least=say(f"stratum.{least}", lang),
            least_diff=_diff(facts, name, cells[least], lang),
        )
    ]


def _diff(facts, name, cell, lang):
    m = facts["measures"][name]
    return quantity(cell["diff"], m["unit"], m["delta"], sign=True, difference=True, lang=lang)


def _group(group, lang):
    return capital(say(f"stratum.{group}", lang))


def _loses(cell, m, turn):
    """The whole interval lies on the worse side, and the mean is further than what does not matter."""
    if cell.get("low") is None:
        return False
    nearest_to_good = max(cell["low"] * turn, cell["high"] * turn)
    return nearest_to_good < 0 and -cell["diff"] * turn > m["delta"]


def _pictures(facts, lang):
    """Each picture twice, for a page and for a phone: {name: (wide, narrow)}."""
    drawn = {
        f"score{i}": lambda narrow, p=policy: figures.scoreboard(facts, p, narrow=narrow, lang=lang)
        for i, policy in enumerate(facts["policies"][1:])
    }
    drawn |= {
        "who": lambda narrow: figures.who_gains(facts, narrow=narrow, lang=lang),
        "time": lambda narrow: figures.over_time(facts, narrow=narrow, lang=lang),
        "projects": lambda narrow: figures.timeline(facts, narrow=narrow, lang=lang),
        "replies": lambda narrow: figures.reply_curve(facts, narrow=narrow, lang=lang),
    }
    titles = {"who": "who", "time": "time", "projects": "projects", "replies": "replies"}
    return {
        name: [
            figures.svg(
                draw(narrow),
                f"{name}-{'n' if narrow else 'w'}",
                say(f"report.section.{titles.get(name, 'scoreboard')}", lang),
            )
            for narrow in (False, True)
        ]
        for name, draw in drawn.items()
    }


def _shown(facts):
    compound = figures.shown_compound(facts)
    return {p: [one for one in many if one["compound"] == compound] for p, many in facts["projects"].items()}


def _gatherings(facts):
    """Whether any gathering was held under any policy; None where that is not measured."""
    m = facts["measures"].get("gatherings_held")
    if not m:
        return None
    values = [c.get("mean") for c in m["by_policy"].values()]
    values += [_reference(facts, "gatherings_held", c) for c in m["by_policy"].values()]
    return any(v for v in values)


def _policies(facts, scenario, lang):
    if scenario is None:
        return []
    told = []
    for i, policy in enumerate(facts["policies"]):
        rules = [
            (say(f"rule.{r.name}.label", lang), rule_in_words(r, lang))
            for r in scenario.rules(policy, facts["scale"])
        ]
        told.append({"title": _title(facts, policy, lang), "rules": rules, "look": i})
    return told


def _shocks(scenario, lang):
    """What befalls the place under every policy: (label, words)."""
    shocks = scenario.shocks.values() if scenario else ()
    return [(say(f"shock.{shock.name}.label", lang), shock_in_words(shock, lang)) for shock in shocks]


# --- assumptions -----------------------------------------------------------------------------------


def _assumptions(facts, scenario, lang):
    """Groups of numbers that bear on this comparison: (title, rows)."""
    if scenario is None:
        return []
    mine: dict[str, object] = {}
    here = f"scales.{facts['scale']}."
    for one in scenario.numbers():
        path = one.path
        if path.startswith(here):
            path = path.removeprefix(here)
        elif path.startswith("scales."):
            continue
        mine[path] = one  # what this scale says stands in place of the general value
    groups: dict[str, list] = {}
    for path, one in mine.items():
        head, text, unit = _number_told(path, facts, scenario, lang)
        if text:
            groups.setdefault(head, []).append(
                {
                    "what": text + (f" ⚠ {say('resembles.mark', lang)}" if _resembles(path, scenario) else ""),
                    "value": plain(one.value, unit, lang),
                    "source": source_in_words(one.source, lang),
                    "range": "–"
                    if one.low is None
                    else say(
                        "report.span",
                        lang,
                        low=plain(one.low, unit, lang, True),
                        high=plain(one.high, unit, lang, True),
                    ),
                }
            )
    return list(groups.items())


def _resembles(path, scenario) -> bool:
    """Whether a number of the scenario is an input close to an outcome."""
    first, _, rest = path.partition(".")
    if first == "settings":
        return PARAMETERS[rest].resembles
    if first == "shocks":
        name, argument = rest.split(".")
        return argument in scenario.shocks[name].resembling
    return False


def _number_told(path, facts, scenario, lang):
    """(group, what it is, unit) of a number of the scenario; no text when no policy here uses it."""
    first, _, rest = path.partition(".")
    if first == "settings":
        return (
            say("report.number_group.settings", lang),
            capital(say(f"setting.{rest}", lang)),
            PARAMETERS[rest].unit,
        )
    if first in ("rules", "policies"):
        argument = path.rpartition(".")[2]
        rule, users = _rule_at(path.split("."), facts["policies"], scenario)
        if rule is None or not known(f"report.argument.{rule.name}.{argument}"):
            return "", "", ""
        head = say(
            "report.rule_number",
            lang,
            rule=say(f"rule.{rule.name}.label", lang),
            policies=join([_title(facts, p, lang) for p in users], lang),
        )
        return (
            head,
            capital(say(f"report.argument.{rule.name}.{argument}", lang)),
            argument if argument == "share" else "",
        )
    if first == "shocks":
        name, argument = rest.split(".")
        head = say(f"shock.{scenario.shocks[name].name}.label", lang)
        return head, capital(say(f"argument.{argument}", lang)), ""
    key = f"report.number.{path.replace('place.', '')}"
    return say("report.number_group.place", lang), say(key, lang) if known(key) else "", ""


def _rule_at(parts, policies, scenario):
    """The rule that a path belongs to, and the compared policies that use it: ``rules.NAME.days``, or
    ``policies.ID.rules.2.days`` for one that stands in a policy without a name."""
    users, found = [], None
    for policy in policies:
        told = scenario.policies[policy]
        for place, (name, rule) in enumerate(zip(told.names, told.rules, strict=True)):
            named = parts[0] == "rules" and name == parts[1]
            if named or (parts[0] == "policies" and parts[1] == policy and str(place) in parts[2:-1]):
                found = rule
                users.append(policy)
    return found, users


# --- limits and reproduction -----------------------------------------------------------------------


def _limits(facts, lang):
    open_ones = sum(p["outcome"] == "open" for many in facts["projects"].values() for p in many)
    keys = ["teaching", "inputs", "worlds", "censored", "exploratory"]
    if facts["classroom"]:
        keys.insert(2, "classroom")
    if facts["worlds"] == 1:
        keys.insert(0, "one_world")
    if facts["failed"]:
        keys.append("failed")
    return [
        say(
            f"report.limits.{k}",
            lang,
            worlds=f"{facts['worlds']:,}",
            days=f"{facts['days']:,}",
            open=open_ones,
            failed=len(facts["failed"]),
            world=facts["projects_world"] or "–",
        )
        for k in keys
    ]


def _command(facts, comparison):
    words = [
        "commsim",
        "compare",
        str(getattr(comparison, "source", None) or facts["scenario"]),
        *facts["policies"],
        "--scale",
        facts["scale"],
        "--days",
        str(facts["days"]),
        "--worlds",
        str(facts["worlds"]),
        "--report",
        "report.html",
    ]
    return shlex.join(words)
