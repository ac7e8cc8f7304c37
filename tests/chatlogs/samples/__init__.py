"""Invented logs, one module a format: ``sample(name, number) -> bytes`` plants a name and a phone number wherever the
format has room for them, in good lines and in broken ones; ``many(count)`` gives the lines of a long log.

A format without a module here fails ``test_canary.py``.
"""

import importlib
from pathlib import Path


def formats():
    """The formats that have samples."""
    return sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))


def of(format):
    """The module of a format's samples."""
    return importlib.import_module(f"samples.{format}")
