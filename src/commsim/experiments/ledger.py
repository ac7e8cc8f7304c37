"""The ledger: every finished run, written down the moment it arrives, so that nothing is lived twice.

A SQLite file on a local disk that the parent process alone writes, one transaction per world.  A
run is known by a hash of scenario, policy with its rules, scale, world, days and model version; a
ledger belongs to one model version.  A lock of the operating system, which dies with its process,
keeps two comparisons from writing to one ledger at once.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import commsim
from commsim.errors import UserError
from commsim.experiments.worlds import Lived

APPLICATION = 0x636F6D6D  # "comm": marks the file as a ledger of ours
FORMAT = "1"
PATIENCE = 20.0  # seconds to wait while another program reads the file
ONLY_LOOK = {"experiments", "show", "lessons", "chatlogs", "locale", "words.py", "errors.py", "cli", "curricula",
             "shipped.py", "community.py", "agents.py", "__init__.py", "__main__.py"}  # fmt: skip
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
  key TEXT PRIMARY KEY, scenario TEXT NOT NULL, policy TEXT NOT NULL, scale TEXT NOT NULL,
  world INTEGER NOT NULL, days INTEGER NOT NULL, version TEXT NOT NULL,
  outcome BLOB, error TEXT, finished TEXT NOT NULL
);
"""


@cache
def model_version(package: Path = Path(commsim.__file__).parent) -> str:
    """Release and hash of every source file that can change a number (those that only look are left out)."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        room = file.relative_to(package)
        if room.parts[0] not in ONLY_LOOK:
            digest.update(room.as_posix().encode() + b"\0")
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return f"{commsim.__version__}+{digest.hexdigest()[:16]}"


def run_key(digest: str, policy: str, rules: list[dict], scale: str, world: int, days: int,
            version: str) -> str:  # fmt: skip
    """What makes a run this run and no other: 64 hexadecimal digits."""
    parts = [digest, policy, rules, scale, world, days, version]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Ledger:
    """Finished runs by key.  Without a path: a temporary store, gone when it is closed."""

    def __init__(self, path: str | os.PathLike | None, version: str):
        self.path, self.version = (None if path is None else Path(path)), version
        self._lock = self._file = None
        try:
            if self.path is not None:
                _check_place(self.path)
                self._lock = Lock(self.path)
            with self._plainly():
                self._file = sqlite3.connect(self.path or "", timeout=PATIENCE, isolation_level=None)
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        tables = {name for (name,) in self._file.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        mark = self._file.execute("PRAGMA application_id").fetchone()[0]
        if mark != APPLICATION and (tables or mark):
            raise UserError("ledger_foreign", place=str(self.path))
        if tables:
            meta = dict(self._file.execute("SELECT name, value FROM meta"))
            if meta.get("version") != self.version or meta.get("format") != FORMAT:
                raise UserError("ledger_version", place=str(self.path), value=meta.get("version"),
                                allowed=self.version)  # fmt: skip
        if self.path is not None:
            mode = self._file.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            if mode != "wal":
                raise UserError("ledger_no_wal", place=str(self.path))
            self._file.execute("PRAGMA synchronous=FULL")
        if not tables:
            with self._transaction():
                self._file.execute(f"PRAGMA application_id={APPLICATION}")
                for statement in _TABLES.split(";"):
                    self._file.execute(statement)
                facts = {"format": FORMAT, "version": self.version, "created": _now()}
                self._file.executemany("INSERT INTO meta VALUES (?, ?)", facts.items())
        else:
            with self._transaction():  # a ledger that cannot be written is refused before any run
                self._file.execute("UPDATE meta SET value=value WHERE name='format'")

    def find(self, keys: Iterable[str]) -> dict[str, tuple[bytes | None, str | None]]:
        """The finished runs among ``keys``: key -> (packed outcome, error)."""
        found = {}
        with self._plainly():
            for key in keys:
                row = self._file.execute("SELECT outcome, error FROM runs WHERE key=?", (key,)).fetchone()
                if row:
                    found[key] = row
        return found

    def keep(self, scenario: str, scale: str, world: int, days: int,
             runs: Iterable[tuple[str, Lived]]) -> None:  # fmt: skip
        """Write the finished runs of one world, (key, run) each, in one transaction."""
        rows = [(key, scenario, run.policy, scale, world, days, self.version, run.outcome, run.error, _now())
                for key, run in runs]  # fmt: skip
        with self._plainly(), self._transaction():
            self._file.executemany("INSERT OR REPLACE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?)", rows)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._lock is not None:
            self._lock.release()
        self._file = self._lock = None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            if self._file.in_transaction:  # a full disk has already rolled back
                self._file.execute("ROLLBACK")
            raise

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Turn what SQLite says into what the user should hear."""
        try:
            yield
        except sqlite3.Error as fault:
            code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
            key = _MESSAGES.get(code, "ledger_fault")
            raise UserError(key, place=str(self.path or "-"), value=str(fault)) from fault


_MESSAGES = {
    sqlite3.SQLITE_NOTADB: "ledger_not_a_database",
    sqlite3.SQLITE_CORRUPT: "ledger_damaged",
    sqlite3.SQLITE_READONLY: "ledger_read_only",
    sqlite3.SQLITE_PERM: "ledger_read_only",
    sqlite3.SQLITE_CANTOPEN: "ledger_read_only",
    sqlite3.SQLITE_FULL: "ledger_full",
    sqlite3.SQLITE_IOERR: "ledger_full",
    sqlite3.SQLITE_BUSY: "ledger_busy",
    sqlite3.SQLITE_LOCKED: "ledger_busy",
}


class Lock:
    """An advisory lock on ``PATH.lock``, held by an open file: a killed process leaves it free."""

    def __init__(self, ledger: Path):
        self.path = ledger.with_name(ledger.name + ".lock")
        while True:
            try:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as fault:
                key = "ledger_full" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else "ledger_read_only"
                raise UserError(key, place=str(ledger), value=fault.strerror) from fault
            if not _take(self._file):
                os.close(self._file)
                raise UserError("ledger_in_use", place=str(ledger))
            try:  # the file may have been removed by its last holder between opening and locking
                if os.stat(self.path).st_ino == os.fstat(self._file).st_ino:
                    return
            except FileNotFoundError:
                pass
            os.close(self._file)

    def release(self) -> None:
        if os.name == "posix":  # Windows cannot remove an open file; the empty file may stay there
            self.path.unlink(missing_ok=True)
        os.close(self._file)


if os.name == "posix":
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
else:
    import msvcrt

    def _take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True


def _check_place(path: Path) -> None:
    if not path.parent.is_dir():
        raise UserError("ledger_no_folder", place=str(path), value=str(path.parent))
    if path.is_dir():
        raise UserError("ledger_is_folder", place=str(path))
    if path.exists() and not path.is_file():
        raise UserError("ledger_not_a_database", place=str(path))
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise UserError("ledger_read_only", place=str(path), value="")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
