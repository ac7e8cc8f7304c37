"""Tables with a line of column names, as people keep them: comma, semicolon or tab, names in Chinese or English.

A line is a row; a cell may stand in double quotes but may not hold a line end.  Lines that begin with ``#`` are
remarks (the templates' examples) and count as header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from operator import itemgetter

from commsim.chatlogs.account import Account, shape
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.times import AmbiguousDate, Zone
from commsim.errors import UserError, nearest

DELIMITERS = (",", ";", "\t", "，", "；")
Columns = dict[str, tuple[str, ...]]  # name of a column: what else it may be called


def split(line: str, delimiter: str) -> list[str]:
    """The cells of a row; ValueError where a quotation mark is left open."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise ValueError from None
    return cells


def headings(line: str, columns: Columns) -> tuple[str, list[str | None]]:
    """(delimiter, name of each column, None for one that is not known), by whatever makes most of them known."""
    names = {other: name for name, others in columns.items() for other in (name, *others)}
    best: tuple[str, list[str | None]] = (",", [])
    for delimiter in DELIMITERS:
        try:
            cells = [names.get(cell.strip().strip("\ufeff").casefold().replace(" ", "_"))
                     for cell in split(line, delimiter)]  # fmt: skip
        except ValueError:
            continue
        if len(set(cells) - {None}) > len(set(best[1]) - {None}):
            best = delimiter, cells
    return best


def first_line(head: str) -> str:
    """The first line that says something and is no remark."""
    return next((line for line in head.split("\n") if line.strip() and line[0] != "#"), "")


def has(head: str, columns: Columns, *needed: str) -> bool:
    """Whether the first line names all the needed columns."""
    return set(needed) <= set(headings(first_line(head), columns)[1])


def dated(source: Source, account: Account, columns: Columns, needed: tuple[str, ...], options: Options
          ) -> Iterator[tuple[int, str, float, list[str]]]:  # fmt: skip
    """(line number, line, noon of its date, other cells) of each row whose first column is a date that can be read.

    Nobody knows the hour, so no order within a day means anything.
    """
    zone = Zone(account, options.timezone)
    account.ordered = False
    table = rows(source, account, columns, needed)
    next(table, None)
    for number, line, (date, *cells) in table:
        try:
            time = zone.noon(date, options.day_first)
        except AmbiguousDate:
            raise UserError("log_date_order", value=source.name, line=number) from None
        except ValueError:
            account.skip("time_unreadable", number, line)
            continue
        yield number, line, time, cells


def rows(source: Source, account: Account, columns: Columns, needed: tuple[str, ...]
         ) -> Iterator[tuple[int, str, list[str]]]:  # fmt: skip
    """(line number, line, cells in the order of ``columns``, "" for a column that the table does not have).

    First comes (0, "", names of the columns that are there)."""
    order, width, delimiter = None, 0, ","
    for number, line in source.lines():
        if not line or line.isspace():
            account.blank()
            continue
        if line[0] == "#":
            account.header()
            continue
        if order is None:
            delimiter, found = headings(line, columns)
            _complain(source.name, number, line, delimiter, found, columns, needed)
            account.header()
            width = len(found)
            order = itemgetter(*(found.index(name) if name in found else width for name in columns))
            yield 0, "", [name for name in found if name]
            continue
        try:
            cells = split(line, delimiter)
        except ValueError:
            account.skip("quote_open", number, line)
            continue
        if len(cells) != width:
            if len(cells) < width:
                account.skip("cells_missing", number, line)
                continue
            if any(cell and not cell.isspace() for cell in cells[width:]):
                account.skip("cells_too_many", number, line)
                continue
            del cells[width:]
        cells.append("")
        yield number, line, list(map(str.strip, order(cells)))


def _complain(name, number, line, delimiter, found, columns, needed) -> None:
    """UserError for a line of column names with unknown, doubled or missing ones.  Of an unknown one only the shape
    is shown: in a table without column names it would be a member's name."""
    known = [column for column in found if column]
    if not known:
        raise UserError("log_no_header", value=name, line=number, shape=shape(line), allowed=",".join(columns))
    width = len(found)
    while width and found[width - 1] is None and not split(line, delimiter)[width - 1].strip():
        width -= 1  # empty cells at the end, as spreadsheets leave them
    del found[width:]
    for column, cell in zip(found, split(line, delimiter), strict=False):
        if column is None:
            near = nearest(cell.strip(), [other for name, others in columns.items() for other in (name, *others)])
            raise UserError("log_column_unknown", value=name, line=number, column=found.index(None) + 1,
                            shape=shape(cell), allowed=",".join(columns), nearest=near)  # fmt: skip
    doubled = next((column for column in known if known.count(column) > 1), None)
    if doubled:
        raise UserError("log_column_twice", value=name, line=number, column=doubled)
    missing = [column for column in needed if column not in known]
    if missing:
        raise UserError("log_column_missing", value=name, line=number, column=",".join(missing),
                        allowed=",".join(columns))  # fmt: skip
