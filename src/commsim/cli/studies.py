"""The commands of the model: list, show, run, compare.  What costs time to import is imported where it is needed."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

import click

from commsim.cli.machines import machines
from commsim.cli.printed import (
    days_told,
    filled,
    finite,
    padded,
    peak_mb,
    plain,
    print_json,
    scale_label,
    span,
    table,
    waiting,
)
from commsim.cli.spoken import Name, Whole, Words, everywhere, main
from commsim.cli.written import ready_to_write, write_series, writing
from commsim.errors import UserError, nearest
from commsim.words import LANGUAGES, language, say

LONGEST = 36_500  # days
FAILURES_SHOWN = 10  # worlds named per error


@main.command("list", cls=Words)
@everywhere
def list_scenarios(as_json):
    """Which scenarios there are."""
    from commsim import scenarios

    found = [scenarios.load(name) for name in scenarios.available()]
    if as_json:
        return print_json([
            {"id": s.id, "title": s.title[language()], "people": max(size.people for size in s.scales.values()),
             "scales": {name: size.people for name, size in s.scales.items()},
             "policies": list(s.policies)} for s in found
        ])  # fmt: skip
    for s in found:
        click.echo(f"{s.id}  {s.title[language()]}")
        for size in s.scales.values():
            chosen = say("cli.list.default") if size.name == s.default_scale else ""
            click.echo(f"  --scale {padded(size.name, 12)} {scale_label(size.name)}  "
                       f"{say('cli.people', people=f'{size.people:,}')}{chosen}")  # fmt: skip
        for policy in s.policies.values():
            click.echo(f"  {padded(policy.id, 20)} {policy.title[language()]}")
    click.echo("\n" + say("cli.list.next"))


@main.command("show", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--settings", is_flag=True)
@everywhere
def show(scenario, scale, settings, as_json):
    """What a scenario contains."""
    from commsim import scenarios

    found = scenarios.load(scenario)
    size = found.scale(scale)
    if as_json:
        return print_json(_everything(found, size.name))
    lang = language()
    click.echo(f"{found.title[lang]} ({found.id})\n\n{filled(found.story[lang])}\n")
    click.echo(say("cli.show.place"))
    rows = [[scale_label(s.name), s.name, say("cli.people", people=f"{s.people:,}"),
             say("cli.show.households", n=f"{found.households(s.name):,}"),
             say(f"cli.show.{found.thresholds(s.name)}")] for s in found.scales.values()]  # fmt: skip
    table(rows)
    click.echo("\n" + say("cli.show.structure", horizon=f"{found.horizon:,}", burn_in=found.burn_in,
                          **found.structure))  # fmt: skip
    click.echo(f"\n{say('cli.show.policies')}")
    for policy in found.policies.values():
        click.echo(f"  {policy.id}: {policy.title[lang]}")
        names = [name or rule.name for name, rule in zip(policy.names, policy.rules, strict=True)]
        click.echo(f"    {say('words.comma').join(names)}")
    click.echo(f"\n{say('cli.show.rules', scale=scale_label(size.name))}")
    click.echo(say(f"thresholds.{found.thresholds(size.name)}"))
    told = {}
    for policy in found.policies.values():
        for name, rule in zip(policy.names, found.rules(policy.id, size.name), strict=True):
            told.setdefault((name or rule.name, rule), None)
    for name, rule in told:
        click.echo(f"  {name} · {say(f'rule.{rule.name}.label')}")
        for line in filled(scenarios.rule_in_words(rule, lang), 92).splitlines():
            click.echo(f"    {line}")
    if found.shocks:
        click.echo(f"\n{say('cli.show.shocks')}")
        for name, shock in found.shocks.items():
            click.echo(f"  {name} · {say(f'shock.{shock.name}.label')}")
            click.echo(f"    {scenarios.shock_in_words(shock, lang)}")
    if found.measures:
        click.echo(f"\n{say('cli.show.measures')}")
        table([[say(f"measure.{name}.label"), name] for name in found.measures])
    click.echo(f"\n{say('cli.show.numbers')}")
    table([[scenarios.number_in_words(n, lang), plain(n.value), span(n.low, n.high),
             scenarios.source_in_words(n.source, lang)] for n in found.numbers()], right=(1,))  # fmt: skip
    if settings:
        click.echo(f"\n{say('cli.show.settings')}")
        table([[say(f"setting.{s['name']}"), s["name"], plain(s["value"]), s["unit"],
                 span(s["low"], s["high"]), scenarios.source_in_words(s["source"], lang)
                 + (f" ⚠ {say('resembles.mark')}" if s["resembles"] else "")]
                for s in _levers(found, size.name)], right=(2,))  # fmt: skip
        click.echo("\n⚠ " + say("resembles.about"))
    else:
        click.echo("\n" + say("cli.show.more", scenario=scenario))


def _levers(scenario, scale):
    from commsim.state.settings import PARAMETERS

    x = scenario.settings(scale).x
    return [{"name": p.name, "value": getattr(x, p.name), "default": p.default, "low": p.low, "high": p.high,
             "unit": p.unit, "source": p.source, "resembles": p.resembles} for p in PARAMETERS.values()]  # fmt: skip


def _everything(scenario, scale) -> dict:
    from commsim.scenarios import rule_in_words, shock_in_words

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
        "shocks": [{**s.as_data(), "words": {lang: shock_in_words(s, lang) for lang in LANGUAGES}}
                   for s in scenario.shocks.values()],
        "measures": list(scenario.measures),
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
@everywhere
def run(scenario, policy, scale, days, world, out, as_json):
    """One policy in one world."""
    gc.disable()  # what is loaded stays: to look through it for garbage takes a tenth of the start
    from commsim import scenarios

    found = scenarios.load(scenario)
    if policy is None:
        raise UserError("policy_missing", allowed=", ".join(found.policies))
    size = found.scale(scale)
    rules, place = found.rules(policy, size.name), found.place(size.name)
    days = found.horizon if days is None else days
    if out is not None:
        ready_to_write(out, (".csv", ".parquet"))

    from commsim import engine, kernels
    from commsim.measures.table import MEASURES

    began = time.perf_counter()
    if not kernels.warmed():
        with waiting(say("cli.run.compiling")):
            engine.warm()
    with days_told("cli.run.starting") as tell:
        engine.rehearse(rules, place.settings, days)
        state = engine.prepare(place, world, progress=tell)
    started = time.perf_counter()
    gc.freeze()
    gc.enable()
    with days_told("cli.run.progress") as tell:
        lived = engine.run(state, rules, days, progress=tell)
    ended = time.perf_counter()
    data = {
        "scenario": found.id, "policy": policy, "scale": size.name, "world": world, "days": days,
        "people": size.people, "classroom": size.classroom,
        "setup_seconds": round(started - began, 4), "seconds": round(ended - started, 4),
        "peak_mb": peak_mb(),
        "measures": {name: finite(value) for name, value in lived.measures.items()},
        "units": {name: MEASURES[name].unit for name in lived.measures},
    }  # fmt: skip
    if as_json:
        print_json(data)
    else:
        _print_run(found, data)
    if out is not None:
        write_series(lived.series, out)
        click.echo(say("cli.run.written", path=out, days=len(lived.series["day"])), err=as_json)


def _print_run(scenario, data):
    from commsim.measures.table import MEASURES
    from commsim.show import wording

    lang = language()
    click.echo(say("cli.run.title", scenario=scenario.title[lang], scale=scale_label(data["scale"]),
                   policy=scenario.policy(data["policy"]).title[lang], world=data["world"],
                   days=f"{data['days']:,}", people=f"{data['people']:,}"))  # fmt: skip
    click.echo(say(f"thresholds.{scenario.thresholds(data['scale'])}") + "\n")
    table([[wording.label(name, lang),
             wording.quantity(value, MEASURES[name].unit, MEASURES[name].delta, lang=lang), name]
            for name, value in data["measures"].items() if value is not None], right=(1,))  # fmt: skip
    left_out = [wording.label(name, lang) for name, value in data["measures"].items() if value is None]
    if left_out:
        click.echo("\n" + filled(say("cli.run.absent", measures=wording.join(left_out, lang))))
    click.echo("\n" + say("cli.run.took", setup=f"{data['setup_seconds']:.1f}",
                          seconds=f"{data['seconds']:.2f}", mb=plain(data["peak_mb"])))  # fmt: skip


@main.command("compare", cls=Words)
@click.argument("scenario", type=Name("scenario"), metavar="SCENARIO")
@click.argument("policies", type=Name("policy"), nargs=-1, metavar="POLICY POLICY [POLICY…]")
@click.option("--scale", type=Name("scale"), metavar="SCALE")
@click.option("--days", type=Whole(1, LONGEST), metavar="N")
@click.option("--worlds", type=Whole(1, 1_000_000), metavar="N")
@click.option("--worlds-most", type=Whole(1, 1_000_000), metavar="N")
@machines
@click.option("--ledger", metavar="FILE")
@click.option("--retry", is_flag=True)
@click.option("--report", metavar="FILE")
@click.option("--measure", "measures", type=Name("measure"), multiple=True, metavar="NAME")
@everywhere
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
        ready_to_write(report, (".html", ".htm"))

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
        print_json(data)
    else:
        _print_comparison(found, data)
    if data["failed"]:
        _print_failures(found, data["failed"], ledger is not None, err=as_json)
    if report is not None:
        from commsim.show import report as reports

        with writing(report):
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
    from commsim.show import wording

    lang = language()
    first, *others = data["policies"]
    titles = {p: scenario.policy(p).title[lang] for p in data["policies"]}
    for policy in others:
        click.echo(say("cli.compare.title", scenario=scenario.title[lang], first=titles[first],
                       second=titles[policy], scale=scale_label(data["scale"]),
                       days=f"{data['days']:,}"))  # fmt: skip
        click.echo(say("cli.compare.worlds", worlds=data["worlds"],
                       why=say(f"cli.stopped.{data['stopped_because']}")))  # fmt: skip
        click.echo(say(f"thresholds.{scenario.thresholds(data['scale'])}"))
        head = [say(f"cli.compare.{c}") for c in ("measure", "mean", "diff", "interval", "share", "verdict")]
        left_out = wording.absent(data["measures"], policy)
        for group, belongs in _GROUPS.items():
            names = [n for n, m in data["measures"].items() if belongs(m) and n not in left_out]
            if names:
                click.echo("\n" + say(f"cli.compare.group.{group}"))
                rows = [_verdict_row(n, data["measures"][n], policy, lang) for n in names]
                table([head, *rows], right=(1, 2, 4))
        if left_out:
            named = wording.join([wording.label(name, lang) for name in left_out], lang)
            click.echo("\n" + filled(say("report.table.absent", lang, measures=named)))
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
