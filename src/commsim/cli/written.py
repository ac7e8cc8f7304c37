"""Files that commands write: refused before the work when they cannot be written, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from commsim.cli.printed import finite
from commsim.errors import UserError, nearest


def ready_to_write(path: str, endings: tuple[str, ...]) -> None:
    """Complain before the work, not after it."""
    file = Path(path)
    if file.is_dir() or path.endswith(("/", os.sep)):
        raise UserError("out_is_folder", place=path)
    if file.suffix.lower() not in endings:
        raise UserError("out_ending", place=path, value=file.suffix, allowed=", ".join(endings),
                        nearest=nearest(file.suffix, endings) if file.suffix else None)  # fmt: skip
    if not file.parent.is_dir():
        raise UserError("out_no_folder", place=path, value=str(file.parent))
    if not os.access(file.parent, os.W_OK):
        raise UserError("out_no_right", place=path, value=str(file.parent))
    if file.suffix.lower() == ".parquet":
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            raise UserError("out_needs_pyarrow", place=path)


@contextlib.contextmanager
def writing(path: str):
    try:
        yield
    except OSError as fault:
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)
        key = "disk_full" if full else "out_failed"
        raise UserError(key, place=path, value=fault.strerror or str(fault)) from None


def write_series(series: dict[str, list], path: str | Path) -> None:
    """The daily series as CSV or Parquet: written beside its place, then put there in one step."""
    import tempfile

    file = Path(path)
    columns = ["day", *(name for name in series if name != "day")]
    with writing(str(path)):
        number, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                if file.suffix.lower() == ".parquet":
                    _write_parquet(series, columns, stream)
                else:
                    _write_csv(series, columns, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_csv(series, columns, stream):
    stream.write((",".join(columns) + "\n").encode())
    for row in zip(*(series[name] for name in columns), strict=True):
        stream.write((",".join(_cell(value) for value in row) + "\n").encode())


def _cell(value) -> str:
    value = finite(value)
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def _write_parquet(series, columns, stream):
    import pyarrow
    from pyarrow import parquet

    plain = {name: [finite(v) for v in series[name]] for name in columns}
    kinds = {name: pyarrow.int64() if name == "day" else pyarrow.float64() for name in columns}
    arrays = [pyarrow.array(plain[name], kinds[name]) for name in columns]
    parquet.write_table(pyarrow.table(arrays, names=columns), stream)
