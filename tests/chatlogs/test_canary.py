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


SURFACES = '''
import contextlib, io, itertools, json, logging, os, pathlib, shutil, sys, warnings
logging.basicConfig(level=0, stream=sys.stderr)
logging.getLogger("matplotlib").setLevel(logging.INFO)
warnings.simplefilter("always")
from commsim.cli import main

ran = refused = 0
out = open("told.bin", "wb")

def command(*words):
    """Run a command; what it says goes to the file, what it wrote stays where it is."""
    global ran, refused
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            main(list(map(str, words)))
        except SystemExit as end:
            ran, refused = ran + (not end.code), refused + bool(end.code)
    # surrogates stand for bytes that are no text, as on a terminal
    for text in (said.getvalue(), complained.getvalue()):
        out.write(text.encode("utf-8", "surrogateescape") + b"\\n")

folder = pathlib.Path("written")
folder.mkdir()
more = ("--month-first", "--reply-to", "member", "--date", "2026-03-05", "--format", sys.argv[1])
for number, file in enumerate(sorted(pathlib.Path("logs").iterdir())):
    for lang, options in itertools.product(("zh", "en"), ((), more)):
        command("log", file, "--lang", lang, *options)
    command("log", file, "--json", "--roster", "roster.txt", *more)
    command("log", file, "--members", "--infer", "--roster", "roster.txt", *more)
    if file.stem[:5] in ("whole", "broke", "large"):
        lang = ("zh", "en")[number % 2]
        command("log", file, "--lang", lang, "--report", folder / f"{number}.html", "--share",
                folder / f"{number}.json", *more)
        command("log", file, "--report", folder / f"{number}.homes.html", "--buildings", "homes.csv", *more)
        command("log", file, "--lang", lang, "--report", folder / f"{number}.r.html", "--share",
                folder / f"{number}.csv", "--pictures", folder / f"pictures{number}", *more)
    command("log", file, "--buildings", "roster.txt", *more)
out.close()
print(ran, refused)
'''


def home_of(tmp_path):
    """(working folder, environment) with an empty home, where everything that is written can be found."""
    home, work = tmp_path / "home", tmp_path / "work"
    for folder in (work / "logs", home / "tmp"):
        folder.mkdir(parents=True)
    env = {name: value for name, value in os.environ.items()
           if name not in ("COMMSIM_DATA_DIR", "COMMSIM_CACHE_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME")}  # fmt: skip
    env |= {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(home), "TMPDIR": str(home / "tmp"),
            "TEMP": str(home / "tmp"), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONIOENCODING": "utf-8"}  # fmt: skip
    (work / "roster.txt").write_text(f"{NAME}\n{OTHER}\n{NUMBER}\n", encoding="utf-8")
    (work / "homes.csv").write_text(f"成员,楼栋\n{NAME},{NUMBER}\n赵青,{NAME}\n{OTHER},2\n", encoding="utf-8")
    return work, env


def large(folder):
    """A group that is large enough for a table of members and a network, with what must not be told in it."""
    who = [NAME, OTHER, NUMBER, f"{NAME}的妈妈", *(f"住户{k}" for k in range(20))]
    lines = [f"2026-0{1 + k // 400}-{1 + k // 15 % 27:02d} 08:{k % 60:02d},{who[(k * k + k // 24) % 24]},"
             f"{NAME if k % 9 == 0 else 'talk'},{who[k * 7 % 24] if k % 2 else ''},{NUMBER}"
             for k in range(1600)]  # fmt: skip
    (folder / "large.txt").write_text("\n".join(["time,member,kind,reply_to,thread", *lines, ""]), encoding="utf-8")


def searched(tmp_path, done):
    """Nothing of what was planted is in what a process said and in any file that it left, once the logs are gone."""
    work = tmp_path / "work"
    for planted_log in [*(work / "logs").iterdir(), work / "roster.txt", work / "homes.csv"]:
        planted_log.unlink()
    assert leaks.found(done.stdout + done.stderr, NAME, NUMBER, OTHER) == []
    assert leaks.in_folder(tmp_path, NAME, NUMBER, OTHER) == {}


@pytest.mark.parametrize("format", sorted(READERS))
def test_nothing_that_the_command_prints_or_writes_tells_a_name(tmp_path, format):
    work, env = home_of(tmp_path)
    planted(format, work / "logs")
    if format == "native":
        large(work / "logs")
    done = subprocess.run([sys.executable, "-c", SURFACES, format], cwd=work, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    ran, refused = map(int, done.stdout.split())
    assert ran >= 8 and refused >= 8
    written = {file.suffix for file in (work / "written").rglob("*")}
    assert {".html", ".json", ".csv"} <= written and (format != "native" or {".png", ".svg"} <= written)
    if format == "native":
        told = (work / "told.bin").read_text(encoding="utf-8", errors="replace")
        assert "m-" in told and list((work / "written").rglob("who_answers_whom.svg"))  # members were told and drawn
    searched(tmp_path, done)


NOTEBOOK = '''
import nbformat
from nbclient import NotebookClient

cells = ["import commsim\\ngroup = commsim.read_log('logs/large.txt')\\ngroup", "group.health()", "group.log",
         "group.health().as_data()", "print(group, group.loader, list(group.health().members)[:30])",
         "commsim.read_log('logs/names0.txt')", "commsim.read_log('logs/large.txt', 'qq')"]
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True).execute()
nbformat.write(book, "lived.ipynb")
print(sum(bool(cell.outputs) for cell in book.cells),
      sum(o.output_type == "error" for cell in book.cells for o in cell.outputs))
'''


def test_nothing_that_a_notebook_keeps_tells_a_name(tmp_path):
    for part in ("nbclient", "ipykernel"):
        pytest.importorskip(part, reason=f"{part} is missing (pip install '.[test]')")
    work, env = home_of(tmp_path)
    planted("native", work / "logs")
    large(work / "logs")
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], cwd=work, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert done.stdout.split() == [b"7", b"2"]
    searched(tmp_path, done)


TWIN = '''
import pathlib, sys
from commsim.chatlogs.load import load
from commsim.chatlogs.twin import twin

made = twin(load("logs/large.txt"), "blank", 60, 24, "twin", 8, lambda done, total: print(done, total, file=sys.stderr))
pathlib.Path("twin.yaml").write_text(made.text, encoding="utf-8")
print(made)
'''


def test_a_scenario_made_from_a_log_tells_no_name(tmp_path):
    work, env = home_of(tmp_path)
    large(work / "logs")
    done = subprocess.run([sys.executable, "-c", TWIN], cwd=work, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert (work / "twin.yaml").stat().st_size > 500
    searched(tmp_path, done)


@pytest.mark.parametrize("written", [
    NAME.encode(), NAME.encode("gb18030"), NAME.encode("utf-16-le"), rb'{"a": "\u6c88\u6865\u9065"}',
    b"x" + OTHER.upper().encode(), f"a{NUMBER}b".encode(), "".join(f"\0{c}" for c in NUMBER).encode()])  # fmt: skip
def test_the_search_would_find_it(tmp_path, written):
    (tmp_path / "some.bin").write_bytes(b"\x80abc" + written)
    assert len(leaks.in_folder(tmp_path, NAME, NUMBER, OTHER)) == 1
    Path(tmp_path / "some.bin").write_bytes(b"\x80abc" + written[:-3])
    assert leaks.in_folder(tmp_path, NAME, NUMBER, OTHER) == {}
