"""Printing: every page is there, in its language, with nothing cut off and no letter missing."""

import builtins
import ctypes
import json
import os
import re

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import typst
from matplotlib import font_manager

from commsim.curricula import markdown, printing
from commsim.curricula.session import read
from commsim.errors import UserError
from commsim.show.fonts import CHINESE, SECOND_BEST
from commsim.words import LANGUAGES

A4, WIDE = (210, 297), (338, 190)  # millimetres


@pytest.fixture(scope="module")
def notice():
    return read("notice")


@pytest.fixture(scope="module")
def printed(notice):
    """Every sheet in both languages, as open documents."""
    return {(what, lang): pypdfium2.PdfDocument(printing.pdf(notice, what, lang))
            for what in printing.WHAT for lang in LANGUAGES}  # fmt: skip


def words_of(document):
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def plain(text):
    """Without spaces and line breaks, which setting adds and removes; a break may leave its mark."""
    return re.sub(r"[\s\u0002\u2060\ufffe\u00ad-]+", "", text)


def size(page):
    return tuple(round(points * 25.4 / 72) for points in page.get_size())


def in_another_font(document):
    """Chinese characters that are not drawn with a Chinese font, which is how boxes come about."""
    known = [name.replace(" ", "").lower() for name in CHINESE + SECOND_BEST]
    wrong = set()
    for page in document:
        text = page.get_textpage()
        words = [chr(pdfium.FPDFText_GetUnicode(text, i)) for i in range(text.count_chars())]
        for i, letter in enumerate(words):
            if "\u4e00" <= letter <= "\u9fff":
                buffer = ctypes.create_string_buffer(200)
                pdfium.FPDFText_GetFontInfo(text, i, buffer, 200, None)
                font = re.sub(r"[^a-z]", "", buffer.value.decode().lower())
                if not any(name in font for name in known):
                    wrong.add(letter)
    return wrong


# -- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_counted(printed, notice, lang):
    pages = {what: len(printed[what, lang]) for what in printing.WHAT}
    assert pages["cards"] == len(notice.parts["roles"].cards) / 4 + 2  # and the notice, and number slips
    assert pages["worksheet"] == 2
    assert pages["slides"] == len(notice.parts["slides"].slides)
    assert 4 <= pages["guide"] <= 8
    assert pages["all"] == sum(pages[what] for what in ("cards", "worksheet", "slides", "guide"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_have_their_paper(printed, lang):
    for what in ("cards", "worksheet", "guide"):
        assert {size(page) for page in printed[what, lang]} == {A4}
    assert {size(page) for page in printed["slides", lang]} == {WIDE}
    assert abs(WIDE[0] / WIDE[1] - 16 / 9) < 0.01


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("what", ["cards", "worksheet", "slides", "guide"])
def test_nothing_touches_the_edge_and_no_page_is_empty(printed, what, lang):
    for page in printed[what, lang]:
        grey = page.render(scale=0.5, grayscale=True).to_numpy().squeeze()
        dark = (grey < 128).mean()
        assert 0.0005 < dark < 0.3
        edge = 4  # pixels: about three millimetres; cut lines are pale and go to the edge
        border = [grey[:edge], grey[-edge:], grey[:, :edge], grey[:, -edge:]]
        assert all((strip < 90).sum() == 0 for strip in border)


def test_the_same_session_prints_the_same_bytes(notice):
    assert printing.pdf(notice, "cards", "zh") == printing.pdf(notice, "cards", "zh")


# -- words -----------------------------------------------------------------------------------------


def every_text(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, below in data.items():
            if key not in ("id", "kind", "channel", "objective", "measures"):
                yield from every_text(below)
    elif isinstance(data, list):
        for below in data:
            yield from every_text(below)


def told(session, part, lang):
    data = session.told(part, lang)
    return printing._marked(data, printing._curl) if lang == "en" else data


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("what", "parts"),
    [("cards", ["roles"]), ("worksheet", ["worksheet"]), ("slides", ["slides"]), ("guide", ["assessment", "debrief"])],
)
def test_every_word_of_the_data_is_on_the_page(printed, notice, what, parts, lang):
    found = plain(words_of(printed[what, lang]))
    for part in parts:
        for text in every_text(told(notice, part, lang)):
            if part == "assessment" and text == notice.told("assessment", lang)["intro"]:
                continue  # stands on the worksheet
            assert plain(text) in found, text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_guide_is_on_the_page(printed, notice, lang):
    found = plain(words_of(printed["guide", lang]))
    text = printing._curl(notice.guide(lang)) if lang == "en" else notice.guide(lang)
    for block in markdown.blocks(text, "guide"):
        for spans in block.get("items") or [block.get("spans", [])]:
            assert plain("".join(words for _, words in spans)) in found


def test_chinese_can_be_searched_and_numbers_are_filled_in(printed):
    assert "周婆婆" in words_of(printed["cards", "zh"])
    assert "公示30天" in plain(words_of(printed["slides", "zh"]))
    assert "每户160元" in plain(words_of(printed["guide", "zh"]))
    for document in printed.values():
        assert not re.search(r"\{[a-z_]+\}|<!--", words_of(document))


def test_english_pages_hold_no_chinese_and_curled_quotes(printed):
    for what in printing.WHAT:
        text = words_of(printed[what, "en"])
        assert not re.search(r"[\u4e00-\u9fff]", text) and '"' not in text
    assert "“" in words_of(printed["guide", "en"])


def test_chinese_is_set_in_a_chinese_font(printed):
    assert in_another_font(printed["all", "zh"]) == set()


def test_a_font_without_chinese_would_be_noticed():
    source = '#set text(font: "Libertinus Serif", fallback: false)\n公示'
    bare = typst.compile(source.encode(), font_paths=typst.Fonts(include_system_fonts=False))
    assert in_another_font(pypdfium2.PdfDocument(bare)) & {"公", "示"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fonts_have_every_letter_that_is_printed(printed, lang):
    fonts = printing._fonts(lang)
    there = set()
    for name in fonts["latin"] + fonts["chinese"]:
        there |= set(font_manager.get_font(font_manager.findfont(name, fallback_to_default=False)).get_charmap())
    letters = set(words_of(printed["all", lang])) - set("\r\n\u0002\u2060\ufffe")
    assert {letter for letter in letters if ord(letter) not in there} == set()


# -- what is told when something is wrong ----------------------------------------------------------


def fails(key, *arguments):
    with pytest.raises(UserError) as caught:
        printing.write(*arguments)
    assert caught.value.key == key
    return caught.value


def test_a_file_is_written_where_it_was_asked_for(notice, tmp_path):
    path = tmp_path / "卡片 1.pdf"
    assert printing.write("notice", "cards", "zh", path) == path
    assert path.read_bytes().startswith(b"%PDF")


def test_without_a_path_the_name_says_what_it_is(notice, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert printing.write(notice, "worksheet", "en").name == "notice-worksheet-en.pdf"
    assert os.listdir(tmp_path) == ["notice-worksheet-en.pdf"]


def test_unknown_names(tmp_path):
    fails("session_unknown", "nonsense", "cards", "zh", tmp_path / "a.pdf")
    fault = fails("session_what", "notice", "card", "zh", tmp_path / "a.pdf")
    assert "cards" in fault.text("en") and fault.facts["nearest"] == "cards"
    fails("lang_unknown", "notice", "cards", "fr", tmp_path / "a.pdf")


def test_places_that_cannot_be_written(tmp_path):
    fails("out_is_folder", "notice", "cards", "zh", tmp_path)
    fails("out_no_folder", "notice", "cards", "zh", tmp_path / "no" / "a.pdf")
    fails("out_ending", "notice", "cards", "zh", tmp_path / "a.docx")


def test_a_folder_without_the_right_to_write(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *a, **k: False)
    fails("out_no_right", "notice", "cards", "zh", tmp_path / "a.pdf")
    assert os.listdir(tmp_path) == []


def test_without_typst_the_fix_is_named(notice, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "typst":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    printing._found.cache_clear()
    fault = fails("print_needs_typst", notice, "cards", "zh", tmp_path / "a.pdf")
    assert 'pip install "commsim[print]"' in fault.text("zh")
    printing._found.cache_clear()


def test_without_a_chinese_font_the_fix_is_named(notice, tmp_path, monkeypatch):
    class Bare:
        def families(self):
            return ["DejaVu Sans", "Liberation Sans"]

    monkeypatch.setattr(printing, "_found", lambda: Bare())
    fault = fails("print_font_missing", notice, "cards", "zh", tmp_path / "a.pdf")
    assert "fonts-noto-cjk" in fault.text("zh") and os.listdir(tmp_path) == []
    assert printing._fonts("en")["chinese"] == []


def test_text_that_does_not_fit_is_refused_and_not_cut_off(notice, tmp_path, monkeypatch):
    content = printing._content(notice, "zh")
    content["roles"]["cards"][0]["know"] = "话太多" * 400
    monkeypatch.setattr(printing, "_content", lambda session, lang: json.loads(json.dumps(content)))
    fault = fails("print_failed", notice, "cards", "zh", tmp_path / "a.pdf")
    assert "notice cards zh" in fault.text("en") and os.listdir(tmp_path) == []


# -- Markdown --------------------------------------------------------------------------------------


def test_markdown_becomes_blocks():
    text = "# A\n\nb **c** d\n\n> e\n> f\n\n- g\n- h\n\n1. i\n2. j\n\n| k | l |\n|---|---|\n| m | |\n"
    assert markdown.blocks(text, "x") == [
        {"kind": "heading", "level": 1, "spans": [["text", "A"]]},
        {"kind": "paragraph", "spans": [["text", "b "], ["strong", "c"], ["text", " d"]]},
        {"kind": "quote", "spans": [["text", "e f"]]},
        {"kind": "list", "items": [[["text", "g"]], [["text", "h"]]]},
        {"kind": "steps", "items": [[["text", "i"]], [["text", "j"]]]},
        {"kind": "table", "head": [[["text", "k"]], [["text", "l"]]], "rows": [[[["text", "m"]], []]]},
    ]


@pytest.mark.parametrize("line", ["```", "![picture](x.png)", "<b>bold</b>"])
def test_markdown_that_cannot_be_printed_is_named_with_its_line(line):
    with pytest.raises(UserError) as caught:
        markdown.blocks(f"# A\n\n{line}\n", "guide.zh.md")
    assert caught.value.key == "print_markdown" and "guide.zh.md:3" in caught.value.text("en")
