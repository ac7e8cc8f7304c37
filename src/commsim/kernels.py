"""Kernels: plain Python functions that Numba compiles, and that run unchanged when it does not.

Numba's cache on disk does not notice a change in a function that a cached kernel calls from
another file.  Its folder is therefore named after a hash of every source file of commsim that
can hold a kernel, so that any edit leads to a fresh cache.  ``NUMBA_DISABLE_JIT=1`` runs the same
code as ordinary Python: the readable reference, with the same numbers to the last bit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
from numba import config
from numba.core import types
from numba.experimental import structref

PACKAGE = Path(__file__).parent
KERNEL_ROOMS = ("kernels.py", "columns.py", "draws.py", "clock.py", "state", "day", "population.py", "readings",
                "record.py", "measures")  # fmt: skip
CACHES_KEPT, KEPT_SECONDS = 3, 7 * 86400  # versions that a user may go back to, or is still running


def source_hash(package: Path = PACKAGE) -> str:
    """Hash of every source file that can hold a kernel: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for room in KERNEL_ROOMS:
        place = package / room
        files = sorted(place.glob("*.py")) if place.is_dir() else [place]
        for file in files:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled kernels are kept: the folder the user named, or the platform's own."""
    for name in ("COMMSIM_CACHE_DIR", "NUMBA_CACHE_DIR"):
        if os.environ.get(name):
            return Path(os.environ[name])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "commsim"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/commsim"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "commsim"


def _use_cache() -> bool:
    """Point Numba at the folder of this source hash; False where no folder can be written."""
    base = cache_folder()
    mine = base / f"kernels-{SOURCE_HASH}"
    try:
        fresh = not mine.exists()
        mine.mkdir(parents=True, exist_ok=True)
        if fresh:
            old = sorted(base.glob("kernels-*"), key=lambda f: f.stat().st_mtime, reverse=True)
            for folder in old[CACHES_KEPT:]:
                if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
        probe = mine / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    config.CACHE_DIR = str(mine)
    return True


SOURCE_HASH = source_hash()
CACHED = _use_cache()
JIT = not config.DISABLE_JIT


def kernel(function_or_signature):
    """Compile a function with Numba: cached, no fast maths, float64 as written.

    ``@kernel`` compiles when first called; ``@kernel("float64(int64)")`` for that signature only.
    """
    if callable(function_or_signature):
        return _compiled_once(numba.njit(cache=CACHED)(function_or_signature))
    return numba.njit(function_or_signature, cache=CACHED)


def _compiled_once(dispatcher):
    """Let constants and narrow integers count as int64 when another kernel calls: Numba would compile the function
    again for every constant that it is given."""
    if not JIT:
        return dispatcher
    plain = dispatcher.get_call_template

    def wide(kind):
        kind = types.unliteral(kind)
        return types.int64 if isinstance(kind, types.Integer) and kind.bitwidth < 64 else kind

    def get_call_template(args, kws):
        return plain(tuple(map(wide, args)), {name: wide(kind) for name, kind in kws.items()})

    dispatcher.get_call_template = get_call_template
    return dispatcher


def inner(function):
    """A kernel that kernels call for each person or message: it makes no array and returns numbers only.

    Numba counts the owners of every array that is passed on, a tenth of a microsecond a call for a handful of
    tables; where nothing is made and nothing returned there is nothing to count.
    """
    return _compiled_once(numba.njit(function, cache=CACHED, _nrt=False))


def inlined(function):
    """Like ``kernel``, but written out at each place that calls it: a loop around a few lines of arithmetic then
    works on several rows at a time."""
    return numba.njit(function, inline="always", cache=CACHED)


def table(rows, **columns) -> np.recarray:
    """A table of zeros with named columns: ``table.name`` is a column, ``table.name[row]`` a cell.

    One array of records, because a kernel that takes a hundred arrays compiles for minutes.
    """
    return np.zeros(rows, np.dtype(list(columns.items()), align=True)).view(np.recarray)


class BundleType(types.StructRef):
    """Numba's type of a Bundle; a class of this file, because compiled kernels are kept with its name."""


class Bundle(structref.StructRefProxy if JIT else SimpleNamespace):
    """Everything that a kernel may need, as one argument.

    Numba looks at every column of every table in a call; at a bundle it looks once, which makes a
    call twenty times cheaper.  Kernels make it and read it; ordinary Python hands it on.
    """


def declare_bundle(fields: tuple[str, ...]):
    """Say once what a Bundle holds; returns what makes one, to be called in a kernel."""
    if not JIT:
        return lambda *parts: Bundle(**dict(zip(fields, parts, strict=True)))
    structref.register(BundleType)
    structref.define_proxy(Bundle, BundleType, list(fields))
    return Bundle


def _mark() -> Path:
    """Numba keeps what it compiles by the place of the source, so each copy of the package has a mark."""
    place = hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:8]
    return Path(config.CACHE_DIR) / f"complete.{sys.implementation.cache_tag}.{place}"


def warmed() -> bool:
    """Whether every kernel of this version is compiled and kept (or none needs to be)."""
    return not JIT or (CACHED and _mark().exists())


def mark_warmed() -> None:
    """Note that the cache is complete."""
    if JIT and CACHED:
        _mark().touch()


class Columns:
    """A table as ordinary Python reads it fastest: one attribute a column, sharing its memory."""

    def __init__(self, rows):
        self.shape = rows.shape
        for name in rows.dtype.names or ():
            setattr(self, name, rows[name])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, row):
        if isinstance(row, str):
            return getattr(self, row)
        cells = {name: column[row].item() for name, column in vars(self).items() if name != "shape"}
        return SimpleNamespace(**cells)


def for_kernels(data):
    """The same data as kernels take it, sharing memory: Numba reads plain record arrays ten times
    faster than ``np.recarray``, and ordinary Python reads columns faster than either."""
    if isinstance(data, np.recarray):
        return data.view(data.dtype, np.ndarray) if JIT else Columns(data)
    if isinstance(data, tuple):
        return data._replace(**{name: for_kernels(part) for name, part in data._asdict().items()})
    return data
