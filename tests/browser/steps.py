"""What a learner does with a lesson in a browser, whichever door it was opened by."""

import pytest

PLAYER = ".csp:not([hidden])"
CHART = ".below svg[role=img]"

# What the first player's canvases of one layer look like: number of colours and a sum over all pixels.
PIXELS = """(layer) => [...document.querySelector(".csp").querySelectorAll(`[data-layer=${layer}]`)].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), seen = new Set();
  let sum = 0;
  for (let k = 0; k < data.length; k += 4) {
    const colour = (data[k] << 16) | (data[k + 1] << 8) | data[k + 2];
    seen.add(colour);
    sum = (sum * 31 + colour + data[k + 3]) % 4294967291;
  }
  return { colours: seen.size, sum };
})"""

# Characters on the page that the fonts of this computer draw as the box of a character that no font has.
BOXES = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  const drawn = (c) => {
    ctx.clearRect(0, 0, 32, 32);
    ctx.fillText(c, 4, 24);
    return ctx.getImageData(0, 0, 32, 32).data.join();
  };
  const missing = new Set(), known = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const around = walk.currentNode.parentElement;
    if (!around || !around.checkVisibility() || ["SCRIPT", "STYLE"].includes(around.tagName)) continue;
    const font = getComputedStyle(around).fontFamily;
    if (!known.has(font)) known.set(font, new Set());
    for (const c of walk.currentNode.data) known.get(font).add(c);
  }
  let seen = 0;
  for (const [font, characters] of known) {
    ctx.font = `20px ${font}`;
    const box = drawn("\\u0378");
    for (const c of characters) {
      if (!c.trim() || /[\\u200b\\ufeff]/.test(c)) continue;
      seen++;
      if (drawn(c) === box) missing.add(c);
    }
  }
  return { seen, missing: [...missing] };
}"""

# From a key on a slider to the picture that it brings, in milliseconds: two frames after the player drew.
WATCH = """() => {
  const player = document.querySelector(".csp").commsim, draw = player.load, waits = [];
  let pressed = null;
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  player.load = function () {
    draw.call(this);
    if (pressed === null) return;
    const from = pressed;
    pressed = null;
    requestAnimationFrame(() => requestAnimationFrame(() => waits.push(performance.now() - from)));
  };
  player.model.off("change:stamp", player.onStamp);
  player.onStamp = () => player.load();
  player.model.on("change:stamp", player.onStamp);
  window.waits = waits;
}"""


def bet(page, times):
    """Move the slider of the first bet to the right and place it; returns what the lesson says to it."""
    box = page.locator(".commsim-predict").first
    handle = box.locator(".noUi-handle")
    handle.focus()
    for _ in range(times):
        handle.press("ArrowRight")
        page.wait_for_timeout(400)  # a slider tells the kernel its last value only when the one before was heard
    value = box.locator(".widget-readout").inner_text().strip()
    box.locator("button").click()
    said = box.locator(".widget-html").last
    page.wait_for_function("([node, value]) => node.textContent.includes(value)", arg=[said.element_handle(), value])
    return value, said.inner_text()


def slider(page, number):
    """The handle of a control of the first panel."""
    return page.locator(".commsim-panel").first.locator(".noUi-handle").nth(number)


def chart(page):
    return page.locator(f"{PLAYER} {CHART}").first.inner_html()


def moved(page, number, key):
    """Press a key on a control; the chart before and after."""
    before = chart(page)
    slider(page, number).press(key)
    page.wait_for_function(f"(before) => document.querySelector('.csp {CHART}').innerHTML !== before", arg=before)
    return before, chart(page)


def settled(page):
    """Wait until the first panel has worked out all its worlds and says so."""
    page.wait_for_function("""() => {
      const said = document.querySelector(".commsim-panel .commsim-said").textContent;
      return said.trim() && !said.includes("…");
    }""", timeout=60_000)  # the text, not what is seen of it: JupyterLab hides what is scrolled away


def rested(page):
    """The plan's pixels once they stay as they are: after a pause the last flashes fade for a moment."""
    before = None
    for _ in range(20):
        page.wait_for_timeout(200)
        now = page.evaluate(PIXELS, "plan")
        if now == before:
            return now
        before = now
    raise AssertionError("the picture does not come to rest")


def played(page):
    """Play for a moment; the plan's pixels before and after, and the day that was reached."""
    settled(page)
    before = page.evaluate(PIXELS, "plan")
    button = page.locator(f"{PLAYER} button[data-act=play]").first
    button.click()
    page.wait_for_function("document.querySelector('.csp').commsim.frame >= 5")
    button.click()
    day = page.evaluate("document.querySelector('.csp').commsim.frame")
    return before, rested(page), day


def waits(page, moves=12):
    """Milliseconds from key to picture, for moves as a hand makes them."""
    page.evaluate(WATCH)
    handle = slider(page, 1)
    handle.focus()
    for k in range(moves):
        handle.press("ArrowRight" if k % 4 < 2 else "ArrowLeft")
        page.wait_for_function(f"window.waits.length > {k}")
        page.wait_for_timeout(100)
    return page.evaluate("window.waits")


def others(page):
    """Addresses that the page asked for and that lie on another host."""
    return [url for url in page.asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]


class Lesson:
    """What a lesson does for a learner, tested behind every door; ``opened`` is the page behind one."""

    asked = 20  # addresses at least, or nothing was watched

    def test_the_first_picture_is_there_before_any_click(self, opened):
        plans = opened.page.evaluate(PIXELS, "plan")
        assert len(plans) == 2 and all(plan["colours"] > 50 for plan in plans)

    def test_the_outcome_is_kept_back_until_there_is_a_bet(self, opened):
        told = opened.page.locator(".commsim-explanation")
        assert told.count() == 1 and told.locator("table").count() == 0 and told.locator("button").count() == 1

    def test_a_bet_is_answered_and_stays_on_the_chart(self, opened):
        value, said = bet(opened.page, 3)
        assert value in said
        moved(opened.page, 0, "ArrowRight")
        assert {"zh": f"你押的 {value}", "en": f"your bet: {value}"}[opened.lang] in chart(opened.page)

    def test_the_explanation_follows_the_bet(self, opened):
        value = opened.page.locator(".commsim-predict .widget-readout").first.inner_text().strip()
        told = opened.page.locator(".commsim-explanation")
        told.locator("table").first.wait_for(state="attached", timeout=60_000)
        sentence = {"zh": f"你押的是{value}户", "en": f"You bet {value} households"}[opened.lang]
        assert sentence in told.evaluate("(node) => node.textContent") and told.locator("table").count() == 2

    @pytest.mark.parametrize("number", [0, 1])
    def test_each_slider_changes_the_chart(self, opened, number):
        before, after = moved(opened.page, number, "PageUp")
        assert before != after

    def test_play_moves_the_picture_and_pause_stops_it(self, opened):
        before, after, day = played(opened.page)
        assert day >= 5 and before != after
        opened.page.wait_for_timeout(300)
        assert opened.page.evaluate(PIXELS, "plan") == after
        assert opened.page.evaluate("document.querySelector('.csp').commsim.frame") == day

    def test_a_choice_in_the_self_check_is_answered(self, opened):
        box = opened.page.locator(".commsim-check")
        before = box.inner_text()
        box.locator("input[type=radio]").first.check()
        opened.page.wait_for_function("([node, before]) => node.innerText.length > before.length + 10",
                                      arg=[box.element_handle(), before])  # fmt: skip

    def test_every_widget_found_its_place(self, opened):
        assert "Error displaying widget" not in opened.page.content()

    def test_no_character_is_an_empty_box(self, opened):
        found = opened.page.evaluate(BOXES)
        assert found["seen"] > 100 and found["missing"] == []

    def test_no_other_host_was_asked(self, opened):
        assert len(opened.page.asked) > self.asked and others(opened.page) == []
