"""The report on a group's health: one HTML file that loads nothing, in Chinese or English, fit to be passed on.

It is made of the shared health only (``chatlogs.sharing``): no pseudonym, no cell under five, no name of the file.
"""

from __future__ import annotations

import os
from pathlib import Path

from commsim import __version__
from commsim.chatlogs import sharing
from commsim.chatlogs.health import Health
from commsim.show import figures, fonts
from commsim.show import log as pictures
from commsim.show import log_told as told
from commsim.show.files import folder_there, whole_file
from commsim.show.report import template
from commsim.words import language, say


def write(health: Health, log, path: str | os.PathLike, buildings=None, lang: str | None = None) -> Path:
    """Write the report to ``path`` and return it."""
    path = Path(path)
    folder_there(path)
    return whole_file(path, html(health, log, buildings, lang).encode())


def html(health: Health, log, buildings=None, lang: str | None = None) -> str:
    """The report as a string."""
    lang = language(lang)
    safe, why = sharing.shared(health)
    page = {
        "lang": lang,
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "fonts": fonts.css(),
        "version": __version__,
        "health": safe,
        "span": told.span(safe, lang),
        "strip": _strip(safe, lang),
        "power": told.power(safe, lang) if not safe.aggregates_only else [],
        "margins": told.margins(safe, lang),
        "notes": told.notes(safe, lang),
        "trends": told.trend_rows(safe, lang),
        "groups": [(group, rows) for group, names in told.SHOWN.items()
                   if (rows := told.measure_rows(safe, names, lang))],
        "pictures": _pictures(safe, log, buildings, lang),
        "caption": pictures.caption(safe, lang),
        "unknown": told.unknown_rows(safe, lang),
        "withheld": told.withheld_rows(why, lang),
        "taken": told.taken_for(safe, lang),
        "decided": told.decided(safe.loader, lang),
        "account": [(what, pictures.count(n, lang))
                    for what, n in told.account_rows(_account(health.loader), lang)],
        "faults": [(kind, f"{n:,}") for kind, n, _ in told.fault_rows(health.loader, lang)],
    }  # fmt: skip
    return template("log.html").render(page, say=lambda key, **values: say(f"log.{key}", lang, **values))


def _account(account):
    """Lines that say something about members as counts may be shared, those about the file as they are."""
    told = ("message", "continuation", "system")
    return account | {name: sharing.rounded(account.get(name, 0)) or 0 for name in told}


def _strip(health, lang):
    """The facts under the title: (what, value)."""
    facts = [("messages", pictures.count(health.messages, lang)),
             ("members", pictures.count(health.members_count, lang)),
             ("senders", pictures.count(health.senders, lang)), ("days", f"{health.days:,.0f}")]  # fmt: skip
    return [(say(f"log.count.{name}", lang), shown) for name, shown in facts]


def _pictures(health, log, buildings, lang):
    """Each picture twice, for a page and for a phone, with its caption and what it shows in words."""
    drawn = []
    for name in pictures.PICTURES:
        if health.aggregates_only or (name == "two_tiers" and buildings is None):
            continue
        alt = pictures.in_words(name, health, log, buildings, shared=True, lang=lang)
        wide, narrow = (figures.svg(pictures.draw(name, health, log, buildings, shared=True, narrow=small, lang=lang),
                                    f"{name}-{'n' if small else 'w'}", alt) for small in (False, True))  # fmt: skip
        drawn.append({"name": name, "title": say(f"log.picture.{name}.title", lang), "wide": wide, "narrow": narrow,
                      "read": say(f"log.picture.{name}.read", lang), "alt": alt})  # fmt: skip
    return drawn
