"""The pages in docs/scenarios/ that tell every shipped scenario in words, one in each language.

Everything on them comes from the scenario files and the catalogues, as ``commsim show`` tells it.
``python -m commsim.show.pages`` writes them anew; pages of scenarios that are gone are removed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from commsim import scenarios
from commsim.scenarios.scenario import Policy, Scenario
from commsim.words import LANGUAGES, known, say

FOLDER = Path(__file__).parents[3] / "docs" / "scenarios"
INDEX = "README.md"


def pages() -> dict[str, str]:
    """The text of every page by its file name."""
    found = [scenarios.load(name) for name in scenarios.available()]
    told = {_file(s.id, lang): page(s, lang) for s in found for lang in LANGUAGES}
    return {INDEX: index(found), **told}


def index(found: list[Scenario]) -> str:
    """The list of scenarios; both languages side by side."""
    head = [_pair(f"page.{column}") for column in ("scenario", "people", "policies")]
    rows = [[" · ".join(f"[{s.title[lang]}]({_file(s.id, lang)})" for lang in reversed(LANGUAGES)) + f" `{s.id}`",
             _sizes(s), f"{len(s.policies)}"] for s in found]  # fmt: skip
    about = [say("page.index", lang) for lang in LANGUAGES]
    return _joined(f"# {_pair('page.title')}", _written(_pair), *about, _table(head, rows))


def page(scenario: Scenario, lang: str) -> str:
    """One scenario in words: story, place, shocks, measures, policies, rules, numbers, commands."""

    def words(key, **values):
        return say(f"page.{key}", lang, **values)

    (other,) = (o for o in LANGUAGES if o != lang)
    shocks = [f"- **{say(f'shock.{shock.name}.label', lang)}** {scenarios.shock_in_words(shock, lang)}"
              for shock in scenario.shocks.values()]  # fmt: skip
    measures = [f"- **{say(f'measure.{name}.label', lang)}** `{name}` — {say(f'measure.{name}.formula', lang)}"
                for name in scenario.measures]  # fmt: skip
    return _joined(
        f"# {scenario.title[lang]} `{scenario.id}`",
        _written(lambda key, **values: say(key, lang, **values)),
        f"[{say('page.other', other)}]({_file(scenario.id, other)}) · [{words('all')}]({INDEX})",
        scenario.story[lang],
        f"## {words('place')}",
        _places(scenario, lang),
        say("cli.show.structure", lang, horizon=f"{scenario.horizon:,}", burn_in=scenario.burn_in,
            **scenario.structure),
        *([f"## {words('shocks')}", "\n".join(shocks)] if shocks else []),
        *([f"## {words('measures')}", "\n".join(measures)] if measures else []),
        f"## {words('policies')}",
        *(_policy(scenario, policy, lang) for policy in scenario.policies.values()),
        f"## {words('rules')}",
        words("rules_at", scale=_scale(scenario.default_scale, lang)),
        "\n".join(_rules(scenario, lang)),
        f"## {words('numbers')}",
        words("numbers_about"),
        _numbers(scenario, lang),
        f"## {words('commands')}",
        "\n".join(["```", *_commands(scenario), "```"]),
    )


def _places(scenario, lang) -> str:
    head = [say(f"page.{column}", lang) for column in ("scale", "people", "households", "thresholds")]
    rows = [[f"{_scale(name, lang)} `{name}`", f"{size.people:,}", f"{scenario.households(name):,}",
             say(f"cli.show.{scenario.thresholds(name)}", lang)] for name, size in scenario.scales.items()]  # fmt: skip
    return _table(head, rows)


def _policy(scenario: Scenario, policy: Policy, lang: str) -> str:
    """Its rules, and how they differ from those of the first policy and of the one before it."""
    text = f"### {policy.title[lang]} `{policy.id}`\n\n{_labelled(policy, lang) or say('page.no_rules', lang)}"
    all_of_them = list(scenario.policies.values())
    here = all_of_them.index(policy)
    nearest = min(all_of_them[:here], key=lambda p: len(set(_names(p)) ^ set(_names(policy))), default=None)
    if nearest is None:
        return text
    more = [name for name in _names(policy) if name not in _names(nearest)]
    less = [name for name in _names(nearest) if name not in _names(policy)]
    told = [say(f"page.{key}", lang, rules=_listed(names, lang)) for key, names in (("with", more), ("without", less))
            if names]  # fmt: skip
    return f"{text}\n\n{say('page.differs', lang, policy=nearest.id, how=say('words.semicolon', lang).join(told))}"


def _names(policy: Policy) -> list[str]:
    return [name or rule.name for name, rule in zip(policy.names, policy.rules, strict=True)]


def _labelled(policy: Policy, lang: str) -> str:
    """What each rule is, and its name in the file."""
    told = [f"{say(f'rule.{rule.name}.label', lang)} `{name}`"
            for name, rule in zip(_names(policy), policy.rules, strict=True)]  # fmt: skip
    return say("words.comma", lang).join(told)


def _listed(names, lang) -> str:
    return say("words.comma", lang).join(f"`{name}`" for name in names)


def _rules(scenario, lang) -> list[str]:
    told = {}
    for policy in scenario.policies.values():
        for name, rule in zip(policy.names, scenario.rules(policy.id), strict=True):
            told.setdefault((name or rule.name, rule), scenarios.rule_in_words(rule, lang))
    return [f"- `{name}` **{say(f'rule.{rule.name}.label', lang)}** {words}" for (name, rule), words in told.items()]


def _numbers(scenario, lang) -> str:
    head = [say(f"page.{column}", lang) for column in ("what", "value", "range", "source")]
    rows = [[scenarios.number_in_words(n, lang), f"{n.value:,.10g}", _span(n),
             scenarios.source_in_words(n.source, lang)] for n in scenario.numbers()]  # fmt: skip
    return _table(head, rows)


def _span(number) -> str:
    return "" if number.low is None else f"{number.low:,.10g} – {number.high:,.10g}"


def _commands(scenario) -> list[str]:
    policies = list(scenario.policies)
    own = scenario.id if scenario.id in policies else policies[min(2, len(policies) - 1)]
    return [f"commsim show {scenario.id}",
            f"commsim compare {scenario.id} {policies[0]} {own} --scale courtyard --days 365 --worlds 20",
            f"commsim new mine --from {scenario.id}"]  # fmt: skip


def _sizes(scenario) -> str:
    return " · ".join(f"{size.people:,}" for size in scenario.scales.values())


def _scale(name, lang) -> str:
    return say(f"scale.{name}", lang) if known(f"scale.{name}") else name


def _file(name, lang) -> str:
    return f"{name}.md" if lang == "en" else f"{name}.{lang}.md"


def _written(tell) -> str:
    return f"<!-- {tell('table.written', command='python -m commsim.show.pages')} -->"


def _table(head, rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _pair(key: str, **values) -> str:
    return " / ".join(dict.fromkeys(say(key, lang, **values) for lang in LANGUAGES))


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"


def write(folder: Path = FOLDER) -> None:
    """All pages into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = pages()
    for file in folder.glob("*.md"):
        if file.name not in fresh:
            file.unlink()
    for name, text in fresh.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
