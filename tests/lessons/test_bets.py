"""Bets are kept on this computer, the last one counts, and a damaged file stops nobody."""

import json
import os

import pytest

from commsim.errors import UserError
from commsim.lessons import bets


def test_a_bet_is_kept_and_the_last_one_counts(own_bets):
    assert bets.of("notice-1") is None
    bets.place("notice-1", 5)
    bets.place("notice-2", 1)
    bets.place("notice-1", 8)
    assert bets.placed() == {"notice-1": 8.0, "notice-2": 1.0}
    assert os.listdir(own_bets) == ["bets.json"]


DAMAGED = [b"", b"{", b"[1, 2]", b'{"notice-1": 5}', b'{"notice-1": {"value": "x"}}', b"\xff\xfe\x00"]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_put_aside_and_said_so(own_bets, damage):
    own_bets.mkdir()
    (own_bets / "bets.json").write_bytes(damage)
    with pytest.warns(UserWarning, match="bets.damaged"):
        assert bets.placed() == {}
    (kept,) = own_bets.iterdir()
    assert kept.name.startswith("bets.damaged-") and kept.read_bytes() == damage
    bets.place("notice-1", 3)
    assert bets.of("notice-1") == 3.0


def test_a_folder_that_cannot_be_written_is_named(own_bets):
    own_bets.write_text("a file where the folder should be")
    with pytest.raises(UserError) as caught:
        bets.place("notice-1", 3)
    assert str(own_bets) in caught.value.text("zh") and "COMMSIM_DATA_DIR" in caught.value.text("en")


def test_the_file_is_plain_json(own_bets):
    bets.place("notice-1", 3)
    assert json.loads((own_bets / "bets.json").read_text(encoding="utf-8")) == {"notice-1": {"value": 3}}
