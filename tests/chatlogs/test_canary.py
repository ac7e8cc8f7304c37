"""The canary: a name and a phone number planted in a log of every format turn up nowhere.

A fresh process with an empty home loads the file as what it is and as everything else, with every option, whole,
cut and broken, and writes down all that comes of it: the log pickled and printed, its account, every error with
its facts and what lies behind it, warnings, log lines.  Then everything it has written anywhere is searched.
"""

import os
import subprocess
import sys
from pathlib import Path

import leaks
import pytest
import samples

from commsim.chatlogs.readers import READERS

NAME, NUMBER = "沈桥遥", "13900001234"
OTHER = "Quillwyn"  # letters are planted too: they are spelt the same in most encodings
CHILD = '''
import json, logging, pathlib, pickle, sys, traceback, warnings
logging.basicConfig(level=0, stream=sys.stderr)
warnings.simplefilter("always")
from commsim.chatlogs.load import load
from commsim.chatlogs.readers import READERS
from commsim.errors import UserError
from commsim.words import choose_language

logs = errors = 0
out = open("told.bin", "wb")
def tell(thing):
    out.write((thing if isinstance(thing, bytes) else str(thing).encode("utf-8", "surrogateescape")) + b"\\n")

def told(error):
    """Everything an error carries, and the errors behind it."""
    while error is not None:
        tell(repr(error)), tell(repr(getattr(error, "facts", ""))), tell(repr(error.args)), tell(vars(error))
        tell("".join(traceback.format_exception(error)))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

for file in sorted(pathlib.Path("logs").iterdir()):
    for format in [None, *READERS]:
        for options in ({}, {"day_first": True, "reply_to": "member", "infer": True}, {"day_first": False, "reply_to":
                        "message"}, {"roster": "roster.txt", "timezone": "Asia/Shanghai", "reply_to": "member"}):
            try:
                log = load(file, format, **options)
            except UserError as error:
                errors += 1
                tell(error.text("zh")), tell(error.text("en")), told(error)
                continue
            logs += 1
            tell(pickle.dumps(log, 0)), tell(pickle.dumps(log)), tell(repr(log)), tell(vars(log))
            tell(json.dumps(log.loader)), tell(json.dumps(log.loader, ensure_ascii=False))
            tell(log.members), tell(log.threads), tell(log.kinds)
out.close()
print(logs, errors)
'''


def planted(format, folder):
    """Whole, cut and broken logs of a format with what must not be told in it."""
    for i, (name, number) in enumerate([(NAME, NUMBER), (OTHER, NUMBER)]):
        whole = samples.of(format).sample(name, number)
        lines = whole.splitlines(keepends=True)
        versions = {"whole": whole, "cut": whole[: len(whole) * 3 // 5],
                    "broken": whole.replace(b"\n", b"\xff\xfe\n", 3), "upside_down": b"".join(reversed(lines)),
                    "headless": b"".join(lines[1:]),
                    "headed": lines[0].rstrip() + f",{name},{number}\n".encode() + b"".join(lines[1:]),
                    "nul": whole + b"\0", "names": f"{name}\n{number}\n".encode() * 5}  # fmt: skip
        for what, content in versions.items():
            (folder / f"{what}{i}.txt").write_bytes(content)


@pytest.mark.parametrize("format", sorted(READERS))
def test_what_is_planted_in_a_log_turns_up_nowhere(tmp_path, format):
    home, work = tmp_path / "home", tmp_path / "work"
    logs, kept = work / "logs", home / "tmp"
    for folder in (logs, kept):
        folder.mkdir(parents=True)
    planted(format, logs)
    for i, who in ((0, NAME), (1, OTHER), (0, NUMBER)):
        assert leaks.found((logs / f"whole{i}.txt").read_bytes(), who)
    roster = work / "roster.txt"
    roster.write_text(f"{NAME}\n{OTHER}\n{NUMBER}\n", encoding="utf-8")
    env = {name: value for name, value in os.environ.items()
           if name not in ("COMMSIM_DATA_DIR", "COMMSIM_CACHE_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME")}  # fmt: skip
    env |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home), "TMPDIR": str(kept),
            "TEMP": str(kept), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONIOENCODING": "utf-8"}  # fmt: skip
    done = subprocess.run([sys.executable, "-X", "dev", "-c", CHILD], cwd=work, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    loaded, refused = map(int, done.stdout.split())
    assert loaded >= 4 and refused >= 4  # otherwise nothing has been searched
    for planted_log in logs.iterdir():
        planted_log.unlink()
    roster.unlink()
    assert leaks.found(done.stdout + done.stderr, NAME, NUMBER, OTHER) == []
    assert leaks.in_folder(tmp_path, NAME, NUMBER, OTHER) == {}
    assert list(home.rglob("default.key")) and (work / "told.bin").stat().st_size > 10_000


@pytest.mark.parametrize("written", [
    NAME.encode(), NAME.encode("gb18030"), NAME.encode("utf-16-le"), rb'{"a": "\u6c88\u6865\u9065"}',
    b"x" + OTHER.upper().encode(), f"a{NUMBER}b".encode(), "".join(f"\0{c}" for c in NUMBER).encode()])  # fmt: skip
def test_the_search_would_find_it(tmp_path, written):
    (tmp_path / "some.bin").write_bytes(b"\x80abc" + written)
    assert len(leaks.in_folder(tmp_path, NAME, NUMBER, OTHER)) == 1
    Path(tmp_path / "some.bin").write_bytes(b"\x80abc" + written[:-3])
    assert leaks.in_folder(tmp_path, NAME, NUMBER, OTHER) == {}
