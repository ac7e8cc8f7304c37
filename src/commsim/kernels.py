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
from pathlib import Path

import numba
from numba import config

PACKAGE = Path(__file__).parent
KERNEL_ROOMS = ("kernels.py", "draws.py", "clock.py", "state", "day", "population.py", "measures")
CACHES_KEPT = 3  # one for the version in use, two for versions that a user may go back to


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


def kernel(function):
    """Compile ``function`` with Numba: cached, no fast maths, float64 as written."""
    return numba.njit(cache=CACHED)(function)
