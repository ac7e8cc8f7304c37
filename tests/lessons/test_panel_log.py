"""The panel for a group's own log: every control used, every mistake a sentence, nobody's name anywhere."""

import base64
import csv
import datetime
import json
import re

import pytest

import commsim as cs
from commsim.chatlogs import readers
from commsim.chatlogs.templates import TEMPLATES, template
from commsim.lessons.panel_log import PICTURES, VIEWS, LogPanel
from commsim.words import LANGUAGES

NAME, TEXT = "沈若兰", "钥匙在花盆底下"  # invented


def table(path, members=14, messages=400, names=None):
    """A table of messages by invented people, every second one a reply."""
    names = names or [f"{NAME}{k}" for k in range(members)]
    begin = datetime.datetime(2025, 1, 6, 8, tzinfo=datetime.UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "member", "reply_to", "id"])
        for k in range(messages):
            when = begin + datetime.timedelta(hours=5 * k)
            writer.writerow([when.isoformat(), names[k * 7 % len(names)], f"m{k - 1}" if k % 2 else "", f"m{k}"])
    return path


def whatsapp(path, day):
    lines = [f"{day}, {8 + k % 12:02}:{k % 60:02} - {NAME}{k % 13}: {TEXT}" for k in range(60)]
    path.write_text("\n".join(sorted(lines, key=lambda line: line[:17])) + "\n", encoding="utf-8")
    return path


def upload(panel, path, name=None):
    content = memoryview(path.read_bytes())
    panel.controls["upload"].value = ({"name": name or path.name, "type": "", "size": len(content),
                                       "content": content, "last_modified": datetime.datetime.now()},)  # fmt: skip


def agreed(lang="en", **controls):
    panel = LogPanel(lang=lang)
    panel.controls["consent"].value = True
    for name, value in controls.items():
        panel.controls[name].value = value
    return panel


def everything(panel):
    """All that the widgets hold, as a notebook would keep it, whatever is shown."""
    states = []
    for view in [*VIEWS, *PICTURES]:
        panel.controls["show"].value = view
        states.append(str([widget.get_state() for widget in parts(panel)]))
    return " ".join(states)


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


# without a file


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_models_log_is_there_before_any_click_in_one_language(lang):
    panel = LogPanel(lang=lang)
    assert panel.shown.loader["format"] == "simulated" and len(panel.shown) > 1000
    words = re.sub(r"docs/\S+", "", everything(panel))
    words = re.sub(r"<style.*?</style>|aria-\w+|font-family[^;]*;", "", words, flags=re.S)
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (lang == "zh")
    assert "{" not in re.sub(r"\{'.*?'|\{\}|\{ --|style>[^<]*", "", panel.page.value)


@pytest.mark.parametrize("view", [*VIEWS, *PICTURES])
def test_every_view_shows_something_of_its_own(view):
    panel = LogPanel(lang="en")
    panel.controls["show"].value = view
    assert (panel.page.value.count("<svg") == 1) == (view in PICTURES)
    pages = set()
    for other in [*VIEWS, *PICTURES]:
        panel.controls["show"].value = other
        pages.add(panel.page.value)
    assert len(pages) == len(VIEWS) + len(PICTURES)


def test_every_window_changes_the_measures():
    panel, seen = agreed(show="measures"), set()
    for days in (7, 14, 28):
        panel.controls["window"].value = days
        assert panel.health.window_days == days
        seen.add(panel.page.value)
    assert len(seen) == 3


# with a file


@pytest.mark.parametrize("way", ["upload", "path"])
def test_a_file_is_read_and_not_kept(tmp_path, way):
    panel, path = agreed(), table(tmp_path / f"{NAME}.csv")
    if way == "upload":
        upload(panel, path)
    else:
        panel.controls["path"].value = str(path)
        panel.controls["read"].click()
    assert panel.shown.loader["format"] == "native" and panel.health.messages == 400
    assert panel.controls["upload"].value == () and panel.controls["path"].value == "" and panel._waiting is None
    held = everything(panel)
    assert NAME not in held and panel.shown.members[0] not in held and str(tmp_path) not in held
    panel.controls["show"].value = "lines"
    assert "401" in panel.page.value, "the account of every line"


@pytest.mark.parametrize("way", ["upload", "path"])
def test_nothing_is_read_before_the_group_was_asked(tmp_path, way):
    panel, path = LogPanel(lang="en"), table(tmp_path / "a.csv")
    if way == "upload":
        upload(panel, path)
    else:
        panel.controls["path"].value = str(path)
        panel.controls["read"].click()
    assert panel.shown.loader["format"] == "simulated" and "Ask first" in panel.said.value
    assert panel.controls["upload"].value == () and panel._waiting is None


def test_a_path_given_in_the_cell_waits_for_the_groups_consent(tmp_path):
    panel = LogPanel(table(tmp_path / "a.csv"), "en")
    assert panel.shown.loader["format"] == "simulated" and "Ask first" in panel.said.value
    panel.controls["consent"].value = True
    panel.controls["read"].click()
    assert panel.shown.loader["format"] == "native"


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_template_can_be_chosen_and_looked_at(tmp_path, lang, name):
    (tmp_path / "t.csv").write_text(template(name, lang), encoding="utf-8-sig")
    panel = agreed(lang)
    upload(panel, tmp_path / "t.csv")
    assert 'role="alert"' in panel.said.value or panel.shown.loader["format"] == name
    assert "Traceback" not in everything(panel)


@pytest.mark.parametrize("day_first", [True, False])
def test_a_file_with_two_readings_asks_and_is_read_when_answered(tmp_path, day_first):
    panel = agreed()
    upload(panel, whatsapp(tmp_path / "chat.txt", "05/03/2025"))
    assert 'role="alert"' in panel.said.value and panel.further.selected_index == 0
    assert "this file, line 1:" in panel.said.value.replace("from line", "line") and "press Read" in panel.said.value
    panel.controls["order"].value = day_first
    panel.controls["read"].click()
    assert panel.shown.loader["format"] == "whatsapp"
    assert ("2025-03-05" if day_first else "2025-05-03") in panel.page.value


@pytest.mark.parametrize("format", readers.READERS)
def test_every_format_can_be_said(tmp_path, format):
    panel = agreed(format=format)
    upload(panel, table(tmp_path / "a.csv"))
    assert (panel.shown.loader["format"] == "native") == (format == "native")
    assert ('role="alert"' in panel.said.value) == (format != "native")


def test_the_other_answers_reach_the_reader(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time,member,reply_to,id\n2025-03-05T08:00:00,a,,1\n2025-03-05T09:00:00,b,1,2\n", encoding="utf-8")
    panel = agreed(timezone="Asia/Shanghai", reply_to="message", pasted=datetime.date(2025, 3, 6), community="yard")
    upload(panel, path)
    account = panel.shown.loader
    assert account["timezone"] == "Asia/Shanghai" and account["reply_to"] == "message"
    first = panel.shown.members
    panel.controls["community"].value = "other"
    assert "Choose the file again" in panel.said.value
    upload(panel, path)
    assert set(panel.shown.members).isdisjoint(first), "another key, other pseudonyms"
    panel.controls["timezone"].value = "Mars/Olympus"
    upload(panel, path)
    assert "Mars/Olympus" in panel.said.value and 'role="alert"' in panel.said.value


MISTAKES = {
    "nothing": (b"", "empty"),
    "no text": (b"\0\1\2\3" * 100, "not a text file"),
    "something else": (f"{NAME} {TEXT}\n".encode() * 50, "looks like none"),
    "mostly faults": (b"time,member\n" + f"{TEXT},{NAME}\n".encode() * 50, "cannot be read"),
}


@pytest.mark.parametrize("content, said", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_mistake_is_a_sentence_without_name_text_or_path(tmp_path, lang, content, said):
    path = tmp_path / f"{NAME}.txt"
    path.write_bytes(content)
    panel = agreed(lang)
    before = panel.shown
    upload(panel, path)
    assert 'role="alert"' in panel.said.value and panel.shown is before
    if lang == "en":
        assert said in panel.said.value
    held = everything(panel)
    assert NAME not in held and TEXT not in held
    assert str(tmp_path) not in held and "log.txt" not in held, "neither where it was nor where it is read"


def test_a_path_that_is_not_there_and_no_path_at_all():
    panel = agreed(path="/no/such/file.txt")
    panel.controls["read"].click()
    assert 'role="alert"' in panel.said.value and "/no/such" not in panel.said.value
    panel.controls["path"].value = ""
    panel.controls["read"].click()
    assert "No file was chosen" in panel.said.value
    wrong = agreed(community="no spaces please", path="/no/such/file.txt")
    wrong.controls["read"].click()
    assert 'role="alert"' in wrong.said.value


# for others


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_files_for_others_hold_no_small_number_and_no_name(tmp_path, lang):
    panel = agreed(lang, show="share")
    upload(panel, table(tmp_path / "a.csv", members=97))
    panel.make.click()
    assert panel.make in panel._area.children
    report, data = (base64.b64decode(found).decode() for found in re.findall(r"base64,([^\"]+)", panel.links.value))
    told = json.loads(data)
    assert told["members"] == 95 and told["counts_rounded_to"] == 5 and "withheld" in told
    assert report.startswith("<!doctype html>") or "<html" in report[:200]
    for text in (report, data, panel.links.value):
        assert NAME not in text and panel.shown.members[0] not in text and "https://" not in text
    panel.controls["window"].value = 28
    assert panel.links.value == "", "files of another window are not left there"


def test_a_group_of_few_is_told_in_totals(tmp_path):
    panel = agreed()
    upload(panel, table(tmp_path / "a.csv", members=6))
    assert panel.health.aggregates_only and "Fewer than" in everything(panel)


def test_where_nothing_can_be_clicked_no_number_is_left(tmp_path):
    panel = cs.log_panel()
    panel.controls["consent"].value = True
    upload(panel, table(tmp_path / "a.csv"))
    bundle = panel._repr_mimebundle_()
    assert not re.search(r"\d", bundle["text/plain"]) and bundle["text/plain"][:20] in bundle["text/html"]
    assert len(bundle["text/html"]) < len(bundle["text/plain"]) + 40 and "widget-view" in str(list(bundle))


def test_every_control_says_what_it_is_for():
    panel = LogPanel(lang="zh")
    assert all(widget.description for widget in panel.controls.values())
    assert len({widget.description for widget in panel.controls.values()}) == len(panel.controls)
