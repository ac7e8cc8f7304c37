"""One's own community: questions in plain words whose answers become a scenario file.

Each question stands for one number of the scenario that serves as a template.  An answer takes its
place and its source is then "own figure"; what is not answered keeps the template's number, source
and range.  Only the size that was asked about and the classroom are kept of the template's scales.
"""

from __future__ import annotations

import io
import math
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from commsim.errors import UserError
from commsim.scenarios import schema
from commsim.scenarios.reading import YamlFile, file_of
from commsim.scenarios.scenario import Scenario
from commsim.state.settings import PARAMETERS
from commsim.words import LANGUAGES, say

TEMPLATE = "blank"  # the scenario that is there to be filled
TODAY = "group_today"  # the rule that keeps open the chat group there is, where a policy opens none


@dataclass(frozen=True)
class Question:
    """``kind``: whole, number or share (asked in per cent); ``low`` and ``high`` as it is asked."""

    name: str
    kind: str
    low: float
    high: float
    too_far: str = "answer_out_of_range"  # what is said of a number outside

    def read(self, text: str) -> float:
        """The number that somebody typed; a UserError says what is allowed."""
        facts = {"value": text.strip(), "low": _shown(self.low), "high": _shown(self.high)}
        number = _number(text)
        if number is None:
            raise UserError("answer_not_number", **facts)
        if self.kind == "whole" and number != int(number):
            raise UserError("answer_not_whole", **facts)
        if self.kind == "share" and 0 < number < 1 and "%" not in unicodedata.normalize("NFKC", text):
            raise UserError("answer_not_percent", **facts)
        if not self.low <= number <= self.high:
            raise UserError(self.too_far, **facts)
        return int(number) if self.kind == "whole" else round(number / 100, 6) if self.kind == "share" else number

    def shown(self, value: float) -> str:
        """A number of the scenario as it would be typed here."""
        return _shown(round(value * 100, 4) if self.kind == "share" else value)


def _number(text: str) -> float | None:
    """``2,308``, ``2.3万`` or ``４５％``; None when it is no number."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u3001", ",")
    found = re.fullmatch(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,15})?)\s*(万)?\s*[%人户个栋名年]?", plain)
    if not found:
        return None
    number = float(found[1].replace(",", "")) * (10_000 if found[2] else 1)
    return round(number, 6)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


_SHARES = ("renter_share", "short_share", "child_share", "elder_share", "literate_old", "commuter_share",
           "trust_start")  # fmt: skip


class Own:
    """A template on its way to somebody's own scenario."""

    def __init__(self, template: Scenario):
        self.template = template
        self.scale = template.default_scale
        self.answers: dict[str, float] = {}

    def questions(self) -> list[str]:
        """Names of the questions, in the order in which they are asked."""
        return ["people", "households", *schema.PLACE, *_SHARES, "officials", "projects_a_year", "members"]

    def question(self, name: str) -> Question:
        """The question with the limits that follow from what was answered before it."""
        if name == "people":
            return Question(name, "whole", *schema.PEOPLE)
        if name == "households":
            fewest = max(schema.HOUSEHOLDS[0], math.ceil(self._people() / 6))
            return Question(name, "whole", fewest, max(fewest, self._people()))
        if name in schema.PLACE:
            return Question(name, "whole", *schema.PLACE[name][1:])
        if name == "members":
            return Question(name, "whole", 0, self._phone_users(), "answer_members")
        parameter = PARAMETERS[name]
        if name in _SHARES:
            return Question(name, "share", round(100 * parameter.low, 6), round(100 * parameter.high, 6))
        if name == "officials":
            return Question(name, "whole", parameter.low, parameter.high)
        return Question(name, "number", parameter.low if self._may_have_none() else 0.5, parameter.high)

    def usual(self, name: str) -> float | None:
        """What stands in the template: taken where there is no answer.  None: nothing is known."""
        size = self.template.scale(self.scale)
        if name == "people":
            return size.people
        if name == "households":
            if "people" in self.answers or not size.households:
                return max(1, round(self._people() / self.template.settings(self.scale).x.mean_household))
            return size.households
        if name in schema.PLACE:
            return self.template.structure[name]
        if name == "members":
            return self.template.settings(self.scale).x.group_members or None
        return getattr(self.template.settings(self.scale).x, name)

    def answer(self, name: str, value: float) -> None:
        self.answers[name] = value

    def _people(self) -> int:
        return int(self.answers.get("people", self.template.scale(self.scale).people))

    def _phone_users(self) -> int:
        """How many adults use a smartphone by what was answered: nobody else can be in a group."""
        x = self.template.settings(self.scale).x
        x = x._replace(**{name: value for name, value in self.answers.items() if name in x._fields})
        elders, children = x.elder_share, x.child_share
        users = max(0.0, 1 - elders - children) * x.literate_young + elders * x.literate_old
        return int(self._people() * min(1.0, users) + 1e-6)

    def _may_have_none(self) -> bool:
        """Whether the template's policies allow that there is no project to govern."""
        return not any(rule.stages() for policy in self.template.policies.values() for rule in policy.rules)

    def text(self, name: str, title: str) -> str:
        """The scenario file: the template's, comments and all, with the answers in their places."""
        from ruamel.yaml import YAML

        yaml = YAML(typ="rt", pure=True)
        yaml.preserve_quotes, yaml.width = True, 4096
        yaml.indent(mapping=2, sequence=4, offset=2)
        tree = yaml.load(file_of(self.template).read_text(encoding="utf-8-sig"))
        tree["id"] = name
        for lang in LANGUAGES:
            tree["title"][lang] = title
            if self.template.source != TEMPLATE:  # another place's story is not this one's
                tree["story"][lang] = say("own.story", lang, template=self.template.title[lang])
        self._keep_scales(tree)
        for question in self.questions():
            if question in self.answers:
                self._put(tree, question, self.answers[question])
        stream = io.StringIO()
        yaml.dump(tree, stream)
        checked = self._head() + stream.getvalue()
        _loads(checked, name)
        return checked

    def _keep_scales(self, tree) -> None:
        tree["default_scale"] = self.scale
        for other in [s for s in tree["scales"] if s != self.scale]:
            size = self.template.scale(other)
            if not size.classroom or size.people >= self._people():
                del tree["scales"][other]

    def _put(self, tree, name, value) -> None:
        mine = tree["scales"][self.scale]
        if name == "people":
            mine["people"] = _figure(value)
            if "households" not in self.answers:
                mine.pop("households", None)
        elif name == "households":
            mine["households"] = _figure(value)
            self._put_mean_household(tree, value)
        elif name in schema.PLACE:
            _section(tree, "place")[name] = _figure(value)
        elif name == "members":
            self._put_members(tree, value)
        else:
            mine.get("settings", {}).pop(name, None)
            _section(tree, "settings")[name] = _figure(value)

    def _put_members(self, tree, members) -> None:
        """Every policy begins with the group as it is today; the classroom's has the same share of its people."""
        for size in tree["scales"].values():
            share = self._people_of(size) / self._people()
            _section(size, "settings")["group_members"] = _figure(round(members * share))
        opens = {name: [r.start for r in policy.rules if r.name == "online_group"]
                 for name, policy in self.template.policies.items()}  # fmt: skip
        without = {name: min(starts, default=None) for name, starts in opens.items() if 0 not in starts}
        for name, later in without.items() if members else ():
            today = TODAY if later is None else f"{TODAY}_until_{later}"
            _section(tree, "rules").setdefault(today, _rule("online_group", later))
            tree["policies"][name]["rules"].insert(0, today)

    def _people_of(self, size) -> float:
        people = size["people"]
        return people["value"] if isinstance(people, dict) else people

    def _put_mean_household(self, tree, households) -> None:
        """The classroom has households of the same size."""
        mean, allowed = round(self._people() / households, 3), PARAMETERS["mean_household"]
        if allowed.low <= mean <= allowed.high:
            _section(tree, "settings")["mean_household"] = _figure(mean)

    def _head(self) -> str:
        lines = [say("own.head", lang, template=self.template.id) for lang in LANGUAGES]
        return "".join(f"# {line}\n" for line in lines) + "\n"


def _figure(value):
    from ruamel.yaml.comments import CommentedMap

    figure = CommentedMap(value=int(value) if value == int(value) else value, source=schema.OWN)
    figure.fa.set_flow_style()
    return figure


def _rule(kind, end):
    from ruamel.yaml.comments import CommentedMap

    rule = CommentedMap(rule=kind, **({} if end is None else {"end": end}))
    rule.fa.set_flow_style()
    return rule


def _section(tree, name):
    if tree.get(name) is None:
        tree[name] = {}
    return tree[name]


def _loads(text: str, name: str) -> None:
    """A mistake in the new file is told before anything is written."""
    with tempfile.TemporaryDirectory(prefix="commsim-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        YamlFile(file).scenario(str(file))
