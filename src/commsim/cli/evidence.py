"""The command that holds the model against the case reports: validate."""

from __future__ import annotations

import sys

import click

from commsim.cli import studies  # noqa: F401  (its commands stand before this one in the help)
from commsim.cli.machines import machines
from commsim.cli.printed import print_json, table
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.written import ready_to_write
from commsim.words import language, say

FAILURES_SHOWN = 10


@main.command("validate", cls=Words)
@click.argument("patterns", type=Name("pattern"), nargs=-1, metavar="PATTERN")
@click.option("--worlds", type=Whole(1, 1_000_000), metavar="N")
@click.option("--draws", type=Whole(1, 1_000_000), metavar="N")
@machines
@click.option("--out", metavar="FILE")
@everywhere
def validate(patterns, worlds, draws, jobs, out, as_json):
    """Which patterns of the reports the model produces."""
    if out is not None:
        ready_to_write(out, (".svg", ".png", ".pdf"))

    from commsim.experiments import validation
    from commsim.experiments.progress import progress_on

    worlds = validation.WORLDS if worlds is None else worlds
    found = validation.validate(patterns, worlds, draws, jobs, progress_on(sys.stderr))
    if as_json:
        print_json(found.rows)
    else:
        _print(found)
    if found.failed:
        _print_failures(found, as_json)
    if out is not None:
        from commsim.show import figures
        from commsim.show.validation import figure

        path = figures.save(figure(found.rows, language()), out, language())
        click.echo(say("cli.validate.figure", path=path), err=as_json)


def _print(found):
    from commsim.show.validation import mark, observed, tally
    from commsim.show.wording import percent

    click.echo(say("cli.validate.title", worlds=found.worlds, draws=found.draws) + "\n")
    head = ["", *(say(f"validation.head.{column}") for column in ("id", "title", "worlds", "draws", "holds"))]
    table([head, *([mark(row), row["id"] + ("*" if row["calibrated"] else ""), row["title"],
                    percent(row["share_worlds"]), percent(row["share_draws"]),
                    say("validation.holds" if row["holds"] else "validation.fails")] for row in found.rows)],
          right=(3, 4))  # fmt: skip
    click.echo("\n" + say("validation.head.observed"))
    for row in found.rows:
        click.echo(f"  {row['id']}  {say('words.comma').join(observed(row)) or '–'}")
    click.echo("\n" + tally(found.rows))
    click.echo(say("cli.validate.read"))


def _print_failures(found, err):
    click.echo("\n" + say("cli.validate.failed", n=len(found.failed)), err=err)
    for one in found.failed[:FAILURES_SHOWN]:
        where = say(f"validation.{one['kind']}", n=one["number"])
        told = say("cli.validate.failed_one", pattern=one["pattern"], where=where, error=one["error"])
        click.echo(f"  {told}", err=err)
    if len(found.failed) > FAILURES_SHOWN:
        click.echo("  …", err=err)
