"""A log file as a stream of lines: encoding found, line ends of every kind, nothing held but one line.

Encoding: a byte order mark says it; else UTF-8 if the whole file is; else GB18030 if the whole file is; else UTF-8
with the broken characters replaced, and their lines counted as faults.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from commsim.chatlogs.account import Account
from commsim.errors import UserError

CHUNK = 1 << 18  # bytes read at once
HEAD = 1 << 16  # characters that a reader sees before it says whether the format is its own
LONGEST = 1_000_000  # characters of a line; a longer one is a fault
MOSTLY = 9  # with so many good characters beyond ASCII to a broken one, a file is damaged UTF-8 and not GB18030
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BROKEN = "\ufffd"


class Source:
    """One file.  ``lines()`` gives (number from 1, text without its end), ``text()`` chunks of text; each may be
    called once, and ``beforehand()`` before them.  Lines that are too long or hold broken characters are put into
    the account here and not given.  ``number`` and ``line`` are those given last; ``ended`` is False while the last
    line is given if it has no end.
    """

    def __init__(self, path, account: Account | None = None):
        self.path = Path(path)
        self.name = str(path)
        self.account = account or Account()
        self.number, self.line, self.ended = 0, "", True
        try:
            if not self.path.is_file():
                raise UserError("log_not_file" if self.path.exists() else "log_missing", value=self.name)
            if self.path.stat().st_size == 0:
                raise UserError("log_empty", value=self.name)
            self.encoding, self.damaged = encoding(self.path)
        except (OSError, ValueError) as error:
            raise unreadable(self.name, error) from None
        self.account.encoding = "utf-8" if self.encoding == "utf-8-sig" else self.encoding

    def _open(self):
        try:
            return open(self.path, encoding=self.encoding, errors="replace", buffering=CHUNK)
        except OSError as error:
            raise unreadable(self.name, error) from None

    def head(self) -> str:
        """The beginning of the text, with ``\\n`` for every line end."""
        with self._open() as file:
            return file.read(HEAD).removeprefix("\ufeff")

    def text(self) -> Iterator[str]:
        """Chunks of text for formats without lines."""
        with self._open() as file:
            chunk = file.read(HEAD).removeprefix("\ufeff")
            while chunk:
                yield chunk
                chunk = file.read(CHUNK)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line that can be read."""
        account, before, longest, damaged = self.account, 0, LONGEST, self.damaged
        for block in self._blocks():
            for number, line in enumerate(block, before + 1):
                if len(line) > longest:
                    account.skip("too_long", number, line)
                elif damaged and BROKEN in line:
                    account.skip("broken_characters", number, line)
                else:
                    self.number, self.line = number, line
                    yield number, line
            before += len(block)
            account.lines, account.ended = before, self.ended

    def beforehand(self) -> Iterator[str]:
        """The same lines, for a reader that has to know something of the whole file first: nothing is counted."""
        for block in self._blocks():
            if self.damaged or max(map(len, block), default=0) > LONGEST:
                block = [line for line in block if len(line) <= LONGEST and not (self.damaged and BROKEN in line)]
            yield from block

    def _blocks(self) -> Iterator[list[str]]:
        """All lines, many at a time, even those that cannot be read; of one that is too long, its beginning."""
        rest, mark, self.ended = "", "\ufeff", True
        with self._open() as file:
            while chunk := file.read(CHUNK).removeprefix(mark):
                mark = ""
                *lines, rest = (rest + chunk).split("\n")
                yield lines
                rest = rest[: LONGEST + 1]
        if rest:
            self.ended = False
            yield [rest]


def unreadable(name: str, error: Exception) -> UserError:
    """The error for a file that the system does not let us read."""
    return UserError("log_unreadable", value=name, why=getattr(error, "strerror", None) or type(error).__name__)


def encoding(path: Path) -> tuple[str, bool]:
    """(name, whether some bytes are broken).  UserError for a file that is no text."""
    with open(path, "rb") as file:
        start = file.read(4)
    name = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8")
    if start == codecs.BOM_UTF32_LE or (name != "utf-16" and not _is_text(path)):
        raise UserError("log_binary", value=str(path))
    broken = _broken(path, name)
    if broken == WHOLLY and name == "utf-8" and not _mostly_utf8(path):
        in_gb = _broken(path, "gb18030")
        if in_gb != WHOLLY:
            return "gb18030", in_gb == AT_THE_END
    return name, broken != NOWHERE


NOWHERE, AT_THE_END, WHOLLY = range(3)


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _is_text(path: Path) -> bool:
    return not any(b"\0" in chunk for chunk in _chunks(path))


def _broken(path: Path, name: str) -> int:
    """Where the file is not of this encoding; AT_THE_END: only its last character is cut off."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
    except UnicodeError:
        return WHOLLY
    return AT_THE_END if decoder.getstate()[0] else NOWHERE


def _mostly_utf8(path: Path) -> bool:
    """Whether a file that is not clean UTF-8 is damaged UTF-8 rather than something else."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = broken = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        replaced = text.count(BROKEN)
        broken += replaced
        good += len(text) - len(text.encode("ascii", "ignore")) - replaced
    return good > MOSTLY * broken
