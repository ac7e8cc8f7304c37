"""Lets the tests of this folder import ``alone``, the quiet place of the closed-form checks, by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "verification"))
