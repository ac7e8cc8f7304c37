"""commsim log: the health of a group from its chat log, in words, as data, as a report, as pictures."""

from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import date as day
from pathlib import Path

import click

from commsim.cli.printed import filled, print_json, table, waiting
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.written import ready_to_write
from commsim.errors import UserError
from commsim.words import language, say

KINDS = ("png", "svg")  # of each picture
LONGEST_WINDOW, LONGEST_WAIT = 3650, 8760


@main.command("log", cls=Words)
@click.argument("file", type=Name("file"), metavar="FILE", required=False)
@click.option("--report", metavar="FILE.html")
@click.option("--share", metavar="FILE.json")
@click.option("--members", is_flag=True)
@click.option("--pictures", type=Name("folder"), metavar="FOLDER")
@click.option("--template", type=Name("log template"), metavar="NAME")
@click.option("--format", "format", type=Name("log format"), metavar="NAME")
@click.option("--community", metavar="NAME", default="default")
@click.option("--day-first", is_flag=True)
@click.option("--month-first", is_flag=True)
@click.option("--timezone", metavar="ZONE")
@click.option("--reply-to", type=Name("reply target"), metavar="member|message")
@click.option("--roster", type=Name("file"), metavar="FILE")
@click.option("--infer", is_flag=True)
@click.option("--date", metavar="DATE")
@click.option("--window-days", type=Whole(1, LONGEST_WINDOW), metavar="N", default=7)
@click.option("--within-hours", type=Whole(1, LONGEST_WAIT), metavar="N", default=48)
@click.option("--buildings", type=Name("file"), metavar="FILE.csv")
@everywhere
def log(file, report, share, members, pictures, template, format, community, day_first, month_first, timezone, reply_to,
        roster, infer, date, window_days, within_hours, buildings, as_json):  # fmt: skip
    """The health of a group."""
    if template is not None:
        given = {"--report": report, "--share": share, "--pictures": pictures, "--members": members, "--json": as_json}
        return _template(template, file, [name for name, value in given.items() if value])
    if file is None:
        from commsim.chatlogs.templates import TEMPLATES

        raise UserError("log_file_needed", allowed="|".join(TEMPLATES))
    _writable(report, share, pictures)
    options = {"day_first": _order(day_first, month_first), "timezone": timezone, "reply_to": reply_to,
               "pasted": _date(date), "roster": roster, "infer": infer}  # fmt: skip

    from commsim.chatlogs.buildings import buildings as where
    from commsim.chatlogs.health import SMALL_GROUP, profile
    from commsim.chatlogs.load import load

    with waiting(say("log.reading")):
        read = load(file, format, community, **options)
        places, found = (None, None) if buildings is None else where(buildings, read, community)
    with waiting(say("log.measuring")):
        health = profile(read, window_days, float(within_hours), places)
    if members and health.aggregates_only:
        raise UserError("log_members_small", value=health.senders, allowed=SMALL_GROUP)
    if as_json:
        print_json(health.as_data() | ({"table": list(health.members)} if members else {}))
    else:
        _print(health, file, found)
        if members:
            _print_members(health)
    _write(health, read, places, report, share, pictures, err=as_json)


def _template(name, file, given) -> None:
    """Print an empty table, or write it where no file is yet."""
    from commsim.chatlogs.templates import template

    if given:
        raise UserError("log_template_alone", value=", ".join(given))
    text = template(name, language())
    if file is None:
        return click.echo(text, nl=False)
    ready_to_write(file, (".csv",))
    if Path(file).exists():
        raise UserError("log_template_exists", place=file)
    from commsim.show.files import whole_file

    whole_file(Path(file), text.encode("utf-8-sig"))  # so that a spreadsheet reads Chinese rightly
    click.echo(say("log.template_written", path=file))


def _writable(report, share, pictures) -> None:
    """Complain before the log is read."""
    if report is not None:
        ready_to_write(report, (".html", ".htm"))
    if share is not None:
        ready_to_write(share, (".json", ".csv"))
    if pictures is not None and Path(pictures).exists() and not Path(pictures).is_dir():
        raise UserError("log_pictures_file", place=pictures)
    if pictures is not None and not Path(pictures).exists() and not Path(pictures).absolute().parent.is_dir():
        raise UserError("out_no_folder", place=pictures, value=str(Path(pictures).parent))


def _order(day_first, month_first) -> bool | None:
    if day_first and month_first:
        raise UserError("log_both_orders")
    return True if day_first else False if month_first else None


def _date(text) -> day | None:
    try:
        return None if text is None else day.fromisoformat(text)
    except ValueError:
        raise UserError("log_date", value=text) from None


# -- words ---------------------------------------------------------------------------------------------


def _print(health, file, found) -> None:
    from commsim.show import log_told as told

    lang = language()
    click.echo(told.summary(health, lang))
    click.echo(told.span(health, lang))
    click.echo(filled(told.taken_for(health, lang)))
    for sentence in told.decided(health.loader, lang):
        click.echo(f"  {sentence}")
    if found is not None:
        click.echo(say("log.buildings_found", **found))
    _print_account(health.loader, told, lang)
    if health.aggregates_only:
        click.echo("\n" + filled(say("log.health.small_group")))
    click.echo("\n" + say("log.told.short"))
    for sentence in [*told.power(health, lang), *told.margins(health, lang), *told.notes(health, lang)]:
        _sentence(sentence)
    for group, names in told.SHOWN.items():
        if rows := told.measure_rows(health, names, lang):
            click.echo("\n" + say(f"log.group.{group}"))
            table(rows, right=(1,))
    if rows := told.trend_rows(health, lang):
        click.echo("\n" + say("log.told.trends", days=health.window_days))
        table(rows)
    if rows := told.unknown_rows(health, lang):
        click.echo("\n" + say("log.told.unknown"))
        for reason, names in rows:
            _sentence(f"{reason} {names}")
    click.echo("\n" + say("log.told.next"))
    for command in (f"commsim log {shlex.quote(file)} --report report.html", f"commsim twin {shlex.quote(file)}"):
        click.echo(f"  {command}")


def _sentence(text: str) -> None:
    click.echo("  " + filled(text).replace("\n", "\n    "))


def _print_account(account, told, lang) -> None:
    """What every line was; the skipped ones by kind of fault, with numbers and shapes of the first."""
    unit = "entries" if account["unit"] == "entry" else "lines"
    click.echo("\n" + say(f"log.told.{unit}", lines=f"{account['lines']:,}"))
    table([[what, f"{n:,}"] for what, n in told.account_rows(account, lang)], right=(1,))
    if rows := told.fault_rows(account, lang):
        click.echo(say("log.told.skipped"))
        for kind, n, first in rows:
            click.echo(f"  {kind}  {n:,}\n    {first}")
    if rows := told.noted_rows(account, lang):
        click.echo(say("log.told.noted"))
        table([[what, f"{n:,}"] for what, n in rows], right=(1,))


def _print_members(health) -> None:
    """The steward's table, in the order of the roster: no ranking."""
    columns = [name for name in ("member", "sent", "received", "silent", "unheard", "peripheral", "drift")
               if name in health.table]  # fmt: skip
    click.echo("\n" + filled(say("log.told.members")))
    table([[say(f"log.column.{name}") for name in columns],
           *([_cell(name, row) for name in columns] for row in health.members)], right=(1,))  # fmt: skip


def _cell(name, row) -> str:
    value = row[name]
    if name == "drift":
        return say(f"log.drifts.{value}")
    if name == "silent" and not row["told"]:
        return say("log.column.short")
    return (say("log.column.yes") if value else "") if isinstance(value, bool) else str(value)


# -- files ---------------------------------------------------------------------------------------------


def _write(health, read, places, report, share, pictures, err) -> None:
    if share is not None:
        _write_share(health, share)
        click.echo(say("log.share_written", path=share), err=err)
    if report is not None:
        from commsim.show import log_report

        with waiting(say("log.drawing")):
            log_report.write(health, read, report, places, language())
        click.echo(say("log.report_written", path=report), err=err)
    if pictures is not None:
        with waiting(say("log.drawing")):
            n = _write_pictures(health, read, places, Path(pictures))
        click.echo(say("log.pictures_written", path=pictures, n=n), err=err)


def _write_share(health, path) -> None:
    from commsim.chatlogs import sharing
    from commsim.show.files import whole_file

    if Path(path).suffix.lower() == ".json":
        text = json.dumps(sharing.as_shared_data(health), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    else:
        page = io.StringIO()
        csv.writer(page, lineterminator="\n").writerows(sharing.rows(health))
        text = page.getvalue()
    whole_file(Path(path), text.encode())


def _write_pictures(health, read, places, folder) -> int:
    """Each picture as PNG and SVG, and what all of them show as text; how many pictures there are."""
    from commsim.show import figures
    from commsim.show import log as pictures
    from commsim.show.files import whole_file

    lang, words = language(), []
    try:
        folder.mkdir(exist_ok=True)
    except OSError as fault:
        raise UserError("out_failed", place=str(folder), value=fault.strerror or str(fault)) from None
    for name in pictures.PICTURES:
        figure = pictures.draw(name, health, read, places, lang=lang)
        if figure is None:
            continue
        for kind in KINDS:
            figures.save(figure, folder / f"{name}.{kind}", lang)
        told = pictures.in_words(name, health, read, places, lang=lang)
        words.append(f"{say(f'log.picture.{name}.title')}\n{told}\n")
    whole_file(folder / "pictures.txt", "\n".join(words).encode())
    return len(words)
