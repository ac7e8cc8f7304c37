"""The doors to the lessons and sessions: lab (JupyterLab), app (no code to be seen) and print."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from commsim.cli.printed import print_json, waiting
from commsim.cli.spoken import SHEETS, Name, Whole, Words, everywhere, main
from commsim.errors import UserError, nearest
from commsim.words import language, say

PORTS = Whole(1024, 65535)


@main.command("lab", cls=Words)
@click.argument("folder", required=False, type=Name("folder"), metavar="FOLDER")
@click.option("--fresh", is_flag=True)
@click.option("--port", type=PORTS, metavar="N")
@click.option("--no-browser", is_flag=True)
@everywhere
def lab(folder, fresh, port, no_browser, as_json):
    """The lessons in JupyterLab."""
    import tempfile

    from commsim.cli import copies, servers

    servers.check_extra("lab")
    lang = language()
    place = Path(folder or say("doors.folder")).absolute()
    if place.exists() and not place.is_dir():
        raise UserError("lessons_not_folder", place=str(place))
    port = servers.free_port(port)
    done = copies.copy_lessons(place, lang, fresh)
    for name, what in done:
        click.echo(say(f"doors.lab.{what}", file=name), err=as_json)
    if lang == "zh" and not _speaks_chinese():
        click.echo(say("doors.lab.no_chinese"), err=True)
    opened = done[0][0] if len(copies.lessons(lang)) == 1 else None
    with tempfile.TemporaryDirectory(prefix="commsim-", ignore_cleanup_errors=True) as private:
        command, address = servers.lab(place, place / copies.HOME, Path(private), lang, port, opened)
        told = {"url": address, "folder": str(place), "files": [{"file": f, "what": w} for f, w in done]}
        _serve("lab", command, address, Path(private), place, port, told, no_browser, as_json)


def _speaks_chinese() -> bool:
    from importlib.util import find_spec

    return find_spec("jupyterlab_language_pack_zh_CN") is not None


@main.command("app", cls=Words)
@click.argument("lesson", required=False, type=Name("lesson"), metavar="LESSON")
@click.option("--port", type=PORTS, metavar="N")
@click.option("--no-browser", is_flag=True)
@everywhere
def app(lesson, port, no_browser, as_json):
    """A lesson as a page without code."""
    import tempfile

    from commsim.cli import copies, servers

    servers.check_extra("app")
    lang = language()
    file = copies.lesson(lesson, lang)
    port = servers.free_port(port)
    with tempfile.TemporaryDirectory(prefix="commsim-", ignore_cleanup_errors=True) as private:
        shown = Path(private) / "lesson" / file.name  # a copy: Voilà must never write to what was installed
        shown.parent.mkdir()
        shown.write_text(copies.titled(file), encoding="utf-8")
        command, address = servers.app(shown, Path(private), lang, port)
        told = {"url": address, "lesson": file.stem}
        _serve("app", command, address, Path(private), shown.parent, port, told, no_browser, as_json)


def _serve(door, command, address, private, folder, port, told, no_browser, as_json):
    """Start, tell the address, open the browser, and stay until Ctrl-C or until the server is told to end."""
    from commsim import kernels
    from commsim.cli import servers

    log = private / "server.log"
    compiling = servers.warming()
    try:
        with servers.running(command, servers.environment(private, language()), port, log, folder) as server:
            with contextlib.nullcontext() if kernels.warmed() else waiting(say("cli.run.compiling")):
                compiling.wait()
            if as_json:
                print_json(told)
            else:
                click.echo(say(f"doors.{door}.ready", url=address))
            click.get_text_stream("stdout").flush()
            if not no_browser and not servers.open_browser(address):
                click.echo(say("doors.no_browser"), err=True)
            servers.wait_until_ended(server, log)
    except KeyboardInterrupt:
        pass  # the ordinary way to end it
    finally:
        with contextlib.suppress(OSError):
            compiling.kill()
            compiling.wait()
    click.echo(say("doors.ended"), err=as_json)


@main.command("print", cls=Words)
@click.argument("session", type=Name("session"), metavar="SESSION")
@click.option("--what", type=Name("sheet"), metavar="WHAT", default="all")
@click.option("--out", metavar="PATH")
@everywhere
def print_(session, what, out, as_json):
    """A session's cards, worksheet, slides and guide as PDF."""
    from commsim.curricula import printing

    if what not in SHEETS:
        raise UserError("sheet_unknown", value=what, allowed=", ".join(SHEETS), nearest=nearest(what, SHEETS))
    made = printing.print_session(session, what, language(), out)
    paths = [str(Path(path).absolute()) for path in (made if isinstance(made, (list, tuple)) else [made])]
    if as_json:
        return print_json({"session": session, "what": what, "lang": language(), "files": paths})
    for path in paths:
        click.echo(path)
