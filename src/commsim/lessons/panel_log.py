"""The panel for a group's own log: choose a file, see its health, make what may be passed on.

A notebook is passed on easily, so nothing is left in it by which a file or a person could be found: what was uploaded
and its name are taken out of the widget as soon as they have arrived, a path as soon as it has been read, members
appear as counts only, and the page that stands for the panel where nothing can be clicked holds no number at all.
"""

from __future__ import annotations

import base64
import json
import tempfile
from html import escape
from pathlib import Path

import ipywidgets as widgets

from commsim.chatlogs import readers, sharing
from commsim.chatlogs.events import Log
from commsim.chatlogs.health import profile
from commsim.chatlogs.load import TARGETS, load
from commsim.errors import UserError
from commsim.lessons import logs
from commsim.lessons.talk import WIDE, large_text
from commsim.show import figures, log_report
from commsim.show import log as pictures
from commsim.show import log_told as told
from commsim.words import language, say

WINDOWS = (7, 14, 28)  # days
PICTURES = tuple(name for name in pictures.PICTURES if name != "two_tiers")  # that one needs a table of buildings
VIEWS = ("short", "measures", "lines", "unknown", "share")
TWO_WAYS = ("log_format_two", "log_format_none", "log_reply_to", "log_date_order", "log_day_order",
            "log_day_order_mixed", "log_pasted_needed", "log_timezone")  # fmt: skip
LABEL = {"description_width": "9em"}
ROW = {"width": "28em", "max_width": "100%"}
COLUMN = "padding:2px 18px 2px 0;text-align:left;vertical-align:top"


class LogPanel(widgets.VBox):
    """``shown`` is the log that is shown: at first the model's, after ``read`` the file's."""

    def __init__(self, path: str | Path | None = None, lang: str | None = None):
        self.lang = language(lang)
        self._waiting: tuple[bytes, str] | None = None  # content and ending of a file that is still to be read
        self.shown: Log | None = None
        self.controls = self._controls(path)
        self.said = widgets.HTML(layout=WIDE)
        self.page = widgets.HTML(layout=WIDE)
        self.make = widgets.Button(description=self._say("make"), layout={"width": "auto"})
        self.make.on_click(lambda _: self._links())
        self.links = widgets.HTML()
        self._area = widgets.VBox([self.page], layout=WIDE)
        c = self.controls
        self.further = widgets.Accordion(
            [widgets.VBox([c[name] for name in ("format", "order", "reply_to", "pasted", "timezone")])],
            titles=(self._say("two_ways"),), selected_index=None)  # fmt: skip
        super().__init__([large_text(), c["consent"], c["upload"], widgets.HBox([c["path"], c["read"]], layout=_WRAP),
                          widgets.HBox([c["community"], c["window"]], layout=_WRAP), self.further, self.said,
                          c["show"], self._area])  # fmt: skip
        self.add_class("commsim-log")
        self._take(logs.year(0, 1).log, "model")
        if path is not None:
            self.said.value = _sentence(self._say("consent_first"))

    def _say(self, key, **blanks) -> str:
        return say(f"log_panel.{key}", self.lang, **blanks)

    # -- controls ---------------------------------------------------------------------------------------

    def _controls(self, path) -> dict[str, widgets.Widget]:
        look = {"style": LABEL, "layout": ROW}
        itself = [(self._say("itself"), None)]
        formats = [(told.format_name(name, self.lang), name) for name in readers.READERS]
        orders = [(say(f"log.decided.{name}", self.lang), name == "day_first") for name in ("day_first", "month_first")]
        targets = [(say(f"log.decided.{name}", self.lang), name) for name in TARGETS]
        views = [(self._say(f"view.{name}"), name) for name in VIEWS]
        drawn = [(self._say("view.picture", title=say(f"log.picture.{name}.title", self.lang)), name)
                 for name in PICTURES]  # fmt: skip
        made = {
            "consent": widgets.Checkbox(description=self._say("consent"), indent=False, layout=WIDE),
            "upload": widgets.FileUpload(description=self._say("upload"), accept=".txt,.csv,.json,.jsonl",
                                         layout={"width": "auto", "align_self": "flex-start"}),
            "path": widgets.Text("" if path is None else str(path), description=self._say("path"),
                                 placeholder=self._say("path_hint"), style=LABEL,
                                 layout={"width": "38em", "max_width": "100%"}),
            "read": widgets.Button(description=self._say("read"), button_style="primary", layout={"width": "auto"}),
            "community": widgets.Text("default", description=self._say("community"), continuous_update=False, **look),
            "window": widgets.Dropdown(options=WINDOWS, description=self._say("window"), **look),
            "show": widgets.Dropdown(options=views[:1] + drawn + views[1:], description=self._say("show"), **look),
            "format": widgets.Dropdown(options=itself + formats, description=self._say("format"), **look),
            "order": widgets.Dropdown(options=itself + orders, description=self._say("order"), **look),
            "reply_to": widgets.Dropdown(options=itself + targets, description=self._say("reply_to"), **look),
            "pasted": widgets.DatePicker(description=self._say("pasted"), **look),
            "timezone": widgets.Text(description=self._say("timezone"), placeholder="Asia/Shanghai",
                                     continuous_update=False, **look),
        }  # fmt: skip
        made["upload"].observe(self._uploaded, "value")
        made["read"].on_click(lambda _: self.read())
        made["window"].observe(lambda _: self._measure(), "value")
        made["show"].observe(lambda _: self._paint(), "value")
        for name in ("community", "format", "order", "reply_to", "pasted", "timezone"):
            made[name].observe(self._other_way, "value")
        return made

    def _uploaded(self, change) -> None:
        """Take the file out of the widget, which a notebook may keep, and read it."""
        if not change["new"]:
            return
        file = change["new"][0]
        content, ending = bytes(file["content"]), Path(file["name"]).suffix
        self.controls["upload"].value = ()
        if not self.controls["consent"].value:
            self.said.value = _sentence(self._say("consent_first"))
            return
        self._waiting = content, ending
        self.controls["path"].value = ""
        self.read()

    def _other_way(self, _) -> None:
        if self.shown is not None and self._waiting is None and not self.controls["path"].value and \
                self.shown.loader.get("format") != "simulated":  # fmt: skip
            self.said.value = _sentence(self._say("choose_again"))

    # -- reading ----------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the file whose path is written, else the one that was chosen; a mistake becomes a sentence."""
        path = self.controls["path"].value.strip()
        if not self.controls["consent"].value:
            self.said.value = _sentence(self._say("consent_first"))
        elif path:
            self._try(path)
        elif self._waiting is not None:
            with tempfile.TemporaryDirectory(prefix="commsim-") as folder:  # the readers want a file; for us only
                copy = Path(folder) / f"log{self._waiting[1]}"
                copy.write_bytes(self._waiting[0])
                self._try(str(copy))
        else:
            self.said.value = _sentence(self._say("nothing"))

    def _try(self, path: str) -> None:
        c = self.controls
        options = {"day_first": c["order"].value, "timezone": c["timezone"].value.strip() or None,
                   "reply_to": c["reply_to"].value, "pasted": c["pasted"].value}  # fmt: skip
        self.said.value = _sentence(say("log.reading", self.lang))
        try:
            found = load(path, c["format"].value, c["community"].value.strip(), **options)
        except UserError as mistake:
            mistake.facts.update({name: value.replace(path, self._say("this_file"))
                                  for name, value in mistake.facts.items() if isinstance(value, str)})  # fmt: skip
            said = mistake.text(self.lang)
            if mistake.key in TWO_WAYS:
                said += " " + self._say("ask")
                self.further.selected_index = 0
            self.said.value = _sentence(said, wrong=True)
            return
        self._waiting, c["path"].value = None, ""
        self._take(found, "done")

    def _take(self, log: Log, key: str) -> None:
        self.shown = log
        self._measure()
        self.said.value = _sentence(self._say(key))

    # -- showing ----------------------------------------------------------------------------------------

    def _measure(self) -> None:
        self.health = profile(self.shown, self.controls["window"].value)
        self.links.value = ""
        self._paint()

    def _paint(self) -> None:
        view = self.controls["show"].value
        self._area.children = [self.page, self.make, self.links] if view == "share" else [self.page]
        html = self._picture(view) if view in PICTURES else getattr(self, f"_{view}")()
        self.page.value = f'<div lang="{self.lang}">{html}</div>'

    def _short(self) -> str:
        health, lang = self.health, self.lang
        small = [say("log.health.small_group", lang)] if health.aggregates_only else []
        return _lines([told.summary(health, lang), told.span(health, lang), told.taken_for(health, lang),
                       *told.decided(health.loader, lang), *small, *told.power(health, lang),
                       *told.margins(health, lang), *told.notes(health, lang), self._say("exact")])  # fmt: skip

    def _measures(self) -> str:
        health, lang, parts = self.health, self.lang, []
        for group, names in told.SHOWN.items():
            if rows := told.measure_rows(health, names, lang):
                parts += [_head(say(f"log.group.{group}", lang)), _table(rows)]
        if rows := told.trend_rows(health, lang):
            parts += [_head(say("log.told.trends", lang, days=health.window_days)), _table(rows)]
        return "".join([*parts, _sentence(self._say("exact"))])

    def _lines(self) -> str:
        """What every line was; of those skipped number and shape, never the text."""
        account, lang = self.health.loader, self.lang
        if "lines" not in account:
            return _sentence(self._say("no_lines"))
        unit = "entries" if account["unit"] == "entry" else "lines"
        parts = [_head(say(f"log.told.{unit}", lang, lines=f"{account['lines']:,}")),
                 _table([(what, f"{n:,}") for what, n in told.account_rows(account, lang)])]  # fmt: skip
        if rows := told.fault_rows(account, lang):
            parts += [_head(say("log.told.skipped", lang)),
                      _table([(what, f"{n:,}", first) for what, n, first in rows])]  # fmt: skip
        if rows := told.noted_rows(account, lang):
            parts += [_head(say("log.told.noted", lang)), _table([(what, f"{n:,}") for what, n in rows])]
        return "".join(parts)

    def _unknown(self) -> str:
        rows = told.unknown_rows(self.health, self.lang)
        never = say("log.report.never", self.lang)
        return _table(rows) + _sentence(never) if rows else _lines([say("log.report.unknown_none", self.lang), never])

    def _picture(self, name: str) -> str:
        """The picture and the same in words; who answers whom as groups of members, never as single ones."""
        how = {"shared": name == "who_answers_whom", "lang": self.lang}
        words = pictures.in_words(name, self.health, self.shown, **how)
        drawn = figures.svg(pictures.draw(name, self.health, self.shown, **how), f"log-{name}", words)
        return (f'<div style="max-width:52em;background:#fff">{drawn}</div>'
                + _lines([say(f"log.picture.{name}.read", self.lang), words]))  # fmt: skip

    def _share(self) -> str:
        safe, why = sharing.shared(self.health)
        rows = told.withheld_rows(why, self.lang)
        withheld = _head(say("log.report.withheld", self.lang)) + _table(rows) if rows else ""
        return _lines([self._say("make_note"), told.summary(safe, self.lang)]) + withheld

    def _links(self) -> None:
        """Two files to be saved by the browser: wherever the kernel runs, it writes none."""
        self.links.value = _sentence(self._say("making"))
        data = json.dumps(sharing.as_shared_data(self.health), ensure_ascii=False, indent=2, allow_nan=False)
        report = log_report.html(self.health, self.shown, lang=self.lang)
        self.links.value = "".join(_link(self._say(f"file.{name}"), kind, text, self._say(name))
                                   for name, kind, text in (("report", "text/html", report),
                                                            ("data", "application/json", data)))  # fmt: skip

    def _repr_mimebundle_(self, **kwargs):
        """Where nothing can be clicked a sentence stands for the panel: a saved notebook must not hold a group's
        numbers."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/html": _sentence(self._say("still")), "text/plain": self._say("still")}


_WRAP = {"flex_flow": "row wrap", "align_items": "center"}


def _sentence(text: str, wrong: bool = False) -> str:
    """For a reader of screens too: what is said of a mistake is read out at once."""
    return f'<p role="{"alert" if wrong else "status"}"{_RED if wrong else ""}>{escape(text)}</p>'


_RED = ' style="color:#A32A00"'


def _lines(texts) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def _head(text: str) -> str:
    return f"<h4>{escape(text)}</h4>"


def _table(rows) -> str:
    """Rows of strings; the first cell names the row."""
    return "<table>" + "".join(
        f'<tr><th scope="row" style="{COLUMN}">{escape(first)}</th>'
        + "".join(f'<td style="{COLUMN}">{escape(cell)}</td>' for cell in rest) + "</tr>"
        for first, *rest in rows) + "</table>"  # fmt: skip


def _link(file: str, kind: str, text: str, words: str) -> str:
    content = base64.b64encode(text.encode()).decode()
    return (f'<p><a style="text-decoration:underline" download="{escape(file)}" '
            f'href="data:{kind};charset=utf-8;base64,{content}">{escape(words)}</a></p>')  # fmt: skip
