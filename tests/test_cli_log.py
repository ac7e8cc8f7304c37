"""commsim log as the steward of a group gives it: what it prints, writes, refuses; in both languages."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "chatlogs"))
import samples
from test_health import made

from commsim import cli
from commsim.chatlogs import simulated
from commsim.chatlogs.health import MEASURES, SERIES
from commsim.chatlogs.readers import READERS
from commsim.chatlogs.templates import TEMPLATES
from commsim.show import log as pictures
from commsim.words import LANGUAGES, catalogue, choose_language, say

LOCALE = (Path(cli.__file__).parents[1] / "locale" / "log.toml").read_text(encoding="utf-8")
PSEUDONYM = re.compile(r"\bm-[0-9a-f]{8,}")


@pytest.fixture(autouse=True)
def english(monkeypatch, tmp_path):
    monkeypatch.setenv("COMMSIM_LANG", "en")
    monkeypatch.setenv("COMMSIM_DATA_DIR", str(tmp_path / "data"))
    yield
    choose_language(None)


def tell(*words):
    return CliRunner().invoke(cli.main, ["log", *map(str, words)])


def told(*words):
    done = tell(*words)
    assert done.exit_code == 0, (done.stderr, done.exception)
    return done.stdout


def refused(*words):
    done = tell(*words)
    assert done.exit_code == 2, (done.stdout, done.stderr, done.exception)
    assert done.stderr.strip() and "Traceback" not in done.stderr
    return done.stderr


def native(folder, n=40, days=250, each=25, faults=3, seed=0):
    """A log of ``n`` members on disk; a few lines of it cannot be read."""
    random = np.random.default_rng(seed)
    rows = []
    for day in np.sort(random.uniform(0, days, each * n)):
        a, b = random.choice(n, 2, replace=False)
        rows.append((float(day), int(a), int(b) if random.random() < 0.6 else -1))
    log = made(rows, n)
    log.kinds, log.threads = ("talk",), ("main",)
    file = folder / "chat.csv"
    simulated.write_native(log, file)
    text = file.read_text(encoding="utf-8").splitlines()
    text[5:5] = ["someone,no time at all,,,,"] * faults
    file.write_text("\n".join(text) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def chat(tmp_path):
    return native(tmp_path)


@pytest.fixture
def homes(tmp_path):
    file = tmp_path / "homes.csv"
    file.write_text("成员,楼栋\n" + "".join(f"member-{k},{k % 3}栋\n" for k in range(40)) + "nobody,9\n",
                    encoding="utf-8")  # fmt: skip
    return file


# -- words -------------------------------------------------------------------------------------------------


def test_every_line_is_accounted_for(chat):
    text = told(chat)
    lines = re.findall(r"^  (?:messages|about the file.*|skipped \(.*\)) +([\d,]+)$", text, re.M)
    counted = [int(n.replace(",", "")) for n in lines]
    assert sum(counted) == len(chat.read_text(encoding="utf-8").splitlines()) and counted[-1] == 3
    assert "line 6: xxxxxxx,xx xxxx xx xxx,,,," in text and "no time at all" not in text
    assert say("log.format.native", "en") in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_measures_with_their_meaning_and_what_cannot_be_known(chat, lang):
    text = told(chat, "--lang", lang)
    for name in ("coverage", "density", "density_active", "reciprocity", "answered_within"):
        label, what = (say(f"log.measure.{name}.{part}", lang) for part in ("label", "what"))
        assert [line for line in text.splitlines() if label in line and what in line]
    assert say("log.reason.no_buildings", lang)[:20] in text
    for kind in pictures.MARGINS:
        assert len(re.findall(say(f"log.measure.{kind}.label", lang) + "[:：] ?\\d", text)) == 1
    assert "Mann" in text or "曼" in text
    assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (lang == "zh")
    assert not PSEUDONYM.search(text)


def test_density_among_the_active_stands_beside_with_its_warning(chat):
    text = " ".join(told(chat).split())
    assert "Sign of the power to cooperate: density over the whole roster" in text
    assert "it can rise while the group dies" in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("format", sorted(READERS))
def test_every_format_is_told(tmp_path, format, lang):
    file = tmp_path / "log.txt"
    file.write_bytes(samples.of(format).sample("沈桥遥", "13900001234"))
    done = tell(file, "--lang", lang)
    if done.exit_code:
        done = tell(file, "--lang", lang, "--format", format, "--day-first", "--date", "2026-03-05", "--reply-to",
                    "member")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert say(f"log.format.{format}", lang) in done.stdout
    assert "沈桥遥" not in done.output and "13900001234" not in done.output


def test_members_only_when_asked_and_never_in_a_small_group(chat, tmp_path):
    text = told(chat, "--members")
    assert len(set(PSEUDONYM.findall(text))) == 40 and "not for ranking" in text
    (tmp_path / "small").mkdir()
    small = native(tmp_path / "small", n=9)
    assert "9" in refused(small, "--members") and "12" in refused(small, "--members")
    assert not PSEUDONYM.search(told(small)) and say("log.health.small_group", "en")[:30] in told(small)


def test_pseudonyms_stay_from_log_to_log_of_a_community(chat):
    first, second, other = (set(PSEUDONYM.findall(told(chat, "--members", "--community", name)))
                            for name in ("east", "east", "west"))  # fmt: skip
    assert first == second and first.isdisjoint(other)


def test_buildings_are_matched_by_the_names_that_the_group_shows(chat, homes, tmp_path):
    text = told(chat, "--buildings", homes)
    assert "40 members found; 1 persons" in text and say("log.measure.ei_index.label", "en") in text
    strangers = tmp_path / "strangers.csv"
    strangers.write_text("member,building\nNobody at all,3\n", encoding="utf-8")
    assert "strangers.csv" in refused(chat, "--buildings", strangers)
    strangers.write_text("name of a man,where\na,b\n", encoding="utf-8")
    assert "name of a man" not in refused(chat, "--buildings", strangers)


# -- data --------------------------------------------------------------------------------------------------


def test_json_has_what_was_promised(chat):
    data = json.loads(told(chat, "--json", "--window-days", "14", "--within-hours", "24"))
    assert {"messages", "members", "senders", "days", "window_days", "measures", "unavailable", "series", "trends",
            "loader"} <= set(data)  # fmt: skip
    assert (data["messages"], data["members"], data["window_days"], data["within_hours"]) == (1000, 40, 14, 24)
    assert set(data["measures"]) == set(MEASURES) and set(data["series"]) == set(SERIES)
    assert data["loader"]["skipped"] == 3 and not PSEUDONYM.search(json.dumps(data))
    assert len(json.loads(told(chat, "--json", "--members"))["table"]) == 40


def test_json_stays_json_when_files_are_written(chat, tmp_path):
    done = tell(chat, "--json", "--share", tmp_path / "s.json", "--report", tmp_path / "r.html")
    assert json.loads(done.stdout)["members"] == 40 and "s.json" in done.stderr and "r.html" in done.stderr


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_what_is_shared_has_no_small_count(chat, tmp_path, ending):
    file = tmp_path / f"share.{ending}"
    told(chat, "--share", file)
    text = file.read_text(encoding="utf-8")
    assert not PSEUDONYM.search(text)
    if ending == "json":
        data = json.loads(text)
        assert data["members"] == 40 and data["counts_rounded_to"] == 5 and data["withheld"]
        assert "faults" not in data["loader"]
    else:
        rows = list(csv.DictReader(text.splitlines()))
        senders = [row["value"] for row in rows if row["name"] == "senders" and row["part"] == "series"]
        assert senders and all(value == "" or int(value) % 5 == 0 for value in senders)
        assert all(row["why"] for row in rows if row["value"] == "")


# -- report and pictures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_is_one_file_that_loads_nothing(chat, homes, tmp_path, lang):
    file = tmp_path / "report.html"
    told(chat, "--report", file, "--buildings", homes, "--lang", lang)
    page = file.read_text(encoding="utf-8")
    assert page.count("<svg ") == 2 * len(pictures.PICTURES)
    assert not re.search(r"(?:src|href)=[\"'](?!#|data:)", page) and "http" not in page and "@import" not in page
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page
    for name in pictures.PICTURES:
        assert say(f"log.picture.{name}.title", lang) in page
    assert not PSEUDONYM.search(page) and "chat.csv" not in page and "member-" not in page
    visible = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.S)
    assert bool(re.search(r"[\u4e00-\u9fff]", visible)) == (lang == "zh")
    assert not re.search(r"\b(?:response_median|core_at_most_1|never_sent|two_tiers|log\.\w+)\b", visible)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_and_what_they_show(chat, homes, tmp_path, lang):
    folder = tmp_path / "pictures"
    told(chat, "--pictures", folder, "--buildings", homes, "--lang", lang)
    names = {f"{name}.{kind}" for name in pictures.PICTURES for kind in ("png", "svg")}
    assert {file.name for file in folder.iterdir()} == {*names, "pictures.txt"}
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in names if name.endswith("png"))
    words = (folder / "pictures.txt").read_text(encoding="utf-8")
    assert all(say(f"log.picture.{name}.title", lang) in words for name in pictures.PICTURES)


# -- templates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_printed_or_written_once(tmp_path, name, lang):
    text = told("--template", name, "--lang", lang)
    assert ("成员" in text.splitlines()[0]) == (lang == "zh")
    file = tmp_path / "empty.csv"
    told("--template", name, file, "--lang", lang)
    assert file.read_text(encoding="utf-8-sig") == text and file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "empty.csv" in refused("--template", name, file)


# -- mistakes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words, said", [
    ((), "commsim log FILE"),
    (("no such file.txt",), "no such file.txt"),
    (("CHAT", "--format", "whatsap"), "whatsapp"),
    (("CHAT", "--day-first", "--month-first"), "--month-first"),
    (("CHAT", "--date", "yesterday"), "2026-03-05"),
    (("CHAT", "--reply-to", "membr"), "member"),
    (("CHAT", "--timezone", "Asia/Chengdo"), "Asia/Chengdo"),
    (("CHAT", "--window-days", "0"), "--window-days"),
    (("CHAT", "--within-hours", "two"), "--within-hours"),
    (("CHAT", "--report", "report.pdf"), ".html"),
    (("CHAT", "--share", "nowhere/share.json"), "nowhere"),
    (("CHAT", "--pictures", "CHAT"), "chat.csv"),
    (("CHAT", "--pictures", "no/where"), "no"),
    (("CHAT", "--community", "../../etc"), "../../etc"),
    (("CHAT", "--roster", "missing.txt"), "missing.txt"),
    (("CHAT", "--buildings", "missing.csv"), "missing.csv"),
    (("--template", "taly"), "tally"),
    (("--template", "tally", "--json"), "--json"),
    (("--template", "tally", "table.xlsx"), ".csv"),
])  # fmt: skip
def test_mistakes_are_named(chat, words, said):
    for lang in LANGUAGES:
        assert said in refused(*(chat if word == "CHAT" else word for word in words), "--lang", lang) or lang == "zh"


def test_help_has_examples_and_every_option_words():
    for lang in LANGUAGES:
        text = told("--help", "--lang", lang)
        assert text.count("commsim log ") >= 6
        named = ("json", "report", "share", "members", "pictures", "template", "roster", "infer", "buildings")
        assert {f"--{name}" for name in named} <= set(re.findall(r"--[a-z-]+", text))


@pytest.mark.parametrize("words, said", [("log chat --format ", "wechat"), ("log --template ", "signin"),
                                         ("log chat --reply-to ", "message")])  # fmt: skip
def test_names_are_completed(words, said):
    env = {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": f"commsim {words}",
           "COMP_CWORD": str(len(words.split()) + 1)}  # fmt: skip
    done = CliRunner().invoke(cli.main, [], env=env)
    assert said in done.output


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_leaves_nothing_behind(tmp_path):
    file = tmp_path / "big.csv"
    with file.open("w") as out:
        out.write("time,member,reply_to\n")
        out.writelines(f"{1.7e9 + 60 * i:.0f},m{i * i % 997},m{i * 7 % 997}\n" for i in range(600_000))
    command = [sys.executable, "-m", "commsim.cli", "log", str(file), "--report", str(tmp_path / "r.html")]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = done.stderr.readline()  # after a second it tells that it reads
    assert say("log.reading", "en") in said
    time.sleep(0.2)
    done.send_signal(signal.SIGINT)
    out, rest = done.communicate(timeout=60)
    assert done.returncode == 130 and "Traceback" not in rest and out == ""
    assert {f.name for f in tmp_path.iterdir()} - {"data"} == {"big.csv"}


# -- words -------------------------------------------------------------------------------------------------


DYNAMIC = ("log.time.", "log.count.", "log.group.", "log.format.", "log.carries.", "log.decided.", "log.line.",
           "log.noted.", "log.withheld.", "log.column.", "log.drifts.", "log.picture.", "log.told.",
           "cli.log.")  # fmt: skip
PLACES = ("show/log.py", "show/log_told.py", "show/log_report.py", "show/templates/log.html", "cli/log.py",
          "chatlogs/group.py", "chatlogs/buildings.py")  # fmt: skip


def test_every_catalogued_key_is_used():
    package = Path(cli.__file__).parents[1]
    source = "\n".join((package / place).read_text(encoding="utf-8") for place in PLACES)
    keys = {key for key in catalogue() if f"\n{key.rpartition('.')[2]} = " in LOCALE or f"\n{key.rpartition('.')[2]}."
            in LOCALE}  # fmt: skip
    keys = {key for key in keys if key.startswith(("log.", "cli.log.", "error.log_"))
            and f"[{key.rpartition('.')[0]}]" in LOCALE}  # fmt: skip
    assert len(keys) > 150
    for key in keys:
        last = key.rpartition(".")[2]
        named = f'"{key}"' in source or f'"{key.removeprefix("log.")}"' in source
        error = key.startswith("error.") and f'"{last}"' in source
        inside = key.startswith(DYNAMIC) and any(f"log.{part}" in source or f'"{part}' in source
                                                 for part in (key.split(".")[1],))  # fmt: skip
        assert named or error or inside, key


def test_families_of_keys_hold_exactly_what_is_told():
    from commsim.chatlogs import sharing
    from commsim.show import log_told

    def under(prefix):
        return {key.removeprefix(prefix).split(".")[0] for key in catalogue() if key.startswith(prefix)}

    assert under("log.group.") == set(log_told.GROUPS) and under("log.line.") == set(log_told.CLASSES)
    assert under("log.noted.") == set(log_told.NOTED) and under("log.withheld.") == set(sharing.WHY)
    assert under("log.picture.") == set(pictures.PICTURES) and under("log.format.") == {*READERS, "simulated"}
    assert under("cli.log.option.") == {p.name for p in cli.main.commands["log"].params} - {"file", "lang", "help",
                                                                                            "as_json"}  # fmt: skip
