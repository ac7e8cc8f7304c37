"""A guide's Markdown as blocks for printing: headings, paragraphs, lists, quotations, tables.

Only what the guides use; anything else is an error that names the line, so that nothing is printed
as raw signs.
"""

from __future__ import annotations

import re

from commsim.errors import UserError

_SPAN = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\((.+?)\)")
_UNKNOWN = ("```", "![", "<", "~~~", "    ")


def blocks(text: str, place: str) -> list[dict]:
    """The blocks of ``text``; each is a dict with ``kind`` and spans of words."""
    found, lines, at = [], text.splitlines(), 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith(_UNKNOWN):
            raise UserError("print_markdown", place=f"{place}:{at + 1}", value=line.strip()[:40])
        elif heading := re.match(r"(#{1,3}) (.+)", line):
            found.append({"kind": "heading", "level": len(heading[1]), "spans": spans(heading[2])})
            at += 1
        else:
            kind = _kind(line)
            end = at
            while end < len(lines) and lines[end].strip() and _kind(lines[end]) == kind:
                end += 1
            found.append(_BLOCKS[kind](lines[at:end]))
            at = end
    return found


def _kind(line: str) -> str:
    if line.startswith(">"):
        return "quote"
    if line.startswith("|"):
        return "table"
    if line.startswith("- "):
        return "list"
    if re.match(r"\d+\. ", line):
        return "steps"
    return "heading" if line.startswith("#") else "paragraph"


def _paragraph(lines):
    return {"kind": "paragraph", "spans": spans(" ".join(lines))}


def _quote(lines):
    return {"kind": "quote", "spans": spans(" ".join(line[1:].strip() for line in lines))}


def _list(lines):
    return {"kind": "list", "items": [spans(line[2:]) for line in lines]}


def _steps(lines):
    return {"kind": "steps", "items": [spans(line.partition(". ")[2]) for line in lines]}


def _table(lines):
    rows = [[spans(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines
            if not re.fullmatch(r"[|:\- ]+", line)]  # fmt: skip
    wide = len(rows[0])
    return {"kind": "table", "head": rows[0], "rows": [(row + [[]] * wide)[:wide] for row in rows[1:]]}


_BLOCKS = {"paragraph": _paragraph, "quote": _quote, "list": _list, "steps": _steps, "table": _table}


def spans(text: str) -> list[list[str]]:
    """``[["text", "…"], ["strong", "…"]]``; of a link the words remain."""
    found, at = [], 0
    for mark in _SPAN.finditer(text):
        if mark.start() > at:
            found.append(["text", text[at : mark.start()]])
        strong, em, code, link, _ = mark.groups()
        kind = "strong" if strong else "em" if em else "code" if code else "text"
        found.append([kind, strong or em or code or link])
        at = mark.end()
    if at < len(text):
        found.append(["text", text[at:]])
    return found
