"""Write a file whole or not at all, and say in the user's words why it could not be written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from commsim.errors import UserError


def folder_there(path: Path) -> None:
    """A UserError when the folder of ``path`` does not exist."""
    if not path.parent.is_dir():
        raise UserError("report_folder_missing", place=str(path), value=str(path.parent))


def whole_file(path: Path, content: bytes) -> Path:
    """Write ``content`` under a passing name beside ``path`` and rename it: all or nothing."""
    folder_there(path)
    passing = None
    try:
        handle, passing = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(passing, 0o666 & ~_umask())
        os.replace(passing, path)
    except BaseException as fault:  # Ctrl-C too leaves nothing behind
        if passing:
            Path(passing).unlink(missing_ok=True)
        if not isinstance(fault, OSError):
            raise
        raise UserError("report_not_written", place=str(path), value=fault.strerror or str(fault)) from fault
    return path


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
