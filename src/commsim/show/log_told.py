"""What is known of a group's health in words: the same rows and sentences for the command and for the report."""

from __future__ import annotations

from commsim.chatlogs import health as hl
from commsim.chatlogs import sharing
from commsim.chatlogs.health import Health
from commsim.show.log import count, day, hours
from commsim.words import known, say

GROUPS = {"speaking": hl.SPEAKING, "ties": hl.TIES, "tiers": hl.TIERS, "waiting": hl.WAITING, "asked": hl.ASKED,
          "rumours": hl.RUMOURS, "margins": hl.MARGINS, "drift": hl.DRIFT}  # fmt: skip
SHOWN = {**GROUPS, "waiting": (*hl.WAITING, "heard"), "margins": ()}  # the three kinds are told in sentences
INDICES = ("gini", "gini_senders", "centralisation_in", "centralisation_out")  # between 0 and 1, and no shares
BESIDE = ("answered_within_low", "answered_within_high", "asked_answered_within_low", "asked_answered_within_high")
MARGIN = ("silent", "unheard", "peripheral")
LEVEL = 0.05  # p below which a trend is called one
CLASSES = ("message", "continuation", "system", "blank", "header", "skipped")
NOTED = ("only_addressed", "from_roster", "roster_skipped", "replies_unknown", "mentions_unknown", "to_oneself",
         "duplicate_ids", "duplicate_times", "out_of_order", "renamed", "kinds_other", "inferred")  # fmt: skip


def label(name: str, lang: str) -> str:
    return say(f"log.measure.{name}.label", lang)


def value(name: str, number, lang: str) -> str:
    """A measure's value with its unit: shares in percent, times as people say them."""
    if number is None:
        return "–"
    unit = say(f"log.measure.{name}.unit", "en")
    if unit == "h":
        return hours(number, lang)
    if unit.startswith("share") and name not in INDICES:
        return f"{100 * number:.3g}%"
    if isinstance(number, float):
        return f"{number:.2f}".replace("-", "−") if abs(number) < 10 else f"{number:,.0f}"
    return f"{number:,}"


def measure_rows(health: Health, names, lang: str) -> list[tuple[str, str, str]]:
    """(name, value, meaning in a line) of the measures that are there; an interval stands behind its share."""
    rows = []
    for name in names:
        if name in BESIDE or health.measures[name] is None:
            continue
        shown = value(name, health.measures[name], lang)
        low, high = health.measures.get(f"{name}_low"), health.measures.get(f"{name}_high")
        if low is not None and high is not None:
            shown += say("log.between", lang, low=value(name, low, lang), high=value(name, high, lang))
        rows.append((label(name, lang), shown, say(f"log.measure.{name}.what", lang)))
    return rows


def unknown_rows(health: Health, lang: str) -> list[tuple[str, str]]:
    """(reason, the measures that cannot be known for it)."""
    return [(say(f"log.reason.{reason}", lang), _names(health, reason, lang))
            for reason in hl.REASONS if reason in health.unavailable.values()]  # fmt: skip


def _names(health, reason, lang) -> str:
    """Families of measures by their name where all of one are missing, else each."""
    missing = {name for name, why in health.unavailable.items() if why == reason and name not in BESIDE}
    words = []
    for group, names in GROUPS.items():
        told = [name for name in names if name not in BESIDE]
        if set(told) <= missing and len(told) > 1:
            words.append(say(f"log.group.{group}", lang))
        else:
            words += [label(name, lang) for name in told if name in missing]
    return say("words.comma", lang).join(words)


def withheld_rows(why: dict[str, str], lang: str) -> list[tuple[str, str]]:
    """(reason, what is withheld for it) of a health that is shared."""
    rows = []
    for reason in sharing.WHY:
        names = [label(name, lang) if name in hl.MEASURES else say(f"log.count.{name}", lang)
                 for name, found in why.items() if found == reason and name not in BESIDE]  # fmt: skip
        if names:
            rows.append((say(f"log.withheld.{reason}", lang), say("words.comma", lang).join(dict.fromkeys(names))))
    return rows


def taken_for(health: Health, lang: str) -> str:
    """What the file was taken for, and what that can tell."""
    account = health.loader
    return say("log.told.taken", lang, format=format_name(account.get("format", ""), lang),
               carries=carries(health, lang))  # fmt: skip


def format_name(name: str, lang: str) -> str:
    key = f"log.format.{name}"
    return say(key, lang) if known(key) else name


def carries(health: Health, lang: str) -> str:
    order = ("reply_to", "mention", "kind", "thread", "joined", "presence")
    names = [say(f"log.carries.{name}", lang) for name in order if name in health.carries]
    return say("words.comma", lang).join(names) if names else say("log.carries.nothing", lang)


def decided(account: dict, lang: str) -> list[str]:
    """What was decided about the file, each with its reason."""
    told = []
    for name in ("timezone", "day_order", "reply_to"):
        if account.get(name):
            what = say(f"log.decided.{account[name]}", lang) if name != "timezone" else account[name]
            why = account.get(f"{name}_why")
            told.append(say(f"log.decided.{name}", lang, value=what)
                        + (say("log.because", lang, why=say(f"chatlog.why.{why}", lang)) if why else ""))  # fmt: skip
    if account.get("ended") is False:
        told.append(say("log.decided.cut", lang))
    if account.get("key") == "process":
        told.append(say("log.decided.key", lang))
    return told


def account_rows(account: dict, lang: str) -> list[tuple[str, int]]:
    """How many lines were what; together they are all lines of the file."""
    return [(say(f"log.line.{name}", lang), account[name]) for name in CLASSES if account.get(name)]


def fault_rows(account: dict, lang: str) -> list[tuple[str, int, str]]:
    """(kind of fault, lines, numbers and shapes of the first ones), the commonest first."""
    faults = sorted(account.get("faults", {}).items(), key=lambda item: -item[1]["count"])
    return [(say(f"chatlog.fault.{kind}", lang), fault["count"],
             say("words.semicolon", lang).join(say("log.told.fault", lang, number=one["number"], shape=one["shape"])
                                               for one in fault["first"])) for kind, fault in faults]  # fmt: skip


def noted_rows(account: dict, lang: str) -> list[tuple[str, int]]:
    """What else was counted while reading, where there was any."""
    return [(say(f"log.noted.{name}", lang), account[name]) for name in NOTED if account.get(name)]


def power(health: Health, lang: str) -> list[str]:
    """The sign of the power to cooperate, and the warning beside the density that can rise while a group dies."""
    told = [_trend(health, "density", "log.told.power", lang)]
    beside = health.trends.get("density_active")
    if beside is not None:
        told.append(_trend(health, "density_active", "log.told.beside", lang))
    return told


def _trend(health, name, key, lang) -> str:
    found = health.trends.get(name)
    if found is None:
        return say("log.told.power_unknown", lang)
    return say(key, lang, trend=say(f"log.trend.{direction(found)}", lang), p=p_value(found["p"]))


def direction(trend: dict) -> str:
    """rising, falling or none."""
    if trend["p"] is None or trend["p"] >= LEVEL or not trend["tau"]:
        return "none"
    return "rising" if trend["tau"] > 0 else "falling"


def p_value(p: float | None) -> str:
    return "–" if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def trend_rows(health: Health, lang: str) -> list[list[str]]:
    """A line per series that is long enough: its name, whether it rises, p, Kendall's tau."""
    rows = []
    for name, found in health.trends.items():
        what = say("log.series.messages", lang) if name == "messages" else label(name, lang)
        tau = "–" if found["tau"] is None else f"{found['tau']:+.2f}".replace("-", "−")
        rows.append([what, say(f"log.trend.{direction(found)}", lang), p_value(found["p"]), tau])
    return rows


def margins(health: Health, lang: str) -> list[str]:
    """The three kinds of marginal members, one sentence each; never one number for all."""
    return [say("log.told.margin", lang, kind=label(name, lang), n=count(health.measures[name], lang),
                share=value(f"{name}_share", health.measures[f"{name}_share"], lang),
                what=say(f"log.measure.{name}.what", lang))
            for name in MARGIN if health.measures[name] is not None]  # fmt: skip


def notes(health: Health, lang: str) -> list[str]:
    """Cautions that go with this log."""
    told = [say(f"log.note.{note}", lang) for note in health.notes]
    if health.measures["drifting"] is not None:
        told.append(say("log.told.drift_caution", lang))
    return told


def span(health: Health, lang: str) -> str:
    """From the first day to the last."""
    if not health.series["start"]:
        return say("log.told.days", lang, days=f"{health.days:,.0f}")
    first = health.series["start"][0]
    return say("log.told.span", lang, first=day(first), last=day(first + 86400.0 * health.days),
               days=f"{health.days:,.0f}")  # fmt: skip


def summary(health: Health, lang: str) -> str:
    """Messages, members and senders in a sentence."""
    return say("log.told.summary", lang, messages=count(health.messages, lang),
               members=count(health.members_count, lang), senders=count(health.senders, lang))  # fmt: skip
