"""The doors: lessons copied and never overwritten, servers that ask nobody else and end cleanly, papers printed."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from commsim import cli
from commsim.cli import copies, servers
from commsim.errors import UserError
from commsim.shipped import shipped
from commsim.words import LANGUAGES, choose_language

LESSON = "06_notice.ipynb"
TEMPLATES = Path(cli.__file__).parent / "jupyter"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    yield
    choose_language(None)


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """A copy of the shipped lessons that a test may change."""
    folder = tmp_path / "shipped"
    shutil.copytree(shipped("notebooks"), folder / "notebooks")
    monkeypatch.setattr(copies, "shipped", lambda name: folder / name)
    return folder / "notebooks"


def tell(*args):
    return CliRunner().invoke(cli.main, [str(a) for a in args])


def refused(*args):
    done = tell(*args)
    assert done.exit_code == 2, (done.stdout, done.stderr, done.exception)
    assert done.stderr.strip() and "Traceback" not in done.stderr
    return done.stderr


# -- copies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lessons_are_copied_as_they_are(tmp_path, lang):
    assert (LESSON, "copied") in copies.copy_lessons(tmp_path, lang)
    assert (tmp_path / LESSON).read_bytes() == (shipped("notebooks") / lang / LESSON).read_bytes()


def test_what_the_reader_changed_is_kept(ours, tmp_path):
    folder = tmp_path / "mine"
    copies.copy_lessons(folder, "en")
    (folder / LESSON).write_text("mine")
    assert (LESSON, "there") in copies.copy_lessons(folder, "en")
    (ours / "en" / LESSON).write_text("revised")
    assert (LESSON, "newer") in copies.copy_lessons(folder, "en")
    assert (folder / LESSON).read_text() == "mine"


def test_fresh_puts_the_new_one_beside_once(ours, tmp_path):
    folder = tmp_path / "mine"
    copies.copy_lessons(folder, "en")
    assert (LESSON, "there") in copies.copy_lessons(folder, "en", fresh=True)
    (folder / LESSON).write_text("mine")
    (ours / "en" / LESSON).write_text("revised")
    for _ in range(2):
        done = copies.copy_lessons(folder, "en", fresh=True)
    assert (LESSON, "newer") in done
    assert {f.name: f.read_text() for f in folder.glob("06*.ipynb")} == {LESSON: "mine", "06_notice_2.ipynb": "revised"}


def test_a_file_that_is_not_ours_is_kept(tmp_path):
    (tmp_path / LESSON).write_text("a stranger's")
    assert (LESSON, "kept") in copies.copy_lessons(tmp_path, "en")
    assert (tmp_path / LESSON).read_text() == "a stranger's"


@pytest.mark.parametrize("memory", ["", "{", "[]", '{"06_notice.ipynb": 3}', "\xff"])
def test_a_damaged_memory_loses_no_lesson(tmp_path, memory):
    copies.copy_lessons(tmp_path, "en")
    (tmp_path / LESSON).write_text("mine")
    (tmp_path / ".commsim" / "copied.json").write_bytes(memory.encode("latin-1"))
    assert (LESSON, "kept") in copies.copy_lessons(tmp_path, "en")
    assert (tmp_path / LESSON).read_text() == "mine"


def test_a_deleted_lesson_comes_back(tmp_path):
    copies.copy_lessons(tmp_path, "en")
    for file in tmp_path.glob("*.ipynb"):
        file.unlink()
    assert (LESSON, "copied") in copies.copy_lessons(tmp_path, "zh")


def test_one_folder_holds_one_language(tmp_path):
    copies.copy_lessons(tmp_path, "en")
    said = refused("lab", tmp_path, "--no-browser", "--lang", "zh")
    assert str(tmp_path) in said and "另一种语言" in said


def test_folders_that_cannot_be_used_are_named(tmp_path):
    (tmp_path / "file").write_text("")
    assert "is a file" in refused("lab", tmp_path / "file", "--no-browser")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".commsim").write_text("")
    assert "cannot be put into" in refused("lab", tmp_path / "odd", "--no-browser")


# -- names, mistakes, completion ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "notice", "Notice", "6", "06", "06_notice", LESSON])
def test_a_lesson_has_an_id_a_number_and_a_file(name):
    assert copies.lesson(name, "zh") == shipped("notebooks") / "zh" / LESSON


def test_both_languages_have_the_same_lessons():
    assert list(copies.lessons("zh")) == list(copies.lessons("en")) != []


@pytest.mark.parametrize(("words", "meant"), [
    (("app", "notise"), "notice"), (("lab", "--fersh"), "--fresh"), (("aap",), "app"),
    (("print", "notice", "--what", "card"), "cards"), (("print", "notise"), "notice"),
])  # fmt: skip
def test_typos_are_answered_with_the_nearest_name(words, meant):
    assert f'Did you mean "{meant}"?' in refused(*words)


@pytest.mark.parametrize("port", ["80", "99999", "x"])
def test_ports_have_limits(port):
    assert "--port" in refused("app", "--port", port)


def test_a_port_in_use_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert str(port) in refused("app", "--no-browser", "--port", port)
        assert servers.free_port(None) != port


@pytest.mark.parametrize("door", ["lab", "app"])
def test_without_the_extra_the_command_says_what_to_install(door, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert 'pip install "commsim[lab]"' in refused(door, "--no-browser")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("door", ["lab", "app", "print"])
def test_help_shows_examples(door, lang):
    text = tell(door, "--help", "--lang", lang).stdout
    examples = re.split("例子|Examples", text)[1]
    assert examples.count(f"commsim {door}") >= 3


@pytest.mark.parametrize(("line", "names"), [
    ("commsim app ", {"notice"}), ("commsim print ", {"notice"}),
    ("commsim print notice --what s", {"slides"}), ("commsim print notice --what ", {"cards", "guide", "all"}),
])  # fmt: skip
def test_tab_completes(line, names):
    words = line.split(" ")
    env = {**os.environ, "_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-c", "from commsim.cli import main; main(prog_name='commsim')"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60).stdout
    assert names <= {row.partition(",")[2] for row in told.splitlines()}


def test_our_page_asks_no_other_host():
    files = [file for file in TEMPLATES.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert "http://" not in file.read_text(encoding="utf-8") and "https://" not in file.read_text(encoding="utf-8")


def test_the_page_is_called_what_the_lesson_is_called():
    title = json.loads(copies.titled(copies.lesson("notice", "zh")))["metadata"]["title"]
    assert "公示" in title and not title.startswith("#")


def test_a_server_that_ends_by_itself_is_told_with_its_last_words(tmp_path):
    command = ["-c", "import sys; sys.exit('no luck today')"]
    server = servers.running(command, dict(os.environ), 1, tmp_path / "log", tmp_path)
    with pytest.raises(UserError, match="no luck today"), server:
        pass


# -- print -----------------------------------------------------------------------------------------------


def test_print_hands_the_session_on(monkeypatch, tmp_path):
    pytest.importorskip("typst")
    out = tmp_path / "cards.pdf"
    done = tell("print", "notice", "--what", "cards", "--lang", "zh", "--out", out, "--json")
    assert done.exit_code == 0, (done.stderr, done.exception)
    assert json.loads(done.stdout) == {"session": "notice", "what": "cards", "lang": "zh", "files": [str(out)]}
    assert out.read_bytes().startswith(b"%PDF")


# -- servers -----------------------------------------------------------------------------------------------


def test_lab_runs_with_this_python_and_asks_nobody(open_door):
    door = open_door("lab", "course", "--lang", "zh")
    home = door.home
    assert {"file": LESSON, "what": "copied"} in door.told["files"]
    assert (home / "course" / LESSON).exists()

    with pytest.raises(urllib.error.HTTPError) as refusal:
        door.ask("api/contents", token=False)
    assert refusal.value.code == 403
    kernel = json.loads(door.ask("api/kernelspecs")[1])["kernelspecs"]["python3"]["spec"]
    assert kernel["argv"][0] == sys.executable and kernel["env"]["COMMSIM_LANG"] == "zh"
    page = json.loads(re.search(r'type="application/json">(.*?)</script>', door.ask("lab")[1], re.S)[1])
    assert page["news"] == {"disabled": True} and page["buildCheck"] is False
    assert page["extensionManager"]["can_install"] is False
    language = door.ask("lab/api/settings/@jupyterlab/translation-extension:plugin")[1]
    assert json.loads(language)["settings"] == {"locale": "zh_CN"}
    assert json.loads(door.ask("lab/api/translations/zh_CN")[1])["data"]

    code, said = door.end(signal.SIGINT)
    assert code == 0 and "已结束" in said and "Traceback" not in said
    assert not _listens(door.root)
    left = {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()}
    assert left <= {"course", ".ipython"}
    assert not list(home.rglob("kernel.json")) and not list((home / "tmp").iterdir())


def test_app_shows_no_code_and_ends_when_told_to(open_door):
    door = open_door("app", "notice", "--lang", "en")
    _, page = door.ask(f"?token={door.token}")
    assert '<html lang="en">' in page and "<title>6 Notice" in page
    assert "cs.run" not in page and "Opening the lesson" in page
    assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)', page)
    assert "login" in door.ask("", token=False)[0]

    code, said = door.end(signal.SIGTERM)
    assert code == 0 and "Ended." in said and "Traceback" not in said
    assert not _listens(door.root)
    assert not list((door.home / "tmp").iterdir())


def _listens(root):
    port = int(root.rstrip("/").rpartition(":")[2])
    time.sleep(0.1)
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
