"""Pseudonyms: HMAC-SHA256 under a random key per community, so that names never leave the reader.

The key is a file of 32 random bytes in the user's data folder, for its owner only and ignored by git.  With the
key, the same name becomes the same pseudonym in every log of the community; without it nobody can test a guess.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import sys
import tempfile
import unicodedata
import warnings
from collections.abc import Iterable
from pathlib import Path

from commsim.errors import UserError
from commsim.shipped import data_folder
from commsim.words import say

LENGTH = 32  # bytes of a key
DIGITS = 8  # hex digits of a pseudonym; more where two members of a log would share one
LEAST = 5  # smaller cells are suppressed in anything that is shared
COMMUNITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_process_keys: dict[str, bytes] = {}


def key_folder() -> Path:
    """Where keys are kept."""
    return data_folder() / "keys"


def key(community: str = "default") -> tuple[bytes, str]:
    """(the community's key, where it is kept: "folder", or "process" where no folder can be written).

    The first call makes the key.  UserError for a key that is cut or cannot be read: a new one in its place would
    give every member a new pseudonym without saying so.
    """
    if not COMMUNITY.fullmatch(community):
        raise UserError("bad_id", place="community", value=community)
    try:
        file = key_folder() / f"{community}.key"
    except RuntimeError:  # a user without a home
        return _of_process(community)
    try:
        _make(file)
    except OSError:
        if not _there(file):
            return _of_process(community)
    try:
        kept = file.read_bytes()
    except OSError as error:
        raise UserError("log_key_unreadable", value=str(file), why=error.strerror) from None
    if len(kept) != LENGTH:
        raise UserError("log_key_damaged", value=str(file), length=len(kept), allowed=LENGTH)
    _tighten(file)
    return kept, "folder"


def _of_process(community: str) -> tuple[bytes, str]:
    return _process_keys.setdefault(community, secrets.token_bytes(LENGTH)), "process"


def _there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return False


def _make(file: Path) -> None:
    """Make the key if there is none: written beside its place and linked there in one step, so that of two
    processes that begin at once both read the same key."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignore = file.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")
    handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")  # mode 0600
    try:
        with open(handle, "wb") as new:
            new.write(secrets.token_bytes(LENGTH))
            new.flush()
            os.fsync(new.fileno())
        try:
            os.link(part, file)
        except FileExistsError:
            pass  # another process was faster: its key counts
        except OSError:  # a file system without links
            if not file.exists():
                os.replace(part, file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def _tighten(file: Path) -> None:
    """A key that others may read is closed, and its owner told."""
    if sys.platform == "win32" or not file.stat().st_mode & 0o077:
        return
    with contextlib.suppress(OSError):
        file.chmod(0o600)
    closed = not file.stat().st_mode & 0o077
    warnings.warn(say("chatlog.key_closed" if closed else "chatlog.key_open", path=file), stacklevel=3)


_UNSEEN = {"Cf", "Cc", "Cs", "Co"}  # zero-width and direction marks, controls: they part names that look equal
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # they choose between pictures of one character


def normal(name: str) -> str:
    """A display name as people see it: NFKC, without marks that cannot be seen, single spaces; case is kept."""
    if not (name.isprintable() and unicodedata.is_normalized("NFKC", name)):
        name = unicodedata.normalize("NFKC", name)
        name = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    if _SELECTORS.search(name):
        name = _SELECTORS.sub("", name)
    return unicodedata.normalize("NFKC", " ".join(name.split()))


def pseudonyms(names: Iterable[str], secret: bytes, letter: str = "m") -> tuple[str, ...]:
    """``m-3f9a2c41`` for each (normalised) name.  ``letter`` keeps members and threads apart.  Where two names of
    the log share the first digits, both get as many more as tell them apart."""
    digests = [hmac.digest(secret, f"{letter}:{name}".encode("utf-8", "replace"), "sha256").hex() for name in names]
    length = dict.fromkeys(range(len(digests)), DIGITS)
    crowded = list(length)
    while crowded:
        seen: dict[str, list[int]] = {}
        for i in crowded:
            seen.setdefault(digests[i][: length[i]], []).append(i)
        crowded = [i for same in seen.values() if len(same) > 1 for i in same if length[i] < len(digests[i])]
        for i in crowded:
            length[i] *= 2
    return tuple(f"{letter}-{digest[: length[i]]}" for i, digest in enumerate(digests))


def suppressed(count: int | None, least: int = LEAST) -> int | None:
    """A count as it may be shared: None where it is so small that it points at somebody (1 to ``least`` - 1)."""
    return None if count is None or 0 < count < least else count
