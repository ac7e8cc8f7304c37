"""What a reader of the report may rely on."""

import errno
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import made_up
import pytest

from commsim.errors import UserError
from commsim.experiments import compare
from commsim.measures.table import MEASURES
from commsim.scenarios import load
from commsim.show import figures, report
from commsim.show.facts import facts
from commsim.words import LANGUAGES, catalogue, say

CHROMIUM = next((c for c in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if c), None)


class Page(HTMLParser):
    """Texts, ids, links and addresses of a page."""

    def __init__(self, source):
        super().__init__()
        self.texts, self.ids, self.links, self.loads, self.tags = [], [], [], [], []
        self._style = False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.tags.append(tag)
        self._style = tag == "style"
        if "id" in named:
            self.ids.append(named["id"])
        for name, value in attributes:
            if name in ("href", "xlink:href"):
                self.links.append(value)
            if name in ("src", "srcset", "poster", "data", "action"):
                self.loads.append(value)

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if not self._style and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self):
        return " ".join(self.texts)


@pytest.fixture(scope="module")
def pages(usual, many, one_world, bare):
    cases = {"usual": usual, "many": many, "one_world": one_world, "bare": bare}
    return {(name, lang): report.html(c, lang) for name, c in cases.items() for lang in LANGUAGES}


def test_the_file_loads_nothing(pages):
    for source in pages.values():
        page = Page(source)
        assert "http:" not in source and "https:" not in source and "@import" not in source
        assert all(inside.startswith("#") for inside in re.findall(r"url\(([^)]*)\)", source))
        assert "script" not in page.tags and "iframe" not in page.tags and page.loads == []
        assert all(link.startswith("#") or link == "data:," for link in page.links)


def test_every_link_inside_the_file_has_its_target_and_ids_are_unique(pages):
    for source in pages.values():
        page = Page(source)
        assert len(page.ids) == len(set(page.ids))
        targets = {link[1:] for link in page.links if link.startswith("#")}
        targets |= set(re.findall(r"url\(#([^)]*)\)", source))
        assert targets <= set(page.ids)


def test_no_name_from_the_code_is_shown(pages):
    for (name, _), source in pages.items():
        shown = Page(re.sub(r"<pre>.*?</pre>", "", source, flags=re.S)).text
        shown = re.sub(r"\d+\.\d+\.\d+\+[0-9a-f]+ \w+", "", shown)  # version and name of the engine
        shown = re.sub(r"(model parameter|模型参数) \w+", "", shown)
        assert re.findall(r"\b[a-z0-9]+_[a-z0-9_]+\b", shown) == [], name
        assert "None" not in shown and "nan" not in shown.split() and "{" not in shown


def test_both_languages_say_the_same_with_their_own_words(pages):
    for name in ("usual", "many", "one_world", "bare"):
        plain = [re.sub(r"<svg .*?</svg>", "", pages[name, lang], flags=re.S) for lang in ("zh", "en")]
        zh, en = map(Page, plain)
        assert zh.tags == en.tags  # the same page, tag by tag
        assert not re.search(r"[\u4e00-\u9fff]", en.text)
        for key, phrase in catalogue().items():
            if key.startswith(("verdict.", "report.section.", "report.table.")) and "{" not in phrase["en"]:
                assert phrase["en"] not in zh.texts, key


def test_the_catalogue_holds_both_languages_of_every_word_of_the_report():
    mine = {key: phrase for key, phrase in catalogue().items() if key.startswith(("report.", "error.report"))}
    assert len(mine) > 100
    for key, phrase in mine.items():
        assert set(phrase) == set(LANGUAGES), key
        blanks = [set(re.findall(r"\{(\w+)\}", phrase[lang])) for lang in LANGUAGES]
        assert blanks[0] == blanks[1], key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_measure_stands_in_the_table_with_its_numbers(usual, pages, lang):
    shown = Page(pages["usual", lang]).text
    for name in MEASURES:
        label = say(f"measure.{name}.label", lang)
        assert label[:1].upper() + label[1:] in shown
        assert say(f"measure.{name}.formula", lang) in shown
    hours = usual.measures["official_hours"]["by_policy"]["jinyang_2016"]
    assert f"{hours['diff']:.1f}" in shown and hours["verdict"] == "worse"
    share = usual.measures["acquaintances"]["by_policy"]["jinyang_2016"]
    assert f"{100 * share['share_low']:.0f}%–{100 * share['share_high']:.0f}%" in shown


def test_verdicts_in_sentences_give_direction_interval_and_worlds(usual, pages):
    shown = Page(pages["usual", "en"]).text
    cell = usual.measures["trust_office"]["by_policy"]["jinyang_2016"]
    assert cell["verdict"] == "better" and cell["share_better"] == 1
    assert (
        f"Up by {100 * cell['diff']:.1f} percentage points (95% interval {100 * cell['low']:.1f} to "
        f"{100 * cell['high']:.1f}), from {100 * cell['reference']:.1f}% to {100 * cell['mean']:.1f}%. "
        "Better in all 20 worlds."
    ) in shown


def test_a_fall_is_told_with_its_interval_the_right_way_round(usual, pages):
    cell = usual.measures["isolated_share"]["by_policy"]["jinyang_2016"]
    assert cell["diff"] < 0 and cell["verdict"] == "better"
    low, high = sorted((-cell["low"], -cell["high"]))
    interval = f"(95% interval {100 * low:.1f} to {100 * high:.1f})"
    assert (
        f"Down by {-100 * cell['diff']:.1f} percentage points {interval}" in Page(pages["usual", "en"]).text
    )


def test_short_renters_are_named_when_they_lose_though_the_mean_rose(usual, pages):
    cell = usual.strata["tenure"]["short_renter"]["trust_office"]["jinyang_2016"]
    assert cell["high"] < 0 < usual.measures["trust_office"]["by_policy"]["jinyang_2016"]["diff"]
    losers = re.search(r"Short renters lose: ([^.]*(?:\.\d[^.]*)*)\.", Page(pages["usual", "en"]).text)[1]
    assert f"trust in the community office (−{-100 * cell['diff']:.1f} percentage points)" in losers


def test_one_world_has_no_interval_and_says_so(one_world, pages):
    shown = Page(pages["one_world", "en"]).text
    assert "95% interval" not in shown.split("How the measures")[0].split("All measures")[0]
    assert say("report.limits.one_world", "en") in shown
    assert say("report.limits.one_world", "en") not in Page(pages["usual", "en"]).text


def test_nothing_happened_is_told_and_not_drawn(pages):
    for lang in LANGUAGES:
        shown = Page(pages["bare", lang]).text
        for key in ("projects", "replies", "strata", "gatherings"):
            assert say(f"report.empty.{key}", lang, world=1) in shown
            assert say(f"report.empty.{key}", lang, world=1) not in Page(pages["usual", lang]).text
        assert _left_out(shown, lang) >= {say("measure.project_days.label", lang)}
        assert not _left_out(Page(pages["usual", lang]).text, lang)


def _left_out(shown, lang):
    """Labels that the page names as not to be compared, in lower case at the start."""
    before, after = say("report.table.absent", lang, measures="|").split("|")
    if before not in shown:
        return set()
    named = shown.split(before)[1].split(after)[0].split(say("words.comma", lang))
    return {name[:1].lower() + name[1:] for name in named}


def test_classroom_thresholds_are_announced(pages, usual):
    small = report.html(made_up.comparison(worlds=2, days=60, scale="courtyard"), "en")
    assert say("report.limits.classroom", "en") in Page(small).text
    assert say("report.limits.classroom", "en") not in Page(pages["usual", "en"]).text
    assert "3 representatives" not in Page(small).text and "5 representatives" in Page(small).text


def test_assumptions_are_those_of_this_scale_and_these_policies(pages):
    two, all_of_them = Page(pages["usual", "en"]).text, Page(pages["many", "en"]).text
    assert "Share of renters among households 45% 45% to 50%" in two
    assert "Objectors who make it start over (0: nobody can) 10" in two
    alone = made_up.comparison(("before", "online_groups"), worlds=2, days=30)
    assert "Objectors who make it start over (0: nobody can) 10" not in Page(report.html(alone, "en")).text
    assert "9,600" not in two and "9,600" not in all_of_them  # the courtyard's cost of a project


def test_the_command_makes_the_same_comparison_again(pages):
    assert (
        "commsim compare jinyang before jinyang_2016 --scale estate --days 365 --worlds 20 "
        "--report report.html" in pages["usual", "zh"]
    )
    assert load("jinyang").digest in pages["usual", "zh"]


def test_the_same_comparison_gives_the_same_bytes(usual, pages):
    assert report.html(usual, "zh") == pages["usual", "zh"]


def test_a_hostile_title_stays_text(usual):
    bad = '<script>alert("x")</script><img src=x onerror=alert(1)> & "\'>'
    titles = {**usual.policy_titles, "jinyang_2016": {"zh": bad, "en": bad}}
    page = Page(report.html(replace(usual, title={"zh": bad, "en": bad}, policy_titles=titles), "en"))
    assert "script" not in page.tags and "img" not in page.tags and page.loads == []
    assert any(bad in text for text in page.texts)


def test_a_changed_scenario_is_not_passed_off_as_the_one_compared(usual):
    shown = Page(report.html(replace(usual, digest="0" * 64), "en")).text
    assert say("report.changed", "en") in shown and "Share of renters" not in shown


def test_a_missing_folder_is_named(usual, tmp_path):
    with pytest.raises(UserError) as caught:
        report.write(usual, tmp_path / "nowhere" / "report.html", "en")
    assert caught.value.key == "report_folder_missing"
    assert str(tmp_path / "nowhere") in caught.value.text("zh")


def test_a_full_disk_leaves_the_old_report_and_no_scraps(usual, tmp_path, monkeypatch):
    old = tmp_path / "report.html"
    old.write_text("the old report")

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError) as caught:
        report.write(usual, old, "en")
    assert caught.value.key == "report_not_written" and "No space left" in caught.value.text("en")
    assert old.read_text() == "the old report" and list(tmp_path.iterdir()) == [old]


def test_written_reports_can_be_read_by_others(usual, tmp_path):
    path = report.write(usual, tmp_path / "报告.html", "zh")
    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.fixture(scope="module")
def wordy(many):
    """Policies whose titles are much too long for one line."""
    long = {
        "zh": "先征求居民代表意见再投票公示并且限时回复同时办主题活动的综合方案" * 2,
        "en": "Ask the representatives first and then vote and give notice, answer in time, and gather " * 2,
    }
    titles = {p: {lang: f"{i} {long[lang]}" for lang in LANGUAGES} for i, p in enumerate(many.policies)}
    return replace(many, policy_titles=titles)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this computer")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", ["many", "wordy", "bare"])
def test_a_browser_shows_it_whole_without_asking_the_network(case, request, tmp_path, lang):
    many = request.getfixturevalue(case)
    playwright = pytest.importorskip("playwright.sync_api")
    path = report.write(many, tmp_path / "report.html", lang)
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in (1000, 375):
            page = browser.new_page(viewport={"width": width, "height": 800})
            asked, said = [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto(path.as_uri())
            assert [url for url in asked if not url.startswith(("file:", "data:"))] == [] and said == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            seen = page.evaluate(
                "[...document.querySelectorAll('svg.picture')]"
                ".filter(s => s.getBoundingClientRect().height > 20).length"
            )
            pictures = 4 - (not any(many.projects.values())) + len(many.policies) - 1
            assert seen == pictures  # each once: the wide or the narrow one
            cut = page.evaluate(
                """[...document.querySelectorAll('svg.picture')].flatMap(s => {
                  const box = s.getBoundingClientRect();
                  return [...s.querySelectorAll('text')].filter(t => {
                    const b = t.getBoundingClientRect();
                    return b.width && (b.left < box.left - 2 || b.right > box.right + 2
                                       || b.top < box.top - 2 || b.bottom > box.bottom + 2);
                  }).map(t => t.textContent)})"""
            )
            assert cut == []
            assert page.evaluate(OVERLAPS) == []
            if lang == "zh":
                assert _boxes(page) == []
        browser.close()


OVERLAPS = """() => [...document.querySelectorAll('svg.picture')].flatMap(s => {
  const texts = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  const found = [];
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const a = texts[i][1], b = texts[j][1];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (a.width && b.width && wide > 1 && tall > 4) found.push(texts[i][0] + ' | ' + texts[j][0]);
  }
  return found;
})"""


def _boxes(page):
    """Chinese characters of the page that are drawn like the box of a character that no font has."""
    return page.evaluate(
        """() => {
          const draw = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
          draw.canvas.width = draw.canvas.height = 40;
          const look = (c) => {
            draw.clearRect(0, 0, 40, 40);
            draw.font = '28px ' + getComputedStyle(document.body).fontFamily;
            draw.fillText(c, 4, 32);
            return draw.getImageData(0, 0, 40, 40).data.join();
          };
          const box = look('\\u{10FFFE}');
          const used = new Set(document.body.textContent.match(/[\\u3000-\\u9fff\\uff00-\\uffef]/gu));
          return [...used].filter((c) => c.trim() && look(c) === box);
        }"""
    )


def test_figures_take_a_comparison_or_its_facts(usual):
    told = facts(usual)
    assert figures.svg(figures.over_time(usual, lang="en"), "a") == figures.svg(
        figures.over_time(told, lang="en"), "a"
    )


SHAKEN = """
id: shaken
title: {zh: 震过的小区, en: Shaken}
story: {zh: 一个小区, en: An estate}
scales: {small: {people: 100}}
burn_in: 10
shocks:
  quake: {shock: earthquake, day: 7, log_odds: 2, half_life: 31}
policies:
  quiet: {title: {zh: 什么都不做, en: Nothing}, rules: []}
  visits: {title: {zh: 走访, en: Visits}, rules: [{rule: home_visits, a_week: 5}]}
"""


@pytest.mark.parametrize(
    ("lang", "said", "number"),
    [("zh", "第 7 天发生地震", "几天减半"), ("en", "An earthquake on day 7", "Days until it is half")],
)
def test_what_befalls_the_place_is_told_with_its_numbers(tmp_path, lang, said, number):
    file = tmp_path / "shaken.yaml"
    file.write_text(SHAKEN, encoding="utf-8")
    found = compare(file, ["quiet", "visits"], days=20, worlds=2, ledger=tmp_path / "ledger.sqlite")
    page = report.write(found, tmp_path / "report.html", lang).read_text(encoding="utf-8")
    assert said in page and number in page
    mark = say("resembles.mark", lang)  # how fast the shock fades is put in
    assert re.search(rf"{number} ⚠ {re.escape(mark)}</th><td>31<", page)


def test_harms_that_differ_for_certain_come_first_and_the_rest_are_folded(usual):
    whole = facts(usual)
    policy = whole["policies"][1]
    verdict = {n: m["by_policy"][policy]["verdict"] for n, m in whole["measures"].items() if m["harm"]}
    assert {"worse", "better"} & set(verdict.values()) and {"same", "cannot_tell"} & set(verdict.values())
    told, folded = report._harms(whole, policy, [])
    assert sorted([*told, *folded]) == sorted(verdict)
    assert all(verdict[n] in ("worse", "better") or whole["measures"][n]["primary"] for n in told)
    assert all(verdict[n] in ("same", "cannot_tell") and not whole["measures"][n]["primary"] for n in folded)
    order = [verdict[n] for n in told if verdict[n] in ("worse", "better")]
    assert order == sorted(order, reverse=True), "the worse before the better"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_and_its_number_never_touch(usual, lang):
    whole = facts(usual)
    policy = whole["policies"][1]
    drawn = figures.scoreboard(whole, policy, lang=lang)
    canvas = drawn.canvas.get_renderer() if hasattr(drawn.canvas, "get_renderer") else None
    boxes = [t.get_window_extent(canvas) for t in drawn.axes[0].texts if t.get_text()]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
