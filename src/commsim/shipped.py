"""Where the folders that people open lie: in a checkout beside ``src``, in an installation inside the package;
and where what people keep is put."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def shipped(name: str) -> Path:
    """The folder ``notebooks`` or ``curricula``."""
    package = Path(__file__).parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parents[1] / name


def data_folder() -> Path:
    """Where a user's own data are kept: COMMSIM_DATA_DIR, or the platform's place for them."""
    if os.environ.get("COMMSIM_DATA_DIR"):
        return Path(os.environ["COMMSIM_DATA_DIR"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "commsim"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/commsim"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "commsim"
