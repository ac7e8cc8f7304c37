"""commsim new: asks about one's own community in plain words and writes a scenario file.

Questions stand on standard error and are answered line by line, by a person or from a pipe; an
empty line takes what is in brackets.  The file is written at the end, whole, or not at all.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import click

from commsim.cli.printed import print_json
from commsim.cli.spoken import Name, Words, everywhere, main
from commsim.cli.written import ready_to_write
from commsim.errors import UserError
from commsim.words import say

_YES, _NO = ("y", "yes", "是", "好"), ("", "n", "no", "不", "否")


@main.command("new", cls=Words)
@click.argument("name", metavar="NAME")
@click.option("--from", "template", type=Name("scenario"), metavar="SCENARIO", default="blank")
@click.option("--out", "folder", type=Name("folder"), metavar="FOLDER", default=".")
@click.option("--yes", is_flag=True)
@everywhere
def new(name, template, folder, yes, as_json):
    """A scenario of one's own."""
    from commsim import scenarios
    from commsim.scenarios.own import Own
    from commsim.show.files import whole_file

    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # an answer in another encoding is asked again
    name = re.sub(r"\.ya?ml$", "", name, flags=re.I)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise UserError("bad_id", place="NAME", value=name)
    path = Path(folder) / f"{name}.yaml"
    ready_to_write(str(path), (".yaml",))
    own = Own(scenarios.load(template))
    if path.exists() and not _may_replace(path, yes):
        return click.echo(say("own.kept", path=path), err=as_json)
    title = name if yes else _interview(own, name)
    text = own.text(name, title)
    whole_file(path, text.encode("utf-8"))
    _tell_what_next(path, own, template, as_json)


def _may_replace(path, yes) -> bool:
    if yes:
        raise UserError("new_exists", place=str(path))
    while True:
        said = _asked(say("own.replace", path=path)).lower()
        if said in _YES or said in _NO:
            return said in _YES
        click.echo(say("own.yes_or_no"), err=True)


def _interview(own, name) -> str:
    """Put every question; the name by which people call the place."""
    click.echo(say("own.opening", template=own.template.id), err=True)
    title = _asked(say("own.question.title"), name) or name
    for part in own.questions():
        question, usual = own.question(part), own.usual(part)
        value = _answered(question, "" if usual is None else question.shown(usual))
        if value is not None:
            own.answer(part, value)
    return title


def _answered(question, usual):
    """The number, or None for an empty line; asked again until it is one of these."""
    words = say(f"own.question.{question.name}")
    while True:
        said = _asked(words, usual)
        if not said:
            return None
        try:
            return question.read(said)
        except UserError as fault:
            click.echo(fault.text(), err=True)


def _asked(words, usual="") -> str:
    """One line from whoever answers."""
    click.echo(f"{words} [{usual}] " if usual else f"{words} ", err=True, nl=False)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line or not sys.stdin.isatty():
        click.echo(line.strip(), err=True)  # a terminal has shown it
    if not line:
        raise UserError("answers_end", place=words)
    return line.strip()


def _tell_what_next(path, own, template, as_json) -> None:
    file, policies = shlex.quote(str(path)), list(own.template.policies)
    commands = [f"commsim show {file}", f"commsim run {file} --policy {policies[-1]} --days 365",
                f"commsim compare {file} {' '.join(policies[:2])} --days 365"]  # fmt: skip
    if as_json:
        return print_json({"path": str(path), "id": path.stem, "from": template, "own": own.answers,
                           "policies": policies, "next": commands})  # fmt: skip
    click.echo(say("own.written", path=path, own=len(own.answers)))
    if members := own.answers.get("members"):
        click.echo(say("own.members_in", members=f"{members:,}"))
    click.echo(say("own.next"))
    for command in commands:
        click.echo(f"  {command}")
