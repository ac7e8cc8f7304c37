"""A JSON file of any size, entry by entry: the values at its top, and the elements of its long lists one at a time.

A window grows until the next value is whole, so memory is that of the longest entry.  An entry that is no JSON is
given as broken, and reading goes on at the next beginning of an entry; an end too early is given as cut.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator

LONGEST = 1 << 24  # characters of one entry; a longer one is broken
_NEAR_THE_END = 24  # an error so near the window's end may only be an end too early
_SPACE = re.compile(r"[\s]*")
_MARKS = frozenset('{}[],:"')
_decode = json.JSONDecoder().raw_decode


class Broken(Exception):
    """The value here is no JSON."""


class Cut(Exception):
    """The file ends in the middle."""


class _Window:
    def __init__(self, chunks: Iterable[str]):
        self.chunks, self.text, self.at = iter(chunks), "", 0

    def more(self) -> bool:
        """Adds a chunk (or several: at least as much as there is, for a long value is tried again and again)."""
        self.text = self.text[self.at :]
        self.at, added, needed = 0, [], len(self.text)
        for chunk in self.chunks:
            added.append(chunk)
            needed -= len(chunk)
            if needed <= 0:
                break
        self.text += "".join(added)
        return bool(added)

    def peek(self) -> str:
        """The next character that is no space; Cut at the end."""
        if (character := self.text[self.at : self.at + 1]) in _MARKS:
            return character
        while True:
            self.at = _SPACE.match(self.text, self.at).end()
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                raise Cut

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise Broken
        self.at += 1

    def value(self):
        """The next value, whole."""
        self.peek()
        return self.here()

    def here(self):
        """The value that begins just here, whole."""
        while True:
            try:
                value, end = _decode(self.text, self.at)
                if end < len(self.text) or not self.more():  # a number may go on in the next chunk
                    self.at = end
                    return value
            except json.JSONDecodeError as error:
                unfinished = error.pos > len(self.text) - _NEAR_THE_END or error.msg.startswith("Unterminated")
                if not unfinished or len(self.text) - self.at > LONGEST:
                    raise Broken from None
                if not self.more():
                    raise Cut from None
            except (RecursionError, ValueError):
                raise Broken from None

    def find(self, pattern: re.Pattern) -> bool:
        """Goes to the beginning of the pattern's group after this place."""
        self.at += 1
        while True:
            if found := pattern.search(self.text, self.at):
                self.at = found.start(1)
                return True
            self.at = max(self.at, len(self.text) - 200)
            if not self.more():
                return False


def entries(chunks: Iterable[str], lists: frozenset[str], begins: re.Pattern) -> Iterator[tuple[str, object, str]]:
    """(key, value, text) of a JSON object: one for each of its members, but one for each element of the ``lists``.

    Text is the first characters of an element that is no JSON (key "broken") or not whole (key "cut"), value is
    then None.  ``begins`` has one group, the beginning of an element, where reading may go on.
    """
    window = _Window(chunks)
    try:
        window.take("{")
        while window.peek() != "}":
            key = window.value()
            window.take(":")
            if key in lists and window.peek() == "[":
                if not (yield from _elements(window, key, begins)):
                    return
            else:
                yield str(key), window.value(), ""
            if window.peek() == ",":
                window.at += 1
    except Broken:
        yield "broken", None, window.text[window.at : window.at + 60]
    except Cut:
        yield "cut", None, window.text[window.at : window.at + 60]


def _elements(window: _Window, key: str, begins: re.Pattern) -> Generator[tuple[str, object, str], None, bool]:
    """Gives the elements of a list, then whether there is more of the file to read."""
    window.take("[")
    while window.peek() != "]":
        try:
            value = window.here()
        except Broken:
            yield "broken", None, window.text[window.at : window.at + 60]
            if not window.find(begins):
                return False
            continue
        yield key, value, ""
        if window.peek() == ",":
            window.at += 1
    window.at += 1
    return True
