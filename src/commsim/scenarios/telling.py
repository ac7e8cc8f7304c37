"""Rules and sources told in words, for people who will not read the file."""

from __future__ import annotations

import re
from dataclasses import fields

from commsim.rules import Rule
from commsim.rules.base import FOREVER
from commsim.scenarios.schema import OWN
from commsim.state.settings import THEMES
from commsim.words import known, language, say

_SENTENCES = {  # rule -> argument -> (sentence when it is set, sentence when it is not, if any)
    "notice": {"objectors": ("restarts", "unstoppable"), "hearing": ("heard", "unheard")},
    "online_group": {"forced": ("forced", None), "pay": ("paid", None)},
    "home_visits": {"renters": ("renters", "owners_only")},
    "reply_time": {"on_call": ("on_call", "off_duty")},
    "gatherings": {"threshold": ("sign_up", "always"), "gift": ("gift", None), "weekday": ("weekday", None)},
    "property_in_group": {"live_reports": ("live", None)},
    "open_books": {"online": ("online", None), "paper": ("paper", None)},
    "hall": {"opening_gift": ("gift", None)},
    "recognition": {"shown": ("shown", None), "badges": ("badges", None)},
    "persuasion": {"neighbours": ("neighbours", None), "officials": ("officials", None)},
    "coaching": {"online": ("online", "offline")},
}


def rule_in_words(rule: Rule, lang: str | None = None) -> str:
    """What the rule does, in a sentence or two, with its arguments filled in."""
    blanks = {f.name: _word(f.name, getattr(rule, f.name), lang) for f in fields(rule)}
    if rule.name == "notice":
        blanks["where"] = say(f"rule.notice.where.{_channels(rule)}", lang)
        lengths = [say(f"rule.notice.{place}", lang, days=getattr(rule, place))
                   for place in ("decision", "works", "accounts") if getattr(rule, place)]  # fmt: skip
        blanks["lengths"] = say("words.comma", lang).join(lengths) or say("rule.notice.none", lang)
    if rule.name == "gatherings":
        blanks["about"] = say(f"rule.gatherings.{'theme' if len(rule.themes) == 1 else 'themes'}", lang, **blanks)
    sentences = [say(f"rule.{rule.name}.words", lang, **blanks)]
    for argument, (yes, no) in _SENTENCES.get(rule.name, {}).items():
        which = yes if getattr(rule, argument) else no
        if which == "sign_up" and len(rule.themes) == 1:
            which = "sign_up_one"  # there is no other theme to try
        if which:
            sentences.append(say(f"rule.{rule.name}.{which}", lang, **blanks))
    if rule.start > 0:
        sentences.append(say("rule.from_day", lang, **blanks))
    if rule.end < FOREVER:
        sentences.append(say("rule.until_day", lang, **blanks))
    return ("" if language(lang) == "zh" else " ").join(s for s in sentences if s)


def shock_in_words(shock, lang: str | None = None) -> str:
    """What befalls the community, and when."""
    blanks = {f.name: _word(f.name, getattr(shock, f.name), lang) for f in fields(shock)}
    return say(f"shock.{shock.name}.words", lang, **blanks)


def _channels(rule) -> str:
    return {(True, True): "both", (True, False): "board", (False, True): "group"}.get(
        (bool(rule.board), bool(rule.group)), "nowhere")  # fmt: skip


def _word(argument, value, lang):
    if argument == "themes":
        return say("words.comma", lang).join(say(f"theme.{theme}", lang) for theme in value)
    if argument == "theme":
        return say(f"theme.{value}" if value in THEMES else f"hall_theme.{value}", lang)
    if argument == "operator":
        return say("operator.more_than" if value == ">" else "operator.at_least", lang)
    if argument in ("of", "among"):
        return say(f"whom.{value}", lang)
    if argument == "by":
        return say(f"rule.micro_grants.by_{value}", lang)
    if argument == "restart_to":
        return say(f"stage.{value}", lang)
    if argument == "scope":
        return say(f"scope.{value}", lang)
    shares = ("share", "gain", "pressed", "speed", "homes", "families", "skilled")
    if argument in shares or (argument == "buildings" and isinstance(value, float)):  # a whole number counts them
        return f"{100 * value:g}%"
    return f"{value:g}" if isinstance(value, float) else str(value)


def source_in_words(source: str, lang: str | None = None) -> str:
    """``F19; parameter renter`` as a reader understands it: no names from the code."""
    parts = [part.strip() for part in source.split(";") if part.strip()]
    return say("words.semicolon", lang).join(_one_source(part, lang) for part in parts)


def _one_source(part: str, lang) -> str:
    if part == OWN:
        return say("source.own_figure", lang)
    if part == "assumption":
        return say("source.assumption", lang)
    if known(f"source.said.{part}"):
        return say(f"source.said.{part}", lang)
    row = f"source.row.{part.removeprefix('parameter ')}"
    if part.startswith("parameter ") and known(row):
        return say(row, lang)
    if section := re.fullmatch(r"model\.md (\w+)", part):
        return say("source.model", lang, section=section[1])
    facts = _facts(part)
    if facts and all(known(f"source.fact.{fact}") for fact in facts):
        told = [say("source.report", lang, fact=f, what=say(f"source.fact.{f}", lang)) for f in facts]
        return say("words.semicolon", lang).join(told)
    return part


def _facts(part: str) -> list[str]:
    """``F58-F59, F164`` names three facts; anything but such a list names none."""
    if not re.fullmatch(r"F\d+(-F\d+)?(, F\d+(-F\d+)?)*", part):
        return []
    found = []
    for first, last in re.findall(r"F(\d+)(?:-F(\d+))?", part):
        found += [f"F{k}" for k in range(int(first), int(last or first) + 1)]
    return found


def number_in_words(number, lang: str | None = None) -> str:
    """What a number of a scenario is: ``settings.renter_share`` -> share of renters among households."""
    steps = number.path.split(".")
    if steps[0] == "scales":
        size, rest = steps[1], steps[2:]
        key = f"scale.{size}"
        place = say(key, lang) if known(key) else size
        return say("number.at_scale", lang, scale=place, what=_what(rest, lang))
    return _what(steps, lang)


def _what(steps, lang) -> str:
    if steps[0] == "settings":
        return say(f"setting.{steps[1]}", lang)
    if steps[0] in ("rules", "policies", "shocks"):
        name = steps[1] if steps[0] != "policies" else f"{steps[1]}[{steps[3]}]"
        return say("number.of_rule", lang, rule=name, what=say(f"argument.{steps[-1]}", lang))
    return say(f"number.{steps[-1]}", lang)
