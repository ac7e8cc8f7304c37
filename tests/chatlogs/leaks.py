"""Where a planted name or number may turn up: in any encoding, escaped or not, in any file or output."""

import json
import pathlib


def writings(secret):
    """The bytes in which ``secret`` can stand in a file: plain encodings, JSON's and Python's escapes."""
    spellings = {secret, json.dumps(secret)[1:-1], ascii(secret)[1:-1], "".join(f"&#{ord(c)};" for c in secret)}
    encodings = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    return {spelling.encode(encoding) for spelling in spellings for encoding in encodings}


def found(content, *secrets):
    """Which of the secrets are in these bytes."""
    folded = content.lower()
    return sorted({secret for secret in secrets for written in writings(secret) if written.lower() in folded})


def in_folder(folder, *secrets):
    """{file: secrets} of all files below a folder, by their names and contents."""
    told = {}
    for file in pathlib.Path(folder).rglob("*"):
        content = str(file).encode() + (file.read_bytes() if file.is_file() else b"")
        if some := found(content, *secrets):
            told[str(file)] = some
    return told
