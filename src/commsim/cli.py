"""The commands: list, show, run, compare, completion.

Words come from the catalogues, so help and errors speak the user's language; whatever costs time to
import is imported inside the command that needs it.  A mistake of the user ends with a sentence and
exit code 2, Ctrl-C with a sentence and 130.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sys
import tempfile
import threading
import time
import unicodedata
from pathlib import Path

import click

from commsim.errors import UserError, nearest
from commsim.words import LANGUAGES, catalogue, choose_language, language, say

SHELLS = ("bash", "zsh", "fish")
LONGEST = 36_500  # days
QUIET = 1.0  # seconds before anything is said about progress
EVERY = 10.0  # seconds between progress lines where there is no terminal
LIVE_EVERY = 0.1
FAILURES_SHOWN = 10  # worlds named per error


# -- click, in two languages ----------------------------------------------------------------------


class Words(click.Command):
    """A command whose help comes from the catalogue under ``cli.NAME``."""

    def format_help(self, ctx, formatter):
        formatter.write(f"{say('cli.usage')}{_usage(ctx)}\n\n")
        formatter.write(say(f"cli.{self.name}.help").strip() + "\n")
        self.format_options(ctx, formatter)
        formatter.write(f"\n{say('cli.examples')}\n")
        for line in say(f"cli.{self.name}.examples").strip().splitlines():
            formatter.write(f"  {line}\n")

    def format_options(self, ctx, formatter):
        params = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        rows = [(", ".join(reversed(p.opts)) + ("" if p.is_flag else f" {p.make_metavar(ctx)}"),
                 say(f"cli.option.{p.name}")) for p in params]  # fmt: skip
        formatter.write(f"\n{say('cli.options')}\n")
        _definitions(rows, formatter)

    def parse_args(self, ctx, args):
        ctx.meta["commsim.given"] = list(args)  # completion needs it: a half-typed line is not parsed
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as fault:
            raise _in_words(fault, ctx) from None

    def get_short_help_str(self, limit=45):
        return say(f"cli.{self.name}.short")


class Commands(Words, click.Group):
    """The group: nearest command on a typo, language first, every mistake in words."""

    def format_options(self, ctx, formatter):
        formatter.write(f"\n{say('cli.commands')}\n")
        _definitions([(n, self.commands[n].get_short_help_str()) for n in self.list_commands(ctx)], formatter)
        Words.format_options(self, ctx, formatter)

    def list_commands(self, ctx):
        return list(self.commands)

    def resolve_command(self, ctx, args):
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise UserError("command_unknown", value=args[0], allowed=", ".join(self.commands),
                            nearest=nearest(args[0], self.commands))  # fmt: skip
        return super().resolve_command(ctx, args)

    def main(self, args=None, prog_name="commsim", complete_var=None, standalone_mode=True, **extra):
        args = list(sys.argv[1:] if args is None else args)
        _speak_any_alphabet()
        choose_language(None)
        if standalone_mode and "_COMMSIM_COMPLETE" not in os.environ:
            sys.exit(_ending(lambda: self._said(args, **extra)))
        return super().main(args, "commsim", "_COMMSIM_COMPLETE", standalone_mode, **extra)

    def _said(self, args, **extra):
        lang, args = _language_first(args)
        choose_language(lang)
        if not args:
            args = ["--help"]
        code = super().main(args, "commsim", "_COMMSIM_COMPLETE", False, **extra)
        if sys.stdout is not None:  # `>&-`
            sys.stdout.flush()
        return code


def _ending(command) -> int:
    """Run ``command``; the exit code, after saying what went wrong if anything did."""
    try:
        code = command()
        return code if isinstance(code, int) else 0
    except UserError as fault:
        return _complain(fault.text())
    except click.UsageError as fault:
        return _complain(_in_words(fault, fault.ctx).text())
    except (click.Abort, KeyboardInterrupt) as fault:
        if not getattr(fault.__cause__ or fault, "told", False):
            _complain(say("error.interrupted"))
        return 130
    except MemoryError:
        return _complain(say("error.memory"))
    except OSError as fault:
        if fault.errno == errno.EPIPE:  # `commsim list | head`
            _print_no_more()
            return 0
        if fault.errno == errno.ENOSPC:  # standard output itself, or a temporary file
            _print_no_more()
            return _complain(say("error.disk_full", place=fault.filename or "-"))
        raise


def _print_no_more() -> None:
    """Python flushes standard output when it ends; let that go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _language_first(args: list[str]) -> tuple[str | None, list[str]]:
    """``--lang`` from anywhere among the arguments, and the rest."""
    lang, rest, i = None, [], 0
    while i < len(args):
        if args[i] == "--":
            return lang, rest + args[i:]
        if args[i] == "--lang" and i + 1 < len(args):
            lang, i = _language(args[i + 1]), i + 2
        elif args[i].startswith("--lang="):
            lang, i = _language(args[i].partition("=")[2]), i + 1
        else:
            rest.append(args[i])
            i += 1
    return lang, rest


def _language(name: str) -> str:
    if name not in LANGUAGES:
        raise UserError("lang_unknown", value=name, allowed=", ".join(LANGUAGES),
                        nearest=nearest(name, LANGUAGES))  # fmt: skip
    return name


def _speak_any_alphabet() -> None:
    """Where the terminal cannot show a character, show a mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _in_words(fault: click.UsageError, ctx) -> UserError:
    """One of click's complaints as one of ours."""
    known = sorted({o for p in ctx.command.get_params(ctx) for o in p.opts if o.startswith("--")})
    usage = _usage(ctx)
    if isinstance(fault, click.NoSuchOption):
        return UserError("option_unknown", place=ctx.command_path, value=fault.option_name,
                         allowed=", ".join(known), nearest=nearest(fault.option_name, known))  # fmt: skip
    if isinstance(fault, click.BadOptionUsage):
        flags = {o for p in ctx.command.params if getattr(p, "is_flag", False) for o in p.opts}
        key = "option_takes_no_value" if fault.option_name in {*flags, "--help"} else "option_needs_value"
        return UserError(key, value=fault.option_name)
    if isinstance(fault, click.MissingParameter) and fault.param is not None:
        return UserError("argument_missing", value=fault.param.make_metavar(ctx), allowed=usage)
    if extra := re.search(r"\(([^()]*)\)\s*$", fault.message or ""):
        return UserError("arguments_extra", value=extra[1], allowed=usage)
    return UserError("usage", value=fault.format_message(), allowed=usage)


def _usage(ctx) -> str:
    return f"commsim {say(f'cli.{ctx.command.name}.usage')}"


def _definitions(rows, formatter):
    width = max(_width(first) for first, _ in rows)
    for first, second in rows:
        lines = second.strip().splitlines()
        formatter.write(f"  {_padded(first, width)}  {lines[0]}\n")
        for line in lines[1:]:
            formatter.write(f"  {' ' * width}  {line}\n")


class Whole(click.ParamType):
    """A whole number between two limits."""

    name = "number"

    def __init__(self, low: int, high: int):
        self.low, self.high = low, high

    def convert(self, value, param, ctx):
        place = param.opts[0] if param else "-"
        try:
            number = int(value)
        except ValueError:
            raise UserError("not_whole", place=place, value=value) from None
        if not self.low <= number <= self.high:
            raise UserError("value_out_of_range", place=place, value=number, low=self.low, high=self.high)
        return number


class Name(click.ParamType):
    """A name that the shell can complete: ``kind`` says of what."""

    name = "name"

    def __init__(self, kind: str):
        self.kind = kind

    def convert(self, value, param, ctx):
        return value

    def shell_complete(self, ctx, param, incomplete):
        from click.shell_completion import CompletionItem

        try:
            given = [word for word in ctx.meta.get("commsim.given", ()) if not word.startswith("-")]
            names = _names(self.kind, ctx.params.get("scenario") or next(iter(given), None))
        except UserError:
            names = []
        items = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        if self.kind == "scenario" and not items:
            items = [CompletionItem(incomplete, type="file")]
        return items


def _names(kind, scenario):
    if kind == "measure":
        from commsim.measures.table import MEASURES

        return list(MEASURES)
    if kind == "shell":
        return list(SHELLS)
    if kind == "language":
        return list(LANGUAGES)
    from commsim import scenarios

    if kind == "scenario":
        return scenarios.available()
    if scenario is None:
        return []
    found = scenarios.load(scenario)
    return list(found.policies if kind == "policy" else found.scales)


def _everywhere(command):
    """The options that every command has."""
    command = click.help_option("--help", "-h")(command)
    command = click.option("--lang", type=Name("language"), metavar="zh|en", expose_value=False)(command)
    return click.option("--json", "as_json", is_flag=True)(command)


# -- the commands -----------------------------------------------------------------------------------


@click.group(cls=Commands, name="commsim", context_settings={"help_option_names": []})
@click.help_option("--help", "-h")
@click.option("--lang", type=Name("language"), metavar="zh|en", expose_value=False)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False,
              callback=lambda ctx, param, wanted: wanted and _version(ctx))  # fmt: skip
def main():
    """Help is in the catalogue."""


def _version(ctx):
    from commsim import __version__

    click.echo(f"commsim {__version__}")
    ctx.exit()


@main.command("list", cls=Words)
@_everywhere
def list_scenarios(as_json):
    """Which scenarios there are."""
    from commsim import scenarios

    found = [scenarios.load(name) for name in scenarios.available()]
    if as_json:
        return _print_json([
            {"id": s.id, "title": s.title[language()], "people": max(size.people for size in s.scales.values()),
             "scales": {name: size.people for name, size in s.scales.items()},
             "policies": list(s.policies)} for s in found
        ])  # fmt: skip
    for s in found:
        click.echo(f"{s.id}  {s.title[language()]}")
        for size in s.scales.values():
            chosen = say("cli.list.default") if size.name == s.default_scale else ""
            click.echo(f"  --scale {_padded(size.name, 12)} {_scale_label(size.name)}  "
                       f"{say('cli.people', people=f'{size.people:,}')}{chosen}")  # fmt: skip
        for policy in s.policies.values():
            click.echo(f"  {_padded(policy.id, 20)} {policy.title[language()]}")
    click.echo("\n" + say("cli.list.next"))


@main.command("show", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--settings", is_flag=True)
@_everywhere
def show(scenario, scale, settings, as_json):
    """What a scenario contains."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    size = found.scale(scale)
    if as_json:
        return _print_json(_everything(found, size.name))
    lang = language()
    click.echo(f"{found.title[lang]} ({found.id})\n\n{_filled(found.story[lang])}\n")
    click.echo(say("cli.show.place"))
    rows = [[_scale_label(s.name), s.name, say("cli.people", people=f"{s.people:,}"),
             say("cli.show.households", n=f"{found.households(s.name):,}"),
             say(f"cli.show.{found.thresholds(s.name)}")] for s in found.scales.values()]  # fmt: skip
    _table(rows)
    click.echo("\n" + say("cli.show.structure", horizon=f"{found.horizon:,}", burn_in=found.burn_in,
                          **found.structure))  # fmt: skip
    click.echo(f"\n{say('cli.show.policies')}")
    for policy in found.policies.values():
        click.echo(f"  {policy.id}: {policy.title[lang]}")
        names = [name or rule.name for name, rule in zip(policy.names, policy.rules, strict=True)]
        click.echo(f"    {say('words.comma').join(names)}")
    click.echo(f"\n{say('cli.show.rules', scale=_scale_label(size.name))}")
    click.echo(say(f"thresholds.{found.thresholds(size.name)}"))
    told = {}
    for policy in found.policies.values():
        for name, rule in zip(policy.names, found.rules(policy.id, size.name), strict=True):
            told.setdefault((name or rule.name, rule), None)
    for name, rule in told:
        click.echo(f"  {name} · {say(f'rule.{rule.name}.label')}")
        for line in _filled(scenarios.rule_in_words(rule, lang), 92).splitlines():
            click.echo(f"    {line}")
    click.echo(f"\n{say('cli.show.numbers')}")
    _table([[scenarios.number_in_words(n, lang), _plain(n.value), _range(n.low, n.high),
             scenarios.source_in_words(n.source, lang)] for n in found.numbers()], right=(1,))  # fmt: skip
    if settings:
        click.echo(f"\n{say('cli.show.settings')}")
        _table([[say(f"setting.{s['name']}"), s["name"], _plain(s["value"]), s["unit"],
                 _range(s["low"], s["high"]), scenarios.source_in_words(s["source"], lang)]
                for s in _levers(found, size.name)], right=(2,))  # fmt: skip
    else:
        click.echo("\n" + say("cli.show.more", scenario=scenario))


def _levers(scenario, scale):
    from commsim.state.settings import PARAMETERS

    x = scenario.settings(scale).x
    return [{"name": p.name, "value": getattr(x, p.name), "default": p.default, "low": p.low, "high": p.high,
             "unit": p.unit, "source": p.source} for p in PARAMETERS.values()]  # fmt: skip


def _everything(scenario, scale) -> dict:
    from commsim.scenarios import rule_in_words

    return {
        "id": scenario.id, "title": scenario.title, "story": scenario.story,
        "horizon": scenario.horizon, "burn_in": scenario.burn_in, "structure": scenario.structure,
        "scale": scale, "classroom": scenario.scale(scale).classroom,
        "scales": {s.name: {"people": s.people, "households": scenario.households(s.name),
                            "classroom": s.classroom, "settings": s.settings, "rules": s.replaced}
                   for s in scenario.scales.values()},
        "policies": [{"id": p.id, "title": p.title, "rules": [
            {**r.as_data(), "words": {lang: rule_in_words(r, lang) for lang in LANGUAGES}}
            for r in scenario.rules(p.id, scale)]} for p in scenario.policies.values()],
        "numbers": [{"path": n.path, "value": n.value, "low": n.low, "high": n.high, "source": n.source}
                    for n in scenario.numbers()],
        "settings": _levers(scenario, scale), "digest": scenario.digest,
    }  # fmt: skip


@main.command("run", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.option("--policy", type=Name("policy"), metavar="POLICY")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--days", type=Whole(1, LONGEST), metavar="N")
@click.option("--world", type=Whole(0, 2**32 - 1), default=1, metavar="N")
@click.option("--out", metavar="FILE")
@_everywhere
def run(scenario, policy, scale, days, world, out, as_json):
    """One policy in one world."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    if policy is None:
        raise UserError("policy_missing", allowed=", ".join(found.policies))
    size = found.scale(scale)
    rules, place = found.rules(policy, size.name), found.place(size.name)
    days = found.horizon if days is None else days
    if out is not None:
        _ready_to_write(out, (".csv", ".parquet"))

    from commsim import engine
    from commsim.measures.table import MEASURES

    began = time.perf_counter()
    with _waiting(say("cli.run.compiling")):
        engine.warm()
    with _days_told("cli.run.starting") as tell:
        state = engine.prepare(place, world, progress=tell)
    started = time.perf_counter()
    with _days_told("cli.run.progress") as tell:
        lived = engine.run(state, rules, days, progress=tell)
    ended = time.perf_counter()
    data = {
        "scenario": found.id, "policy": policy, "scale": size.name, "world": world, "days": days,
        "people": size.people, "classroom": size.classroom,
        "setup_seconds": round(started - began, 4), "seconds": round(ended - started, 4),
        "peak_mb": peak_mb(),
        "measures": {name: _finite(value) for name, value in lived.measures.items()},
        "units": {name: MEASURES[name].unit for name in lived.measures},
    }  # fmt: skip
    if as_json:
        _print_json(data)
    else:
        _print_run(found, data)
    if out is not None:
        write_series(lived.series, out)
        click.echo(say("cli.run.written", path=out, days=len(lived.series["day"])), err=as_json)


def _print_run(scenario, data):
    from commsim.measures.table import MEASURES
    from commsim.show import wording

    lang = language()
    click.echo(say("cli.run.title", scenario=scenario.title[lang], scale=_scale_label(data["scale"]),
                   policy=scenario.policy(data["policy"]).title[lang], world=data["world"],
                   days=f"{data['days']:,}", people=f"{data['people']:,}"))  # fmt: skip
    click.echo(say(f"thresholds.{scenario.thresholds(data['scale'])}") + "\n")
    _table([[wording.label(name, lang),
             wording.quantity(value, MEASURES[name].unit, MEASURES[name].delta, lang=lang), name]
            for name, value in data["measures"].items()], right=(1,))  # fmt: skip
    click.echo("\n" + say("cli.run.took", setup=f"{data['setup_seconds']:.1f}",
                          seconds=f"{data['seconds']:.2f}", mb=_plain(data["peak_mb"])))  # fmt: skip


@main.command("compare", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.argument("policies", type=Name("policy"), nargs=-1, metavar="POLICY POLICY [POLICY…]")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--days", type=Whole(1, LONGEST), metavar="N")
@click.option("--worlds", type=Whole(1, 1_000_000), metavar="N")
@click.option("--worlds-most", type=Whole(1, 1_000_000), metavar="N")
@click.option("--jobs", type=Whole(1, 4096), metavar="N")
@click.option("--ledger", metavar="FILE")
@click.option("--retry", is_flag=True)
@click.option("--report", metavar="FILE")
@click.option("--measure", "measures", type=Name("measure"), multiple=True, metavar="NAME")
@_everywhere
def compare(scenario, policies, scale, days, worlds, worlds_most, jobs, ledger, retry, report, measures, as_json):
    """Two or more policies in the same worlds."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    size = found.scale(scale)
    for i, policy in enumerate(policies):
        found.policy(policy)
        if policy in policies[:i]:
            raise UserError("policy_twice", value=policy)
    if len(policies) < 2:
        raise UserError("policies_too_few", value=", ".join(policies) or "-",
                        allowed=", ".join(found.policies))  # fmt: skip
    wanted = [_measure(name) for name in measures]
    if report is not None:
        _ready_to_write(report, (".html", ".htm"))

    from commsim import experiments
    from commsim.experiments.progress import progress_on

    asked = {"worlds": worlds, "jobs": jobs, "ledger": ledger, "retry": retry}
    if worlds_most is not None:
        asked["worlds_most"] = worlds_most
    try:
        comparison = experiments.compare(found, list(policies), scale=size.name, days=days,
                                         progress=progress_on(sys.stderr), **asked)  # fmt: skip
    except KeyboardInterrupt as stop:
        stop.told = True  # the comparison has said how to go on
        raise
    data = comparison.as_data()
    if wanted:
        data = {**data, "measures": {name: data["measures"][name] for name in wanted}}
    if as_json:
        _print_json(data)
    else:
        _print_comparison(found, data)
    if data["failed"]:
        _print_failures(found, data["failed"], ledger is not None, err=as_json)
    if report is not None:
        from commsim.show import report as reports

        with _writing(report):
            reports.write(comparison, report, language())
        click.echo(say("cli.compare.report", path=Path(report).resolve()), err=as_json)
    if ledger is not None:
        click.echo(say("cli.compare.ledger", path=ledger), err=True)


def _measure(name):
    from commsim.measures.table import MEASURES

    if name not in MEASURES:
        raise UserError("measure_unknown", value=name, allowed=", ".join(MEASURES),
                        nearest=nearest(name, MEASURES))  # fmt: skip
    return name


def _print_comparison(scenario, data):
    lang = language()
    first, *others = data["policies"]
    titles = {p: scenario.policy(p).title[lang] for p in data["policies"]}
    for policy in others:
        click.echo(say("cli.compare.title", scenario=scenario.title[lang], first=titles[first],
                       second=titles[policy], scale=_scale_label(data["scale"]),
                       days=f"{data['days']:,}"))  # fmt: skip
        click.echo(say("cli.compare.worlds", worlds=data["worlds"],
                       why=say(f"cli.stopped.{data['stopped_because']}")))  # fmt: skip
        click.echo(say(f"thresholds.{scenario.thresholds(data['scale'])}"))
        head = [say(f"cli.compare.{c}") for c in ("measure", "mean", "diff", "interval", "share", "verdict")]
        for group, belongs in _GROUPS.items():
            names = [n for n, m in data["measures"].items() if belongs(m)]
            if names:
                click.echo("\n" + say(f"cli.compare.group.{group}"))
                rows = [_verdict_row(n, data["measures"][n], policy, lang) for n in names]
                _table([head, *rows], right=(1, 2, 4))
        click.echo("")
    click.echo(say("cli.compare.read", first=titles[first]))


def _print_failures(scenario, failed, kept, err):
    """Which runs are missing from the table, why, and how to live them again."""
    lang = language()
    worlds: dict[tuple[str, str], list[int]] = {}
    for run in failed:
        worlds.setdefault((run["policy"], run["error"]), []).append(run["world"])
    click.echo("\n" + say("cli.compare.failed", runs=len(failed)), err=err)
    for (policy, error), some in worlds.items():
        shown = ", ".join(map(str, some[:FAILURES_SHOWN])) + (" …" if len(some) > FAILURES_SHOWN else "")
        click.echo("  " + say("cli.compare.failed_run", policy=scenario.policy(policy).title[lang], worlds=shown,
                              runs=len(some), error=error), err=err)  # fmt: skip
    if kept:
        click.echo(say("cli.compare.failed_retry"), err=err)


_GROUPS = {
    "primary": lambda m: m["primary"],
    "harm": lambda m: m["harm"] and not m["primary"],
    "other": lambda m: not m["harm"] and not m["primary"],
}


def _verdict_row(name, measure, policy, lang):
    from commsim.show import wording

    found, unit, delta = measure["by_policy"][policy], measure["unit"], measure["delta"]
    return [
        wording.label(name, lang),
        wording.quantity(found["mean"], unit, delta, lang=lang),
        wording.quantity(found["diff"], unit, delta, sign=True, difference=True, lang=lang),
        wording.span(found["low"], found["high"], unit, delta, lang),
        wording.percent(found["share_better"]),
        say(f"verdict.{found['verdict']}"),
    ]


@main.command("completion", cls=Words)
@click.argument("shell", type=Name("shell"), metavar="bash|zsh|fish")
@_everywhere
def completion(shell, as_json):
    """The script that teaches a shell to complete."""
    from click.shell_completion import ShellComplete, get_completion_class

    if shell not in SHELLS:
        raise UserError("shell_unknown", value=shell, allowed=", ".join(SHELLS),
                        nearest=nearest(shell, SHELLS))  # fmt: skip
    teacher = get_completion_class(shell)(main, {}, "commsim", "_COMMSIM_COMPLETE")
    script = ShellComplete.source(teacher)
    if as_json:
        return _print_json({"shell": shell, "script": script})
    click.echo(script)


# -- progress -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _waiting(note: str):
    """Say ``note`` on standard error if this takes more than a second."""
    timer = threading.Timer(QUIET, lambda: print(note, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _days_told(key: str):
    """A callback for days lived: one live line on a terminal, else a line every ten seconds."""
    began, live = time.monotonic(), sys.stderr.isatty()
    said = {"at": began + QUIET - EVERY if not live else began + QUIET - LIVE_EVERY, "any": False}

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if now - said["at"] < (LIVE_EVERY if live else EVERY) or done >= total:
            return
        from commsim.experiments.progress import duration

        left = duration((now - began) * (total - done) / max(done, 1))
        line = say(key, done=done, total=total, percent=f"{100 * done / total:.0f}", left=left)
        sys.stderr.write(f"\r\x1b[K{line}" if live else f"{line}\n")
        sys.stderr.flush()
        said.update(at=now, any=True)

    try:
        yield tell
    finally:
        if live and said["any"]:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


# -- files --------------------------------------------------------------------------------------------


def _ready_to_write(path: str, endings: tuple[str, ...]) -> None:
    """Complain before the work, not after it."""
    file = Path(path)
    if file.is_dir() or path.endswith(("/", os.sep)):
        raise UserError("out_is_folder", place=path)
    if file.suffix.lower() not in endings:
        raise UserError("out_ending", place=path, value=file.suffix, allowed=", ".join(endings),
                        nearest=nearest(file.suffix, endings) if file.suffix else None)  # fmt: skip
    if not file.parent.is_dir():
        raise UserError("out_no_folder", place=path, value=str(file.parent))
    if not os.access(file.parent, os.W_OK):
        raise UserError("out_no_right", place=path, value=str(file.parent))
    if file.suffix.lower() == ".parquet":
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            raise UserError("out_needs_pyarrow", place=path)


@contextlib.contextmanager
def _writing(path: str):
    try:
        yield
    except OSError as fault:
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)
        key = "disk_full" if full else "out_failed"
        raise UserError(key, place=path, value=fault.strerror or str(fault)) from None


def write_series(series: dict[str, list], path: str | Path) -> None:
    """The daily series as CSV or Parquet: written beside its place, then put there in one step."""
    file = Path(path)
    columns = ["day", *(name for name in series if name != "day")]
    with _writing(str(path)):
        number, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                if file.suffix.lower() == ".parquet":
                    _write_parquet(series, columns, stream)
                else:
                    _write_csv(series, columns, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_csv(series, columns, stream):
    stream.write((",".join(columns) + "\n").encode())
    for row in zip(*(series[name] for name in columns), strict=True):
        stream.write((",".join(_cell(value) for value in row) + "\n").encode())


def _cell(value) -> str:
    value = _finite(value)
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def _write_parquet(series, columns, stream):
    import pyarrow
    from pyarrow import parquet

    plain = {name: [_finite(v) for v in series[name]] for name in columns}
    kinds = {name: pyarrow.int64() if name == "day" else pyarrow.float64() for name in columns}
    arrays = [pyarrow.array(plain[name], kinds[name]) for name in columns]
    parquet.write_table(pyarrow.table(arrays, names=columns), stream)


# -- printing ------------------------------------------------------------------------------------------


def _print_json(data) -> None:
    wide = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")
    click.echo(json.dumps(data, ensure_ascii=not wide, indent=2, allow_nan=False, default=_from_numpy))


def _from_numpy(value):
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value.item()


def _finite(value):
    """A plain number, or None where the measure is undefined."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    return value.item() if hasattr(value, "item") else value


def _scale_label(name: str) -> str:
    key = f"scale.{name}"
    return say(key) if key in catalogue() else name


def _plain(value) -> str:
    return "–" if value is None else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def _range(low, high) -> str:
    return "" if low is None else f"{_plain(low)}–{_plain(high)}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, right: bool = False) -> str:
    gap = " " * max(0, width - _width(text))
    return gap + text if right else text + gap


def _table(rows, right=()) -> None:
    """Columns side by side, Chinese characters counted as two."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [_padded(cell, widths[i], i in right) for i, cell in enumerate(row)]
        click.echo("  " + "  ".join(cells).rstrip())


def _filled(text: str, width: int = 96) -> str:
    """Lines of at most ``width`` columns; Chinese breaks anywhere but before a full stop or comma."""
    lines, line = [], ""
    for piece in re.findall(r"[\u3000-\u9fff\uff00-\uffef]|\s+|[^\s\u3000-\u9fff\uff00-\uffef]+", text):
        if _width(line + piece) > width and piece not in "，。；：、？！”）" and line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
    return "\n".join([*lines, line.rstrip()])


def peak_mb() -> float | None:
    """Peak resident memory of this process in MB; None where the system does not tell."""
    try:  # Linux: the rusage figure would include the process that started this one
        status = Path("/proc/self/status").read_text()
        return round(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024, 1)
    except (OSError, TypeError):
        pass
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)
    except ImportError:
        return _peak_mb_on_windows()


def _peak_mb_on_windows() -> float | None:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("faults", wintypes.DWORD),
                    *((f"field{i}", ctypes.c_size_t) for i in range(8))]  # fmt: skip

    counters = Counters(size=ctypes.sizeof(Counters))
    try:
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        read = kernel.K32GetProcessMemoryInfo
        read.argtypes = [wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD]
        if not read(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size):
            return None
    except (AttributeError, OSError):
        return None
    return round(counters.field0 / 1024**2, 1)


if __name__ == "__main__":
    main()
