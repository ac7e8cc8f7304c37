"""click in two languages: help, completion and complaints come from the catalogues.

A mistake of the user ends with a sentence and exit code 2, Ctrl-C with a sentence and 130.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys

import click

from commsim.cli.printed import columns, padded
from commsim.errors import UserError, nearest
from commsim.words import LANGUAGES, catalogue, choose_language, known, language, say

SHELLS = ("bash", "zsh", "fish")
SHEETS = ("cards", "worksheet", "slides", "guide", "all")


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
                 self._option(p.name)) for p in params]  # fmt: skip
        formatter.write(f"\n{say('cli.options')}\n")
        _definitions(rows, formatter)

    def _option(self, name):
        own = f"cli.{self.name}.option.{name}"
        return say(own if known(own) else f"cli.option.{name}")

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
    width = max(columns(first) for first, _ in rows)
    for first, second in rows:
        lines = second.strip().splitlines()
        formatter.write(f"  {padded(first, width)}  {lines[0]}\n")
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
        if self.kind in ("scenario", "city") and not items:
            items = [CompletionItem(incomplete, type="file")]
        if self.kind in ("folder", "file"):
            items = [CompletionItem(incomplete, type="dir" if self.kind == "folder" else "file")]
        return items


def _names(kind, scenario):
    if kind == "measure":
        from commsim.measures.table import MEASURES

        return list(MEASURES)
    if kind == "pattern":
        ids = {key.split(".")[1] for key in catalogue() if key.startswith("pattern.")}
        return sorted(ids, key=lambda name: int(name[1:]))
    if kind == "backend":
        from commsim.experiments.cluster import BACKENDS

        return list(BACKENDS)
    if kind == "shell":
        return list(SHELLS)
    if kind == "sheet":
        return list(SHEETS)
    if kind == "language":
        return list(LANGUAGES)
    if kind == "folder":
        return []
    if kind == "log format":
        from commsim.chatlogs.readers import READERS

        return list(READERS)
    if kind == "log template":
        from commsim.chatlogs.templates import TEMPLATES

        return list(TEMPLATES)
    if kind == "reply target":
        from commsim.chatlogs.load import TARGETS

        return list(TARGETS)
    if kind == "lesson":
        from commsim.cli.copies import lessons

        return list(lessons(language()))
    if kind == "session":
        from commsim.curricula import session

        return session.available()
    if kind.startswith("city"):
        from commsim.scenarios.city import available_cities, load_city

        if kind == "city":
            return available_cities()
        return list(load_city(scenario).scenario.policies) if scenario else []
    from commsim.scenarios import names

    if kind == "scenario":
        return names.available()
    if scenario is None:
        return []
    return names.names_under("policies" if kind == "policy" else "scales", scenario) or _loaded(kind, scenario)


def _loaded(kind, scenario):
    """The names in a file that is written in an unusual way."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    return list(found.policies if kind == "policy" else found.scales)


def everywhere(command):
    """The options that every command has."""
    command = click.help_option("--help", "-h")(command)
    command = click.option("--lang", type=Name("language"), metavar="zh|en", expose_value=False)(command)
    return click.option("--json", "as_json", is_flag=True)(command)


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
