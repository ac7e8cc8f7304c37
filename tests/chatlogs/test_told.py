"""The account in sentences: every number that is not zero is told, in both languages."""

import pytest
import samples

from commsim.chatlogs.account import CLASSES, Account
from commsim.chatlogs.readers import READERS
from commsim.chatlogs.told import ODD, sentences

NAME, NUMBER = "沈桥遥", "13900001234"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("format", sorted(READERS))
def test_the_account_of_every_format_can_be_told(read, format, lang):
    loader = read(samples.of(format).sample(NAME, NUMBER), format, reply_to="member").loader
    text = "\n".join(sentences(loader, lang))
    assert NAME not in text and NUMBER not in text
    for name in CLASSES:
        assert not loader[name] or f"{loader[name]:,}" in text
    for fault in loader["faults"].values():
        assert all(line["shape"] in text for line in fault["first"])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("unit", ["line", "entry"])
def test_every_oddity_and_decision_is_told(lang, unit):
    account = Account(format="native", unit=unit, encoding="gb18030", ended=False, timezone="Asia/Shanghai",
                      timezone_why="option", day_order="day_first", day_order_why="option", reply_to="message",
                      reply_to_why="found", key="process")  # fmt: skip
    plain = sentences(account.as_json(), lang)
    odd = [*ODD, "only_addressed", "from_roster", "inferred"]
    for i, name in enumerate(odd):
        setattr(account, name, 1000 + 7 * i)
    told = sentences(account.as_json(), lang)
    assert len(told) == len(plain) + len(odd)
    assert all(f"{1000 + 7 * i:,}" in "\n".join(told) for i in range(len(odd)))
    assert any("GB18030" in line for line in plain) and any("Asia/Shanghai" in line for line in plain)
    assert len(plain) == (8 if unit == "line" else 7)
