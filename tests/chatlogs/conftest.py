import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    """Keys go to a folder of the test."""
    monkeypatch.setenv("COMMSIM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def read(tmp_path):
    """``read(text or bytes, …)``: what ``load`` makes of a file with this content."""
    from commsim.chatlogs.load import load

    def reading(content, *words, name="log.txt", **options):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(file, *words, **options)

    return reading
