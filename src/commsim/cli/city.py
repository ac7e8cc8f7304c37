"""The command that lives through every community of a city."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commsim.cli.machines import machines
from commsim.cli.printed import filled, print_json, table
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.studies import FAILURES_SHOWN, LONGEST, _measure
from commsim.cli.written import ready_to_write
from commsim.errors import UserError
from commsim.words import language, say

PICTURES = (".png", ".svg", ".pdf")
MEASURES_MOST = 4  # in a picture
WORLDS_MOST = 2**20 - 1


@main.command("city", cls=Words)
@click.argument("city", type=Name("city"), metavar="CITY")
@click.option("--policy", type=Name("city policy"), metavar="POLICY")
@click.option("--world", type=Whole(0, WORLDS_MOST), default=1, metavar="N")
@click.option("--days", type=Whole(1, LONGEST), metavar="N")
@click.option("--communities", type=Whole(1, 4095), metavar="N")
@machines
@click.option("--ledger", metavar="FILE")
@click.option("--retry", is_flag=True)
@click.option("--out", metavar="FILE")
@click.option("--measure", "measures", type=Name("measure"), multiple=True, metavar="NAME")
@everywhere
def city(city, policy, world, days, communities, jobs, ledger, retry, out, measures, as_json):
    """Every community of a city."""
    from commsim.scenarios.city import load_city

    found = load_city(city)
    if policy is not None:
        found.scenario.policy(policy)
    if communities is not None and communities > found.communities:
        raise UserError("value_out_of_range", place="--communities", value=communities, low=1,
                        high=found.communities)  # fmt: skip
    wanted = list(dict.fromkeys(_measure(name) for name in measures))
    if len(wanted) > MEASURES_MOST:
        raise UserError("city_measures_many", value=len(wanted), allowed=MEASURES_MOST)
    if out is not None:
        ready_to_write(out, PICTURES)

    from commsim.experiments.city import live_city
    from commsim.experiments.progress import progress_on

    try:
        lived = live_city(found, policy, world, days, communities, jobs, ledger,
                          progress_on(sys.stderr, line="progress.communities"), retry=retry)  # fmt: skip
    except KeyboardInterrupt as stop:
        stop.told = True  # the city has said how to go on
        raise
    data = lived.as_data()
    if as_json:
        print_json(data)
    else:
        _print_city(found, lived, data["summary"])
    if lived.failed:
        _print_failures(lived.failed, ledger is not None, err=as_json)
    if out is not None:
        from commsim.show import city as pictures

        pictures.save(lived, out, wanted or None, language())
        click.echo(say("cli.city.picture", path=Path(out).resolve()), err=as_json)
    click.echo(say("cli.city.took", lived=lived.lived, seconds=f"{lived.seconds:.1f}", reused=lived.reused), err=True)
    if ledger is not None:
        click.echo(say("cli.compare.ledger", path=ledger), err=True)


def _print_city(city, lived, summary):
    from commsim.show import city as told

    lang = language()
    click.echo(say("cli.city.title", city=lived.title[lang], policy=lived.policy_title[lang], world=lived.world,
                   days=f"{lived.days:,}"))  # fmt: skip
    if len(lived.rows) < city.communities:
        click.echo(say("cli.city.part", n=f"{len(lived.rows):,}", all=f"{city.communities:,}"))
    click.echo("\n" + say("cli.city.totals"))
    table(told.total_rows(summary, lang), right=(1,))
    for part, rows in (("quantiles", told.quantile_rows(summary, lang)), ("bands", told.band_rows(summary, lang))):
        click.echo("\n" + say(f"cli.city.{part}"))
        table(rows, right=range(1, len(rows[0])))
    click.echo("\n" + filled(say("cli.city.schematic")))


def _print_failures(failed, kept, err):
    click.echo("\n" + say("cli.city.failed", n=len(failed)), err=err)
    for one in failed[:FAILURES_SHOWN]:
        click.echo("  " + say("cli.city.failed_one", **one), err=err)
    if kept:
        click.echo(say("cli.compare.failed_retry"), err=err)
