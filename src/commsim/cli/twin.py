"""commsim twin: a scenario from a chat log, with what the log tells and what it cannot."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import click

from commsim.cli.printed import print_json, table
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.written import ready_to_write
from commsim.errors import UserError
from commsim.words import say

FEWEST_WORLDS, MOST_WORLDS = 64, 4096
LONG_NAME = 64


@main.command("twin", cls=Words)
@click.argument("log", type=Name("file"), metavar="LOG")
@click.option("--scenario", "template", type=Name("scenario"), metavar="SCENARIO", default="blank")
@click.option("--people", type=Whole(20, 200_000), metavar="N")
@click.option("--members", type=Whole(2, 200_000), metavar="N")
@click.option("--out", metavar="FILE")
@click.option("--worlds", type=Whole(FEWEST_WORLDS, MOST_WORLDS), metavar="N")
@click.option("--format", "format", metavar="NAME")
@everywhere
def twin(log, template, people, members, out, worlds, format, as_json):
    """A scenario fitted to a chat log."""
    path = Path(out) if out is not None else Path(f"{_plain(Path(log).stem)}.yaml")
    ready_to_write(str(path), (".yaml",))
    if path.exists():
        raise UserError("twin_exists", place=str(path))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", path.stem):
        raise UserError("bad_id", place=str(path), value=path.stem)
    if people is not None and members is not None and members > people:
        raise UserError("twin_members", members=members, people=people)

    from commsim import scenarios
    from commsim.chatlogs.load import load
    from commsim.chatlogs.matching import WORLDS
    from commsim.chatlogs.twin import twin as made_from
    from commsim.show.files import whole_file

    scenarios.load(template)  # a mistake in its name comes before the log is read
    read = load(log, format)
    made = made_from(read, template, people, members, path.stem, worlds or WORLDS, _progress())
    whole_file(path, made.text.encode("utf-8"))
    _tell(path, made, scenarios.load(path), as_json)


def _plain(name: str) -> str:
    """The log's name as a scenario may be called."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:LONG_NAME] or "twin"


def _progress():
    from commsim.experiments.progress import progress_on

    told = progress_on(sys.stderr, line="progress.fitting")
    return lambda done, total: told(done, total, None, "")


def _tell(path, made, scenario, as_json) -> None:
    from commsim.chatlogs.fitting import Estimate

    file, policies = shlex.quote(str(path)), list(scenario.policies)
    commands = [f"commsim show {file}", f"commsim compare {file} {' '.join(policies[:2])} --days 365"]
    known = [e for e in made.found if isinstance(e, Estimate)]
    unknown = [e for e in made.found if not isinstance(e, Estimate)]
    if as_json:
        return print_json({
            "path": str(path), "id": path.stem, "people": made.people, "members": made.members, "set": made.set,
            "estimates": {e.name: {"value": e.value, "low": e.low, "high": e.high, "n": e.n, "method": e.method,
                                   "bound": e.bound} for e in known},
            "unknown": {e.name: e.reason for e in unknown}, "policies": policies, "next": commands})  # fmt: skip
    if known:
        click.echo(say("twin.title"))
        table([[say(f"twin.column_{c}") for c in ("name", "value", "interval", "n", "method")], *map(_row, known)],
              right=(1, 3))  # fmt: skip
    if unknown:
        click.echo("\n" + say("twin.untold"))
        table([[say(f"twin.column_{c}") for c in ("name", "reason")],
               *([say(f"fitting.name.{e.name}"), say(f"fitting.reason.{e.reason}")] for e in unknown)])  # fmt: skip
    click.echo("\n" + say("twin.written", path=path, n=len(made.set)))
    click.echo(say("own.next"))
    for command in commands:
        click.echo(f"  {command}")


def _row(e) -> list[str]:
    at_least = f"{say('twin.bound')} " if e.bound else ""
    return [say(f"fitting.name.{e.name}"), f"{at_least}{e.value:.3g}", f"{e.low:.3g} – {e.high:.3g}", f"{e.n:,}",
            say(f"fitting.method.{e.method}")]  # fmt: skip
