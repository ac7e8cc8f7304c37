"""The command that tells which numbers of the model matter: a Morris screen, printed."""

from __future__ import annotations

import sys

import click

from commsim.cli.machines import machines
from commsim.cli.printed import print_json, table
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.studies import LONGEST, _measure
from commsim.words import language, say


@main.command("sensitivity", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.argument("policy", type=Name("policy"), metavar="POLICY")
@click.option("--measure", "measures", type=Name("measure"), multiple=True, metavar="NAME")
@click.option("--trajectories", type=Whole(2, 100_000), metavar="N")
@click.option("--worlds", type=Whole(1, 10_000), metavar="N")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--days", type=Whole(1, LONGEST), metavar="N")
@machines
@everywhere
def sensitivity(scenario, policy, measures, trajectories, worlds, scale, days, jobs, as_json):
    """Which levers move the measures most."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    found.policy(policy)
    size = found.scale(scale)
    wanted = list(dict.fromkeys(_measure(name) for name in measures)) or None

    from commsim.experiments import sensitivity as studies
    from commsim.experiments.progress import progress_on

    asked = {name: number for name, number in (("trajectories", trajectories), ("worlds", worlds)) if number}
    screened = studies.screen(found, policy, size.name, days, wanted, jobs=jobs, **asked,
                              progress=progress_on(sys.stderr, line="progress.runs"))  # fmt: skip
    if as_json:
        print_json(as_rows(screened))
    else:
        _print_screen(found, screened)


def as_rows(screened: dict) -> list[dict]:
    """One entry per measure and lever, the largest effect first, with what is known of the measure."""
    from commsim.measures.table import MEASURES

    shared = {name: screened[name] for name in ("scenario", "policy", "scale", "people", "days", "trajectories",
                                                "worlds")}  # fmt: skip
    return [{"measure": name, "unit": MEASURES[name].unit, "delta": MEASURES[name].delta, **effect,
             **{part: measure[part] for part in ("noise_share", "luck", "mean", "sd", "runs", "undefined")},
             "range": screened["ranges"].get(effect["lever"]), **shared}
            for name, measure in screened["measures"].items()
            for effect in measure["effects"] or [_NOTHING]]  # fmt: skip


_NOTHING = dict.fromkeys(("lever", "mu", "mu_star", "low", "high", "sigma", "floor"))


def _print_screen(scenario, screened):
    from commsim.show import sensitivity as told

    lang = language()
    for line in told.about(scenario, screened, lang):
        click.echo(line)
    for name, measure in screened["measures"].items():
        click.echo("\n" + told.title(name, lang))
        said, any_rows = told.note(name, measure, lang)
        click.echo("  " + said)
        if any_rows:
            table([[*told.head(lang), ""], *told.rows(name, measure, lang)], right=(1, 4))
            if more := told.rest(name, measure, lang):
                click.echo("  " + more)
    click.echo("\n" + say("cli.sensitivity.read"))
