"""Reading a scenario file: every mistake is answered with file, line, column and what is allowed.

Three steps: the bytes become a YAML tree that remembers positions; pydantic checks its shape;
then names and values are checked against the model's levers and rules.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import MISSING, fields, replace
from functools import cache
from pathlib import Path

from commsim.errors import UserError, nearest
from commsim.measures.table import MEASURES
from commsim.rules import RULES, fold, rule_from_data
from commsim.scenarios import schema
from commsim.scenarios.names import FOLDER, available
from commsim.scenarios.scenario import Number, Policy, Scale, Scenario
from commsim.state.settings import PARAMETERS
from commsim.state.shocks import SHOCKS
from commsim.words import say

_LARGEST = 2_000_000  # bytes; a scenario is a few thousand
_SUMS = (  # shares of one whole
    ("child_share", "elder_share"),
    ("conditional_share", "unconditional_share"),
    ("ring_stairwell", "ring_building", "ring_courtyard"),
    ("class_1", "class_2"),
)
_OPENS_GROUPS = ("online_group", "coaching")  # one of them comes before a group of their leaders
_BESIDE = {  # a rule that does nothing without another
    "tracking": "coaching",
    "audit": "coaching",
    "deliberation_group": "pre_screening",
    "easy_voting": "vote",
}


class InFile(UserError):
    """A mistake in a file: the message says in which one, at which line and column (from 1)."""

    def __init__(self, inner: UserError, file: str, line: int, column: int):
        self.inner = inner
        super().__init__(inner.key, **{**inner.facts, "file": file, "line": line, "column": column})

    def text(self, lang: str | None = None) -> str:
        return say("error.in_file", lang, file=self.facts["file"], line=self.facts["line"],
                   column=self.facts["column"], message=self.inner.text(lang))  # fmt: skip


def load(source: str | Path | Scenario) -> Scenario:
    """The scenario of that id, or in that YAML file."""
    if isinstance(source, Scenario):
        return source
    text = str(source)
    if isinstance(source, str) and text in available():
        return _shipped(text)
    path = Path(text).expanduser()
    looks_like_a_file = path.suffix.lower() in (".yaml", ".yml") or len(path.parts) > 1 or path.exists()
    if isinstance(source, str) and not looks_like_a_file:
        raise UserError("scenario_unknown", value=text, allowed=", ".join(available()),
                        nearest=nearest(text, available()))  # fmt: skip
    return YamlFile(path).scenario(str(path.resolve()))


def file_of(scenario: Scenario) -> Path:
    """The YAML file that a scenario was read from."""
    return FOLDER / f"{scenario.source}.yaml" if scenario.source in available() else Path(scenario.source)


@cache
def _shipped(name: str) -> Scenario:
    return YamlFile(FOLDER / f"{name}.yaml").scenario(name)


def _text_of(path: Path) -> str:
    if path.is_dir():
        raise UserError("file_is_folder", place=str(path))
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError("file_too_large", place=str(path), allowed=_LARGEST // 1_000_000)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError("file_missing", place=str(path), nearest=_neighbour(path)) from None
    except OSError as fault:
        raise UserError("file_unreadable", place=str(path), value=fault.strerror or fault) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise UserError("file_encoding", place=str(path), value=line) from None


def _neighbour(path: Path) -> str | None:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in (".yaml", ".yml")]
    except OSError:
        return None
    close = difflib.get_close_matches(path.name, names, n=1)
    return str(path.parent / close[0]) if close else None


class YamlFile:
    """One file on its way to a scenario: the YAML tree and where each thing stands in it."""

    def __init__(self, path: Path):
        self.path = path
        self.tree = self._tree(_text_of(path))

    def _tree(self, text: str):
        from ruamel.yaml import YAML
        from ruamel.yaml.constructor import DuplicateKeyError
        from ruamel.yaml.error import YAMLError

        try:
            tree = YAML(typ="rt", pure=True).load(text)
        except DuplicateKeyError as fault:
            mark = fault.problem_mark
            key = text.splitlines()[mark.line][mark.column :].split(":")[0].strip()
            raise self._wrong(UserError("key_twice", value=key), (mark.line, mark.column)) from None
        except YAMLError as fault:
            mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
            place = (mark.line, mark.column) if mark else (0, 0)
            raise self._wrong(UserError("file_not_yaml", place=str(self.path)), place) from None
        except (ValueError, RecursionError, AttributeError, TypeError):
            raise UserError("file_not_yaml", place=str(self.path)) from None
        if tree is None:
            raise UserError("file_empty", place=str(self.path))
        if not isinstance(tree, dict):
            raise self._wrong(UserError("not_mapping", place="-", value=_short(tree)), (0, 0))  # fmt: skip
        return tree

    # -- positions -------------------------------------------------------------------------------

    def _at(self, loc, key=False) -> tuple[int, int]:
        """Line and column (from 0) of the value at ``loc``, or of its key; else of what holds it."""
        node, place = self.tree, (0, 0)
        for depth, step in enumerate(loc):
            try:
                if isinstance(node, dict):
                    found = node.lc.key(step), node.lc.value(step)
                    place = found[0] if key and depth == len(loc) - 1 else found[1]
                else:
                    place = node.lc.item(step)
                node = node[step]
            except (KeyError, IndexError, TypeError, AttributeError):
                break
        return place

    def _wrong(self, fault: UserError, place: tuple[int, int]) -> InFile:
        return InFile(fault, str(self.path), place[0] + 1, place[1] + 1)

    def _fault(self, loc, name, key=False, **facts) -> InFile:
        fault = UserError(name, place=_dotted(loc) or self.path.name, **facts)
        return self._wrong(fault, self._at(loc, key))

    # -- shape -----------------------------------------------------------------------------------

    def _checked(self, model, data, loc=()):
        from pydantic import ValidationError

        try:
            return model.model_validate(data)
        except ValidationError as fault:
            found = [(e["type"] == "missing", self._from_pydantic(e, loc, model))
                     for e in fault.errors(include_url=False)]  # fmt: skip
            # a misspelt key is also a missing one: what is there and wrong is told first
            raise min(found, key=lambda f: (f[0], f[1].facts["line"], f[1].facts["column"]))[1] from None

    def _from_pydantic(self, error, loc, model) -> InFile:
        path = (*loc, *(step for step in error["loc"] if step != "[key]"))
        kind, given = error["type"], error.get("input")
        if kind == "extra_forbidden" or kind == "invalid_key":
            known = _known_keys(model, error["loc"][:-1])
            return self._fault(path, "key_unknown", key=True, value=path[-1], allowed=", ".join(known),
                               nearest=nearest(path[-1], known))  # fmt: skip
        if kind == "missing":
            if path[-1] in ("zh", "en"):
                return self._fault(path[:-1], "language_missing", value=path[-1])
            return self._fault(path[:-1], "key_missing", value=path[-1])
        if kind == "turned_round":
            return self._fault((*path, "range"), "not_range", value=_pair(error["ctx"]["value"]))
        if kind == "outside":
            return self._fault((*path, "value"), "value_outside_its_range", **error["ctx"])
        if kind == "not_finite":
            return self._fault(path, "not_finite", value=_short(given))
        if kind == "not_a_number":
            return self._fault(path, "not_number", value=_short(given))
        if kind == "string_pattern_mismatch":
            return self._fault(path, "bad_id", key="[key]" in error["loc"], value=_short(given))
        if kind in ("string_too_short", "too_short") and not given:
            return self._fault(path, "value_empty")
        expected = {"string_type": "text", "bool_type": "bool", "list_type": "list"}
        if kind == "too_long" or kind == "too_short":
            return self._fault(path, "not_range", value=_short(given))
        what = expected.get(kind, "mapping")
        if kind == "model_type" and path and path[-1] in ("title", "story"):
            return self._fault(path, "language_missing", value="zh, en")
        return self._fault(path, f"not_{what}", value=_short(given))

    # -- meaning ---------------------------------------------------------------------------------

    def scenario(self, source: str) -> Scenario:
        """Everything checked, as a Scenario."""
        self.figures: list[Number] = []
        raw = self._checked(schema.ScenarioFields, self.tree)
        structure = {
            name: self._whole(getattr(raw.place, name), ("place", name), low, high, default)
            for name, (default, low, high) in schema.PLACE.items()
        }
        scenario = Scenario(
            id=str(raw.id),
            title=_both(raw.title),
            story=_both(raw.story),
            horizon=self._whole(raw.horizon, ("horizon",), *schema.HORIZON),
            burn_in=self._whole(raw.burn_in, ("burn_in",), *schema.BURN_IN),
            default_scale=self._default_scale(raw),
            structure=structure,
            own_settings=self._settings(raw.settings, ("settings",)),
            shocks={str(name): self._shock(data, ("shocks", name)) for name, data in raw.shocks.items()},
            measures=self._measures(raw.measures),
            figures=(),
            source=source,
            **self._scales_and_policies(raw),
        )
        scenario = replace(scenario, figures=tuple(self.figures))
        self._check_whole(scenario)
        return scenario

    def _default_scale(self, raw) -> str:
        name = raw.default_scale or next(iter(raw.scales))
        if name not in raw.scales:
            raise self._fault(("default_scale",), "scale_unknown", value=name,
                              allowed=", ".join(raw.scales), nearest=nearest(name, raw.scales))  # fmt: skip
        return str(name)

    def _keep(self, figure, loc):
        low, high = figure.range or (None, None)
        self.figures.append(Number(_dotted(loc), figure.value, figure.source, low, high))
        return figure.value

    def _value_at(self, loc):
        """Where the bare value stands: under ``value`` if it is written as a figure."""
        node = self.tree
        for step in loc:
            node = node[step] if step in node or isinstance(node, list) else {}
        return (*loc, "value") if isinstance(node, dict) and node else loc

    def _whole(self, figure, loc, low, high, default=None) -> int:
        if figure is None:
            return default
        if figure.value != int(figure.value):
            raise self._fault(self._value_at(loc), "not_whole", value=figure.value)
        if not low <= figure.value <= high:
            raise self._fault(self._value_at(loc), "value_out_of_range", value=figure.value,
                              low=low, high=high)  # fmt: skip
        self._keep(figure, loc)
        return int(figure.value)

    def _settings(self, given, loc) -> dict[str, float]:
        found = {}
        for name, figure in given.items():
            if name not in PARAMETERS:
                raise self._fault((*loc, name), "setting_unknown", key=True, value=name,
                                  allowed="", nearest=nearest(name, PARAMETERS))  # fmt: skip
            parameter = PARAMETERS[name]
            if not parameter.low <= figure.value <= parameter.high:
                raise self._fault(self._value_at((*loc, name)), "value_out_of_range", value=figure.value,
                                  low=_plain(parameter.low), high=_plain(parameter.high))  # fmt: skip
            if figure.range and not parameter.low <= figure.range[0] <= figure.range[1] <= parameter.high:
                raise self._fault((*loc, name, "range"), "range_beyond_limits", value=_pair(figure.range),
                                  low=_plain(parameter.low), high=_plain(parameter.high))  # fmt: skip
            found[str(name)] = float(self._keep(figure, (*loc, name)))
        return found

    def _measures(self, given) -> tuple[str, ...]:
        for i, name in enumerate(given):
            if name not in MEASURES:
                raise self._fault(("measures", i), "measure_unknown", value=name, allowed=", ".join(MEASURES),
                                  nearest=nearest(name, MEASURES))  # fmt: skip
        return tuple(str(name) for name in given)

    def _scales_and_policies(self, raw) -> dict:
        named = {str(name): self._rule(data, ("rules", name)) for name, data in raw.rules.items()}
        scales = {}
        for name, given in raw.scales.items():
            loc = ("scales", name)
            scales[str(name)] = Scale(
                name=str(name),
                people=self._whole(given.people, (*loc, "people"), *schema.PEOPLE),
                households=self._whole(given.households, (*loc, "households"), *schema.HOUSEHOLDS),
                classroom=given.classroom,
                settings=self._settings(given.settings, (*loc, "settings")),
                replaced=self._replaced(given.rules, named, (*loc, "rules")),
            )
        policies = {str(name): self._policy(name, given, named) for name, given in raw.policies.items()}
        return {"scales": scales, "policies": policies}

    def _replaced(self, given, named, loc) -> dict:
        found = {}
        for name, arguments in given.items():
            if name not in named:
                raise self._fault((*loc, name), "named_rule_unknown", key=True, value=name,
                                  allowed=", ".join(named), nearest=nearest(name, named))  # fmt: skip
            data = self._arguments(type(named[name]), arguments, (*loc, name))
            self._built({**named[name].as_data(), **data}, (*loc, name))
            found[str(name)] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return found

    def _policy(self, name, given, named) -> Policy:
        rules, names = [], []
        for i, entry in enumerate(given.rules):
            loc = ("policies", name, "rules", i)
            if isinstance(entry, str):
                if entry not in named:
                    raise self._fault(loc, "named_rule_unknown", value=entry, allowed=", ".join(named),
                                      nearest=nearest(entry, named))  # fmt: skip
                rules.append(named[entry])
                names.append(str(entry))
            elif isinstance(entry, dict):
                rules.append(self._rule(entry, loc))
                names.append(None)
            else:
                raise self._fault(loc, "not_rule", value=_short(entry))
        return Policy(str(name), _both(given.title), tuple(rules), tuple(names))

    def _rule(self, data, loc):
        if "rule" not in data:
            raise self._fault(loc, "key_missing", value="rule")
        kind = data["rule"]
        if not isinstance(kind, str) or kind not in RULES:
            raise self._fault((*loc, "rule"), "rule_unknown", value=_short(kind),
                              allowed=", ".join(sorted(RULES)), nearest=nearest(kind, RULES))  # fmt: skip
        arguments = {k: v for k, v in data.items() if k != "rule"}
        return self._built({"rule": str(kind), **self._arguments(RULES[kind], arguments, loc)}, loc)

    def _shock(self, data, loc):
        if "shock" not in data:
            raise self._fault(loc, "key_missing", value="shock")
        kind = data["shock"]
        if not isinstance(kind, str) or kind not in SHOCKS:
            raise self._fault((*loc, "shock"), "shock_unknown", value=_short(kind),
                              allowed=", ".join(sorted(SHOCKS)), nearest=nearest(kind, SHOCKS))  # fmt: skip
        found = self._arguments(SHOCKS[kind], {k: v for k, v in data.items() if k != "shock"}, loc)
        for argument, value in found.items():
            low, high = SHOCKS[kind].limits[argument]
            if not low <= value <= high:
                raise self._fault(self._value_at((*loc, argument)), "value_out_of_range", value=value,
                                  low=_plain(low), high=_plain(high))  # fmt: skip
        return SHOCKS[kind](**found)

    def _arguments(self, kind, given, loc) -> dict:
        """The arguments of a rule or shock as plain values, each of the type that its default has."""
        known = {f.name: f.default for f in fields(kind)}
        found = {}
        for argument, value in given.items():
            here = (*loc, argument)
            if argument not in known:
                raise self._fault(here, "argument_unknown", key=True, value=argument,
                                  allowed=", ".join(sorted(known)),
                                  nearest=nearest(argument, known))  # fmt: skip
            found[str(argument)] = self._argument(value, known[argument], here)
        return found

    def _argument(self, value, default, loc):
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise self._fault(loc, "not_bool", value=_short(value))
            return value
        if isinstance(default, str):
            if not isinstance(value, str):
                raise self._fault(loc, "not_text", value=_short(value))
            return str(value)
        if isinstance(default, tuple):
            if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
                raise self._fault(loc, "not_list", value=_short(value))
            return [str(v) for v in value]
        figure = self._checked(schema.FigureFields, schema.as_figure(value), loc)
        if isinstance(default, int) and default is not MISSING and figure.value != int(figure.value):
            raise self._fault(self._value_at(loc), "not_whole", value=figure.value)
        kept = self._keep(figure, loc)
        return int(kept) if isinstance(default, int) else float(kept)

    def _built(self, data, loc):
        try:
            rule = rule_from_data(data)
        except UserError as fault:
            argument = str(fault.facts.get("place", "")).rpartition(".")[2]
            here = self._value_at((*loc, argument)) if self._is_there((*loc, argument)) else loc
            facts = {name: _plain(fact) for name, fact in fault.facts.items()} | {"place": _dotted((*loc, argument))}
            raise self._wrong(UserError(fault.key, **facts), self._at(here)) from None
        if rule.end == rule.start:
            raise self._fault(self._value_at((*loc, "end")) if self._is_there((*loc, "end")) else loc,
                              "never_holds", value=rule.end)  # fmt: skip
        return rule

    def _is_there(self, loc) -> bool:
        node = self.tree
        for step in loc:
            if isinstance(node, dict) and step not in node:
                return False
            node = node[step]
        return True

    # -- what only shows when everything is put together --------------------------------------------

    def _check_whole(self, scenario: Scenario) -> None:
        for name in scenario.scales:
            x, here = scenario.settings(name).x, ("scales", name)
            for group in _SUMS:
                total = sum(getattr(x, lever) for lever in group)
                if total > 1 + 1e-9:
                    raise self._fault(self._where(group, here), "shares_over_one",
                                      value=round(total, 4), allowed=", ".join(group))  # fmt: skip
            if x.project_subsidy > x.project_cost:
                raise self._fault(self._where(("project_subsidy", "project_cost"), here),
                                  "subsidy_over_cost", value=_plain(x.project_subsidy),
                                  allowed=_plain(x.project_cost))  # fmt: skip
            if x.group_members > scenario.scales[name].people:
                raise self._fault(self._where(("group_members",), here), "members_over_people",
                                  value=_plain(x.group_members), allowed=scenario.scales[name].people)  # fmt: skip
            size = scenario.scales[name].people / scenario.households(name)
            if not 1 <= size <= 6:
                raise self._fault(here, "household_mean", value=round(size, 2), low=1, high=6)
            for policy in scenario.policies:
                self._fold_through(scenario, policy, name)
                if x.projects_a_year == 0:
                    self._needs_no_projects(scenario.policies[policy])
                self._builds_on(scenario, policy, name)

    def _needs_no_projects(self, policy):
        for i, rule in enumerate(policy.rules):
            if rule.stages():
                raise self._fault(("policies", policy.id, "rules", i), "nothing_to_govern", value=rule.name)

    def _builds_on(self, scenario, policy, scale):
        """Nobody leads what does not exist: some rules make sense only beside, or after, others."""
        rules = scenario.rules(policy, scale)
        for i, rule in enumerate(rules):
            loc = ("policies", policy, "rules", i)
            opens = [r for r in rules if r.name in _OPENS_GROUPS and r.start <= rule.start]
            if rule.name == "leaders_group" and not opens:
                raise self._fault(loc, "leaders_without_groups", value=rule.name, allowed=" / ".join(_OPENS_GROUPS))
            wanted = _BESIDE.get(rule.name)
            beside = [r for r in rules if r.name == wanted and r.start < rule.end and rule.start < r.end]
            if wanted and not beside:
                raise self._fault(loc, "needs_another_rule", value=rule.name, allowed=wanted)

    def _where(self, levers, scale_loc):
        for loc in [(*scale_loc, "settings"), ("settings",)]:
            for lever in levers:
                if self._is_there((*loc, lever)):
                    return (*loc, lever)
        return scale_loc

    def _fold_through(self, scenario, policy, scale):
        rules = scenario.rules(policy, scale)
        for day in sorted({r.start for r in rules} | {r.end for r in rules}):
            for i in range(len(rules)):
                try:
                    fold(scenario.settings(scale), rules[: i + 1], day)
                except UserError as fault:
                    raise self._clash(scenario.policies[policy], rules, i, day, fault) from None

    def _clash(self, policy, rules, i, day, fault) -> InFile:
        """Rule ``i`` contradicts one before it: which two, and what each says about the same thing."""
        lever = fault.facts["lever"]
        j = next(j for j, r in enumerate(rules) if r.holds(day) and (lever in r.levers() or lever in r.stages()))
        named = [policy.names[k] or rules[k].name for k in (j, i)]
        said = [_differing(rules[k], rules[other]) or f"{lever}: {fault.facts[what]}"
                for k, other, what in ((j, i, "other"), (i, j, "value"))]  # fmt: skip
        return self._fault(("policies", policy.id, "rules", i), "rules_clash", day=day, value=named[1],
                           said=said[1], other=named[0], other_said=said[0])  # fmt: skip


def _known_keys(model, loc) -> list[str]:
    """The keys that the model allows at ``loc`` (names of scales and policies are passed through)."""
    for step in loc:
        field = getattr(model, "model_fields", {}).get(step)
        if field is not None:
            model = _model_in(field.annotation) or model
    return list(getattr(model, "model_fields", {}))


def _model_in(annotation):
    """The pydantic model inside ``Figure | None``, ``dict[Name, ScaleFields]`` and the like."""
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _model_in(part):
            return found
    return None


def _both(words: schema.Words) -> dict[str, str]:
    """Both languages; a folded line leaves a space, which Chinese does not want between characters."""
    return {"zh": re.sub(r"(?<=[^\x00-\x7f])[ \n]+(?=[^\x00-\x7f])", "", words.zh), "en": words.en}


def _pair(values) -> str:
    return f"[{', '.join(str(value) for value in values)}]"


def _dotted(loc) -> str:
    return ".".join(str(step) for step in loc)


def _differing(rule, other) -> str:
    """The arguments in which a rule differs from another of its kind; empty for another kind."""
    if type(rule) is not type(other):
        return ""
    mine = [(f.name, getattr(rule, f.name)) for f in fields(rule) if f.name not in ("start", "end")]
    told = {True: "true", False: "false"}
    return ", ".join(f"{name}: {told[value] if isinstance(value, bool) else _plain(value)}"
                     for name, value in mine if value != getattr(other, name))  # fmt: skip


def _short(value) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"


def _plain(value):
    return int(value) if isinstance(value, float) and value.is_integer() else value
