"""The player in a real browser: the saved file plays from a disk, offline, in both languages."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import commsim as cs
from commsim.engine import prepare
from commsim.errors import UserError
from commsim.rules import Notice
from commsim.show import player
from commsim.show.trajectory import GRIEVANCES, KIND, record

sys.path.insert(0, str(Path(__file__).parent))
from steps import PIXELS

DAYS, WORLD = 300, 1
TITLES = {"en": ("Three days", "Thirty days"), "zh": ("公示三天", "公示三十天")}
PEOPLE = "canvas[data-layer=people]"
# Characters that the fonts of this computer draw as the same box as one that no font has.
BOXES = """() => {
  const root = document.querySelector(".csp"), canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.font = `20px ${getComputedStyle(root).fontFamily}`;
  const drawn = (c) => {
    ctx.clearRect(0, 0, 32, 32);
    ctx.fillText(c, 4, 24);
    return ctx.getImageData(0, 0, 32, 32).data.join();
  };
  const box = drawn("\\u0378"), text = JSON.stringify(root.commsim.meta.words) + root.textContent;
  return [...new Set(text)].filter((c) => c.trim() && c.charCodeAt(0) < 0xd800 && drawn(c) === box);
}"""


@pytest.fixture(scope="module")
def runs():
    jinyang = cs.load("jinyang")
    start = prepare(jinyang.place("courtyard"), WORLD)
    rules = jinyang.rules("notice_and_vote", "courtyard")
    return [record(jinyang, [replace(r, decision=days) if isinstance(r, Notice) else r for r in rules],
                   "courtyard", WORLD, DAYS, start) for days in (3, 30)]  # fmt: skip


def chart_of(runs):
    days = list(range(DAYS + 1))
    lines = [{"name": side.upper(), "side": side, "x": days, "y": [run.count(d, "objected") for d in days]}
             for side, run in zip("ab", runs, strict=True)]  # fmt: skip
    lines[1] |= {"low": [y * 0.5 for y in lines[1]["y"]], "high": [y * 1.5 for y in lines[1]["y"]]}
    return {"title": "objections", "x": "day", "y": "so far", "lines": lines, "ghost": {"y": 5, "label": "my <bet>"},
            "tiles": [{"label": "finished", "a": "1.5", "b": "0.5"}]}  # fmt: skip


@pytest.fixture(scope="module")
def files(runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("player")
    return {lang: player.save(folder / f"{lang}.html", *runs, *TITLES[lang], chart=chart_of(runs), lang=lang)
            for lang in TITLES}  # fmt: skip


def at(page, what):
    return page.evaluate(f"document.querySelector('.csp').commsim.{what}")


def settle(page):
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture(scope="module")
def opened(visit_once, files):
    return visit_once(files["en"].as_uri())


@pytest.fixture
def page(opened):
    """The file in English, at its first day."""
    page = opened
    page.evaluate("""() => {
      const it = document.querySelector(".csp").commsim;
      if (it.playing) it.toggle();
      it.choose(null);
      it.seek(0);
      it.root.scrollIntoView();
      if (document.activeElement) document.activeElement.blur();
    }""")
    settle(page)
    yield page
    assert page.faults == []
    assert [address for address in page.asked if not address.startswith(("file:", "data:", "blob:"))] == []


def test_both_plans_are_painted_and_alike_on_the_first_day(page):
    plans, people = page.evaluate(PIXELS, "plan"), page.evaluate(PIXELS, "people")
    assert [p["colours"] > 50 for p in plans + people] == [True] * 4
    assert plans[0]["sum"] == plans[1]["sum"] and people[0]["sum"] == people[1]["sum"]


def test_it_plays_and_pause_stops_it(page, runs, until):
    before = page.evaluate(PIXELS, "plan")
    page.select_option("select", "20")
    page.get_by_role("button", name="Play").click()
    until(page, "document.querySelector('.csp').commsim.frame > 15")
    assert page.evaluate(PIXELS, "flashes")[0]["colours"] > 1  # new ties flash
    page.get_by_role("button", name="Pause").click()
    settle(page)
    day, after = at(page, "frame"), page.evaluate(PIXELS, "plan")
    assert all(a["sum"] != b["sum"] for a, b in zip(before, after, strict=True))
    page.wait_for_timeout(250)
    assert at(page, "frame") == day and page.evaluate(PIXELS, "plan") == after
    assert page.locator("output").inner_text() == f"Day {day} of {DAYS}"
    assert int(page.locator(".counts b").first.inner_text().replace(",", "")) == len(runs[0].pairs_on(day))


def test_it_stops_by_itself_on_the_last_day(page, until):
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert at(page, "frame") == DAYS - 1
    page.get_by_role("button", name="Play").click()
    until(page, "!document.querySelector('.csp').commsim.playing")
    assert at(page, "frame") == DAYS


def test_the_slider_goes_to_a_day_and_back_to_the_very_same_picture(page, runs):
    slider = page.get_by_role("slider")
    slider.fill("40")
    settle(page)
    early = page.evaluate(PIXELS, "people")
    slider.fill(str(DAYS))
    settle(page)
    for side, run in enumerate(runs):
        shown = [int(n.replace(",", "")) for n in page.locator(".counts").nth(side).locator("b").all_inner_texts()]
        assert shown == [len(run.pairs_on(DAYS)), run.count(DAYS, "moved_in"), run.count(DAYS, "objected"),
                         run.state.office.grievances.sum()]  # fmt: skip
    assert page.evaluate(PIXELS, "people") != early
    slider.fill("40")
    settle(page)
    assert page.evaluate(PIXELS, "people") == early


def test_the_browser_counts_the_same_acquaintances_and_roles(page, runs):
    for frame in (1, 150, DAYS, 150):  # coming from either side
        at(page, f"seek({frame})")
        for side, run in enumerate(runs):
            assert at(page, f"shown[{side}].run.known.join()") == ",".join(map(str, run.known[frame]))
            assert at(page, f"shown[{side}].run.role.join()") == ",".join(map(str, run.roles_on(frame)))


def test_keys_play_and_step(page):
    page.get_by_role("slider").focus()
    for key, day in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", DAYS), ("Home", 0)):
        page.keyboard.press(key)
        assert at(page, "frame") == day
    page.keyboard.press("Space")
    assert at(page, "playing")
    page.keyboard.press("Space")
    assert not at(page, "playing")


def test_every_control_can_be_reached_by_keyboard_and_has_a_name(page):
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == ["Play", "Back to the start", "One day back", "One day forward", "Go to a day", "Speed"]


def test_a_click_on_a_person_tells_the_story_in_both_runs(page, runs):
    objected = runs[1].story[runs[1].story[:, 2] == KIND["objected"]][0]
    day, person, number = int(objected[0]), int(objected[1]), int(objected[3])
    at(page, f"seek({day})")
    quiet = page.evaluate(PIXELS, "flashes")
    x, y = at(page, f"shown[1].at({person})")
    page.locator(PEOPLE).nth(1).click(position={"x": x, "y": y})
    settle(page)
    assert at(page, "chosen") == person
    cards = page.locator(".story")
    assert cards.count() == 2
    assert re.search(rf"Day {day}\s+saw the notice of project {number} and objected", cards.nth(1).inner_text())
    assert f"neighbours known now: {runs[1].known[day, person]}" in cards.nth(1).inner_text()
    assert page.evaluate(PIXELS, "flashes") != quiet  # the person's ties stand out
    at(page, f"seek({day - 1})")
    assert "and objected" not in cards.nth(1).inner_text().split(f"Day {day}")[-1]
    page.get_by_role("slider").focus()
    page.keyboard.press("Escape")
    assert cards.count() == 0


def test_a_story_begins_with_moving_in(page, runs):
    moved = runs[0].story[runs[0].story[:, 2] == KIND["moved_in"]][-1]
    at(page, f"seek({DAYS})")
    at(page, f"choose({int(moved[1])})")
    assert page.locator(".story").first.locator("li").first.inner_text().split("\n")[0].startswith(f"Day {moved[0]}")


def test_the_chart_keeps_the_bet_and_a_cursor_on_the_day(page):
    assert page.locator(".chart text", has_text="my <bet>").count() == 1
    assert page.locator(".chart path.ghost").count() == 1 and page.locator(".chart polygon").count() == 1
    place = "document.querySelector('.chart .cursor').getAttribute('transform')"
    at(page, "seek(0)")
    first = page.evaluate(place)
    at(page, "seek(100)")
    assert page.evaluate(place) != first
    assert page.locator(".tiles td").all_inner_texts()[-2:] == ["1.5", "0.5"]


def test_who_prefers_less_motion_sees_no_fading(visit, files):
    page = visit(files["en"].as_uri(), reduced_motion="reduce")
    at(page, "seek(60)")
    settle(page)
    one = page.evaluate(PIXELS, "flashes")
    page.wait_for_timeout(300)
    assert page.evaluate(PIXELS, "flashes") == one and at(page, "playing") is False


def test_on_a_phone_everything_fits_the_width_and_answers_to_taps(visit, files, runs, until):
    page = visit(files["zh"].as_uri(), 390, 844, device_scale_factor=2, has_touch=True, is_mobile=True)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [box.bounding_box() for box in page.locator(".stage").all()]
    assert boxes[0]["x"] == boxes[1]["x"] and boxes[1]["y"] > boxes[0]["y"]
    assert all(c["colours"] > 50 for c in page.evaluate(PIXELS, "plan"))
    x, y = at(page, "shown[0].at(40)")
    page.locator(PEOPLE).first.tap(position={"x": x, "y": y})
    assert "现在认识" in page.locator(".story").first.inner_text()
    page.locator("button.play").tap()
    until(page, "document.querySelector('.csp').commsim.frame > 2")
    assert page.faults == [] and all(address.startswith(("file:", "data:")) for address in page.asked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_character_is_drawn_as_an_empty_box(visit, files, lang):
    page = visit(files[lang].as_uri())
    assert page.evaluate(BOXES) == []
    assert page.evaluate("document.querySelector('.csp').lang") == {"en": "en", "zh": "zh-CN"}[lang]
    text = page.locator(".csp").inner_text()
    assert bool(re.search("[一-鿿]", text)) == (lang == "zh")


def test_text_is_large_enough(page):
    at(page, "choose(40)")
    small = """[...document.querySelectorAll(".csp *")].filter((e) => e.innerText && e.innerText.trim()
      && e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 14).map((e) => e.className || e.tagName)"""
    assert page.evaluate(small) == []


def test_without_javascript_there_is_the_last_day_as_a_picture(visit, files, runs):
    page = visit(files["en"].as_uri(), java_script_enabled=False)
    assert page.locator("noscript img").count() == 1
    box = page.locator("img").bounding_box()
    assert box["width"] > 300 and box["height"] > 150
    assert f"{runs[1].count(DAYS, 'objected')} objections" in page.locator("noscript pre").inner_text()


def test_nothing_in_script_or_file_names_another_host(files):
    assert not re.search(r"https?://|//[a-z]", re.sub(r"^\s*//.*|(?<=[;,}) ])// .*", "", player.script(), flags=re.M))
    assert "https://" not in player.script()
    for file in files.values():
        assert "https://" not in re.sub(r"[A-Za-z0-9+/=]{200,}", "", file.read_text(encoding="utf-8"))


def test_no_human_language_in_the_script():
    assert not re.search("[一-鿿]", player.script())
    shown = re.findall(r'(?:textContent|title|alert)\s*=\s*"([^"]+)"', player.script())
    assert shown == []


# --- the widget, as a notebook would have it --------------------------------------------------------

WIDGET = """(source) => {
  const heard = {}, values = {}, log = [];
  const model = { get: (k) => values[k], set: (k, v) => { values[k] = v; },
    save_changes() { log.push(values.painted); }, on(k, f) { heard[k] = f; }, off(k) { delete heard[k]; } };
  const view = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  window.give = (given) => {
    for (const [k, v] of Object.entries(given)) values[k] = k.startsWith("data_") ? view(v) : v;
    if (heard["change:stamp"]) heard["change:stamp"]();
  };
  window.log = log;
  window.heard = heard;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.box = document.createElement("div");
  return import(url).then((module) => { window.close_view = module.default.render({ model, el: window.box }); });
}"""


def given(widget):
    import base64

    coded = {name: base64.b64encode(getattr(widget, name)).decode() for name in ("data_a", "data_b")}
    return {**coded, "meta": widget.meta, "stamp": widget.stamp}


def test_the_module_serves_a_widget_and_answers_each_picture_with_its_stamp(visit, runs, until):
    widget = player.Player(lang="en")
    page = visit("about:blank")
    page.evaluate(WIDGET, player.script())
    assert page.evaluate("box.firstChild.hidden")  # nothing was given yet
    widget.show(runs[0], runs[1], "A", "B", chart_of(runs))
    page.evaluate("give", given(widget))  # before it is on the page, as notebooks do
    page.wait_for_timeout(100)
    assert page.evaluate("log.length") == 0
    page.evaluate("document.body.append(box)")
    until(page, "log.includes(1)")
    at(page, "seek(100)")
    at(page, "toggle()")
    widget.show(runs[1], runs[0], "B", "A")
    page.evaluate("give", given(widget))
    assert page.evaluate(PIXELS, "plan")[0]["colours"] > 50  # painted before anything else can happen
    until(page, "log.includes(2)")
    assert at(page, "playing") and at(page, "frame") >= 100
    assert page.locator("figcaption").first.inner_text().split() == ["A", "B"]
    widget.show(runs[0])
    page.evaluate("give", given(widget))
    until(page, "log.includes(3)")
    assert page.locator("figure").count() == 1 and widget.data_b == b""
    page.evaluate("close_view()")
    assert page.locator(".csp").count() == 0 and page.evaluate("Object.keys(heard)") == []
    assert page.faults == []


def test_the_same_runs_are_not_sent_again(runs):
    widget = player.Player(lang="zh").show(*runs)
    sent = []
    widget.observe(lambda change: sent.append(change["name"]))
    widget.show(*runs, chart=chart_of(runs))
    assert sorted(sent) == ["meta", "stamp"]


def test_a_notebook_without_javascript_gets_a_picture_and_a_sentence(runs):
    widget = player.Player(lang="en").show(runs[0], title_a="A notice")
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    grievances = runs[0].count(DAYS, *GRIEVANCES)
    assert data["text/plain"].startswith("A notice: Day 300") and f"{grievances} grievances" in data["text/plain"]
    assert len(data["image/png"]) > 20_000


def test_without_anywidget_the_fix_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "anywidget", None)
    player._player.cache_clear()
    try:
        with pytest.raises(UserError) as fault:
            _ = player.Player
    finally:
        player._player.cache_clear()
    for lang in ("en", "zh"):
        assert 'pip install "commsim[lab]"' in fault.value.text(lang)


def test_mistakes_are_named(runs):
    short = record(cs.load("jinyang"), (), "courtyard", WORLD, 5)
    chart = chart_of(runs)
    for wrong, told in (
        (lambda: player.html(runs[0], short), "1/300/5"),
        (lambda: player.html("run"), "trajectory.record"),
        (lambda: player.html(*runs, chart={**chart, "ghost": {"y": 1}}), "ghost"),
        (lambda: player.html(*runs, chart={**chart, "lines": [{**chart["lines"][0], "side": "c"}]}), "lines[0].side"),
        (lambda: player.html(*runs, chart={**chart, "lines": [{**chart["lines"][0], "y": [1]}]}), "lines[0].y"),
        (lambda: player.html(*runs, lang="fr"), "fr"),
        (lambda: player.save("no/such/folder/x.html", runs[0]), "no/such/folder"),
    ):
        with pytest.raises(UserError) as fault:
            wrong()
        assert told in fault.value.text("en") and fault.value.text("zh")
