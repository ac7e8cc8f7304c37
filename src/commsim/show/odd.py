"""The part of the model's description that the code can tell itself: its phases, rules and state.

``python -m commsim.show.odd phases > docs/model/phases.md`` writes a page; so do ``rules`` and ``state``.
What a page says comes from the plan of the day, the rules, the tables, their first lines of documentation and
the catalogues.  Both languages stand together, Chinese first; what is documented in the code is in English.
"""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import fields
from importlib import import_module

import numpy as np

from commsim.columns import Table
from commsim.day.plan import PHASES, offline_day
from commsim.rules import RULES
from commsim.rules.base import FOREVER, Rule
from commsim.scenarios import rule_in_words, shock_in_words
from commsim.show.tables import _both, _pair
from commsim.state.settings import PARAMETERS, PLACES
from commsim.state.shocks import SHOCKS
from commsim.words import LANGUAGES, known, say

PEOPLE_IN_IT = 40  # of the place whose tables are listed


def phases() -> str:
    """What happens in a day, in order: where it stands, which levers it reads, which luck it has."""
    parts = [_about("phases")]
    offline = {phase.name for phase in offline_day()}
    for number, run in enumerate(PHASES, 1):
        module = inspect.getmodule(run)
        source = inspect.getsource(module)
        parts.append(f"## {number} {_pair(f'phase.{run.__name__}.label')}")
        parts += [say(f"phase.{run.__name__}.what", lang) for lang in LANGUAGES]
        parts.append(_quoted(module.__doc__))
        rows = [(_pair("odd.levers"), _levers(re.findall(r"\bx\.([a-z]\w*)", source))),
                (_pair("odd.luck"), ", ".join(re.findall(r'purpose\("([^"]+)"\)', source)) or "–"),
                (_pair("odd.file"), f"day/{run.__name__}.py")]  # fmt: skip
        if run.__name__ in offline:
            rows.append((_pair("odd.burn_in"), _pair("odd.yes")))
        parts.append(_table(("odd.what", "odd.answer"), rows))
    return _page(parts)


def rules() -> str:
    """What governance may change, and what may befall: words, arguments, what each rule sets."""
    parts = [_about("rules")]
    for name, kind in RULES.items():
        usual = kind()
        parts.append(f"## {_pair(f'rule.{name}.label')}")
        parts.append(f"`{name}`" + (" · " + _pair("odd.sets", levers=_levers(usual.levers())) if usual.levers() else "")
                     + (" · " + _pair("odd.stages", stages=_stages(usual)) if usual.stages() else "")
                     + (" · " + _pair("odd.acts") if kind.do is not Rule.do else ""))  # fmt: skip
        parts += [rule_in_words(usual, lang) for lang in LANGUAGES]
        limits = {"start": (0, FOREVER), "end": (0, FOREVER), **kind.limits}
        rows = [(f"`{f.name}`", _both(f"argument.{f.name}"), _value(f.default), _span(limits.get(f.name)))
                for f in fields(kind) if f.name not in ("start", "end")]  # fmt: skip
        if rows:
            parts.append(_table(("odd.argument", "table.label", "table.default", "table.range"), rows))
    parts.append(f"## {_pair('odd.shocks')}")
    for name, kind in SHOCKS.items():
        usual = kind()
        parts.append(f"### {_pair(f'shock.{name}.label')}")
        parts += [f"`{name}`", *(shock_in_words(usual, lang) for lang in LANGUAGES)]
        rows = [(f"`{f.name}`", _both(f"argument.{f.name}") + _mark(name, kind, f.name), _value(f.default),
                 _span(kind.limits.get(f.name))) for f in fields(kind)]  # fmt: skip
        parts.append(_table(("odd.argument", "table.label", "table.default", "table.range"), rows))
    return _page(parts)


def state() -> str:
    """What is remembered from one day to the next: every table with its columns."""
    from commsim.population import Place, populate
    from commsim.state.settings import Settings

    whole = populate(Place("state", "state", PEOPLE_IN_IT, PEOPLE_IN_IT // 2, burn_in=0, settings=Settings()), 1)
    parts = [_about("state")]
    for name, thing in vars(whole).items():
        tables, module = dict(_tables_in(name, thing)), _module_of(name)
        if not tables or module is None:  # settings, and what is prepared for kernels
            continue
        key = f"odd.table.{name}"
        parts += [f"## {_pair(key) if known(key) else name}", _quoted(module.__doc__)]
        told = dict(re.findall(r'"(\w+)": "[^"]+",\s+# (.+)', inspect.getsource(module)))
        if hasattr(module, "KINDS"):
            told["kind"] = ", ".join(f"{k} {kind}" for k, kind in enumerate(module.KINDS))
        for table, dtype in tables.items():
            rows = [(column, _kind(dtype[column]), told.get(column, "")) for column in dtype.names]
            width = 3 if any(row[2] for row in rows) else 2
            head = ("odd.column", "odd.kind", "odd.meaning")[:width]
            parts += [f"**{table}**", _table(head, [row[:width] for row in rows])]
    return _page(parts)


def _tables_in(name, thing):
    """(path, dtype) of every array with named columns at or directly below ``thing``."""
    if isinstance(thing, np.ndarray | Table):
        if thing.dtype.names:
            yield name, thing.dtype
        return
    below = vars(thing) if hasattr(thing, "__dict__") else getattr(thing, "_asdict", dict)()
    for part, array in below.items():
        if isinstance(array, np.ndarray | Table) and array.dtype.names:
            yield f"{name}.{part}", array.dtype


def _module_of(name):
    """The file in state/ that a part of the state comes from."""
    for module in (name, {"cases": "office", "events": "messages"}.get(name, name)):
        try:
            return import_module(f"commsim.state.{module}")
        except ModuleNotFoundError:
            continue
    return None


def _kind(dtype) -> str:
    return {"b": _pair("odd.bool"), "i": _pair("odd.whole"), "u": _pair("odd.whole"),
            "f": _pair("odd.number")}[dtype.kind]  # fmt: skip


def _mark(shock, kind, argument) -> str:
    return f"<br>⚠ {_both(f'resembles.shock.{shock}.{argument}')}" if argument in kind.resembling else ""


def _levers(names) -> str:
    known = [name for name in dict.fromkeys(names) if name in PARAMETERS]
    return ", ".join(f"`{name}`" for name in known) or "–"


def _stages(rule) -> str:
    return ", ".join(f"`{place}`" for place in PLACES if place in rule.stages())


def _value(value) -> str:
    if isinstance(value, bool):
        return _pair("odd.yes" if value else "odd.no")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _span(limits) -> str:
    if limits is None:
        return ""
    if isinstance(limits[0], str):
        return ", ".join(limits)
    return f"{limits[0]:g} – {limits[1]:g}"


def _quoted(doc) -> str:
    """Documentation of a file, as a quotation without any marks of code."""
    lines = inspect.cleandoc(doc or "").replace("`", "").splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _about(page) -> str:
    written = _pair("table.written", command=f"python -m commsim.show.odd {page} > docs/model/{page}.md")
    about = "\n\n".join(say(f"odd.{page}.about", lang).strip() for lang in LANGUAGES)
    return f"# {_pair(f'odd.{page}.title')}\n\n<!-- {written} -->\n\n{about}"


def _table(head, rows) -> str:
    lines = [[_pair(column) for column in head], ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(parts) -> str:
    return "\n\n".join(parts) + "\n"


PAGES = {"phases": phases, "rules": rules, "state": state}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PAGES:
        sys.exit(f"python -m commsim.show.odd {'|'.join(PAGES)}")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(PAGES[sys.argv[1]]())
