"""Where the folders that people open lie: in a checkout beside ``src``, in an installation inside the package."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """The folder ``notebooks`` or ``curricula``."""
    package = Path(__file__).parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parents[1] / name
