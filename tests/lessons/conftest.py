"""Bets of tests are kept in a folder of their own; the language is the test's."""

import pytest

from commsim import words


@pytest.fixture(autouse=True)
def own_bets(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMSIM_DATA_DIR", str(tmp_path / "data"))
    yield tmp_path / "data"
    words.choose_language(None)
