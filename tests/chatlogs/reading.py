"""What the tests of readers share: a text is read by one reader, and what came out is kept beside the account."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import READERS, Options, reader


def read(format, content, **options):
    """(messages, comings, account) of text or bytes read as ``format``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        account = Account(format=format)
        events = list(reader(format).read(Source(file, account), account, Options(**options)))
    assert account.complete, account
    return ([event for event in events if type(event) is Message],
            [event for event in events if type(event) is Coming], account)  # fmt: skip


def claimed(head):
    """The formats that say the text is theirs."""
    return [name for name in READERS if reader(name).looks_like(head)]


def at(*parts):
    """Seconds of a moment in UTC."""
    return datetime(*parts, tzinfo=UTC).timestamp()


def written(content):
    """A file that lives until the process ends its test; gives its path."""
    handle, name = tempfile.mkstemp()
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Path(name)
