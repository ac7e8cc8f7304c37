"""The account of a log in sentences: what became of every line, what was decided and why, what is odd."""

from __future__ import annotations

from commsim.chatlogs.account import CLASSES
from commsim.words import say

ODD = ("duplicate_ids", "replies_unknown", "mentions_unknown", "to_oneself", "out_of_order", "duplicate_times",
       "kinds_other", "renamed", "roster_skipped")  # fmt: skip
VALUES = {"message": "message_id"}  # decisions whose word is also a class of lines


def sentences(loader: dict, lang: str | None = None) -> list[str]:
    """``Log.loader`` for people, a sentence each; nothing that is zero is mentioned except skipped lines."""

    def told(key: str, **facts) -> str:
        return say(f"chatlog.told.{key}", lang, **facts)

    classes = say("chatlog.comma", lang).join(told(name, count=f"{loader[name]:,}") for name in CLASSES
                                              if loader[name] or name == "skipped")  # fmt: skip
    whole = {"line": "lines", "entry": "entries"}[loader["unit"]]
    lines = [told(whole, format=loader["format"], count=f"{loader['lines']:,}", classes=classes)]
    lines += [fault_told(kind, fault, lang) for kind, fault in loader["faults"].items()]
    lines.append(told("messages", messages=f"{loader['messages']:,}", members=f"{loader['members']:,}",
                      reply=f"{loader['share_reply_to']:.0%}", mention=f"{loader['share_mention']:.0%}"))  # fmt: skip
    lines += [told(name, count=f"{loader[name]:,}") for name in ("only_addressed", "from_roster", "inferred")
              if loader[name]]  # fmt: skip
    for what in ("timezone", "day_order", "reply_to"):
        if loader[what]:
            value = loader[what] if what == "timezone" else told(VALUES.get(loader[what], loader[what]))
            lines.append(told(what, value=value, why=say(f"chatlog.why.{loader[what + '_why']}", lang)))
    lines.append(told("encoding", value=loader["encoding"].upper()))
    lines += [told(name, count=f"{loader[name]:,}") for name in ODD if loader[name]]
    if loader["unit"] == "line" and not loader["ended"]:
        lines.append(told("not_ended"))
    if loader["key"] == "process":
        lines.append(told("key_process"))
    return lines


def fault_told(kind: str, fault: dict, lang: str | None) -> str:
    """A kind of fault with its first lines."""
    first = say("chatlog.separator", lang).join(
        say("chatlog.told.first", lang, number=line["number"], shape=line["shape"]) for line in fault["first"])
    return say("chatlog.told.fault", lang, fault=say(f"chatlog.fault.{kind}", lang), count=f"{fault['count']:,}",
               first=first)  # fmt: skip
