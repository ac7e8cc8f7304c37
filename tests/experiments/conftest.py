"""Lets this process and its workers import ``scripted`` by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
