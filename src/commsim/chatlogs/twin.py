"""A twin of a real group: a scenario whose numbers come from its log where the log can tell them.

Levers that the log tells stand with their interval as range and the source "from the log"; the others keep the
template's number, and the head of the file says why.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np

from commsim.chatlogs import fitting, matching
from commsim.chatlogs.events import Log
from commsim.chatlogs.fitting import SOURCE, Estimate, Found, NotIdentifiable
from commsim.scenarios.own import Own, _loads, _section
from commsim.scenarios.reading import load as load_scenario
from commsim.state.settings import PARAMETERS
from commsim.words import LANGUAGES, say

IN_SETTINGS = ("mu", "u", "a", "q", "theta_join", "view_hours")
DIGITS = 4


@dataclass(frozen=True)
class Twin:
    """``text``: the scenario file; ``found``: everything that was asked of the log; ``people`` and ``members``: how
    many live there and are in the group today."""

    text: str
    found: list[Found]
    people: int
    members: int

    @property
    def set(self) -> list[str]:
        """Levers whose value in the file comes from the log."""
        return [e.name for e in self.found if isinstance(e, Estimate) and e.name in (*IN_SETTINGS, "p_b")]


class _Own(Own):
    """One's own scenario with another head."""

    def _head(self) -> str:
        return ""


def twin(log: Log, scenario: str = "blank", people: int | None = None, members: int | None = None,
         name: str = "twin", worlds: int = matching.WORLDS, progress=None) -> Twin:  # fmt: skip
    """A scenario like ``scenario`` with what ``log`` tells about joining, posting, replying.

    ``people``: how many live there (default: as in the scenario); ``members``: how many are in the group today,
    where the log names writers only.  ``progress(done, total)`` is told of every world lived through.
    """
    template = load_scenario(scenario)
    own = _Own(template)
    own.answer("people", own.question("people").read(str(template.scale().people if people is None else people)))
    lives = int(own.answers["people"])
    place = replace(template.place(), people=lives, households=max(1, round(
        lives / template.settings().x.mean_household)))  # fmt: skip
    levers = template.settings().x
    direct = fitting.fit(log, lives, members, levers)
    matched = matching.match(log, place, _poster(template), members, worlds, progress).found
    told = {e.name for e in matched}
    found = [e for e in direct if e.name not in told] + matched
    today = _today(log, members)
    if today:
        own.answer("members", min(today, own.question("members").high))
    return Twin(_with_sources(own, name, found), found, lives, int(own.answers.get("members", 0)))


def _poster(template) -> float:
    """p_b as the scenario's own rule for a chat group has it."""
    posters = [rule.poster for policy in template.policies.values() for rule in policy.rules
               if rule.name == "online_group"]  # fmt: skip
    return posters[0] if posters else PARAMETERS["p_b"].default


def _today(log: Log, members: int | None) -> int:
    """Members at the end of the log; as counted where somebody counted them."""
    if members is not None:
        return members
    there = fitting.presence(log)
    return int((there.members & (there.until >= there.days)).sum())


def _with_sources(own: Own, name: str, found: list[Found]) -> str:
    """The file of one's own scenario with the log's numbers put into it."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes, yaml.width = True, 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(own.text(name, name))
    for e in found:
        if isinstance(e, Estimate) and e.name in IN_SETTINGS:
            for size in tree["scales"].values():
                size.get("settings", {}).pop(e.name, None)
            _section(tree, "settings")[e.name] = figure(e)
        elif isinstance(e, Estimate) and e.name == "p_b":
            for rule in tree.get("rules", {}).values():
                if rule.get("rule") == "online_group":
                    rule["poster"] = figure(e)
    for size in tree["scales"].values():
        if "group_members" in size.get("settings", {}):
            size["settings"]["group_members"]["source"] = SOURCE
    stream = io.StringIO()
    yaml.dump(tree, stream)
    text = _head(own, found) + stream.getvalue()
    _loads(text, name)
    return text


def figure(e: Estimate):
    """``{value, source, range}`` of an estimate, within what the model allows."""
    from ruamel.yaml.comments import CommentedMap

    allowed = PARAMETERS[e.name]
    value, low, high = (rounded(min(max(x, allowed.low), allowed.high)) for x in (e.value, e.low, e.high))
    made = CommentedMap(value=value, source=e.source, range=[min(low, value), max(high, value)])
    made.fa.set_flow_style()
    return made


def rounded(x: float) -> float:
    return float(np.format_float_positional(x, DIGITS, fractional=False, trim="-"))


def _head(own: Own, found: list[Found]) -> str:
    """What the log told and what it could not, in both languages, as comments."""
    unknown = [e for e in found if isinstance(e, NotIdentifiable) and e.name in PARAMETERS]
    lines = []
    for lang in LANGUAGES:
        lines.append(say("twin.head", lang, template=own.template.id))
        if unknown:
            lines.append(say("twin.unknown", lang))
        lines += [f"  {e.name}: {say(f'fitting.reason.{e.reason}', lang)}" for e in unknown]
    return "".join(f"# {line}\n" for line in lines) + "\n"
