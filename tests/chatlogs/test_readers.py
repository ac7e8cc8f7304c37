"""Every registered reader: it keeps to the interface, knows its own files, and counts every line once."""

import random

import pytest
import samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commsim.chatlogs.account import CLASSES, Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.load import chosen, load
from commsim.chatlogs.readers import READERS, Options, reader
from commsim.errors import UserError
from commsim.words import known

NAME, NUMBER = "沈桥遥", "13900001234"
CARRIED = {"kind", "reply_to", "mention", "thread", "joined", "presence"}
FORMATS = sorted(READERS)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def file_of(folder, content):
    file = folder / "log.txt"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("format", FORMATS)
def test_a_reader_keeps_to_the_interface(format):
    module = reader(format)
    assert format == module.NAME and CARRIED.issuperset(module.CARRIES)
    assert module.looks_like("") is False


@pytest.mark.parametrize("format", FORMATS)
def test_a_reader_knows_its_own_files_and_no_others(tmp_path, format):
    source = Source(file_of(tmp_path, samples.of(format).sample(NAME, NUMBER)))
    assert [name for name in READERS if reader(name).looks_like(source.head())] == [format]
    assert chosen(source, None) == format


def drained(file, format, options):
    """(account, events) of a reader alone."""
    account = Account()
    source = Source(file, account)
    return account, list(reader(format).read(source, account, options))


@pytest.mark.parametrize("format", FORMATS)
def test_the_sample_has_messages_and_faults_and_every_line_is_counted(tmp_path, format):
    account, events = drained(file_of(tmp_path, samples.of(format).sample(NAME, NUMBER)), format, Options())
    assert account.complete and account.skipped > 0
    assert sum(isinstance(event, Message) for event in events) >= 5
    assert all(isinstance(event, Message | Coming) for event in events)
    assert all(known(f"chatlog.fault.{kind}") for kind in account.faults)
    if account.unit == "line":
        assert account.lines == len(samples.of(format).sample(NAME, NUMBER).splitlines())


def mutated(content, seed):
    """A valid file with something done to it: cut, cut out, doubled, shuffled, bytes put in or turned."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        a, b = sorted(chance.randint(0, len(content)) for _ in range(2))
        lines = content.splitlines(keepends=True)
        what = chance.randrange(7)
        if what == 0:
            content = content[:a]
        elif what == 1:
            content = content[:a] + content[min(b, a + 40):]
        elif what == 2:
            content = content[:b] + content[a:b] + content[b:]
        elif what == 3:
            chance.shuffle(lines)
            content = b"".join(lines)
        elif what == 4:
            content = content[:a] + chance.randbytes(chance.randint(1, 12)) + content[a:]
        elif what == 5:
            content = content[:a] + chance.choice([b'"', b",", b"\n", b"\r", b"{", b"\\", b"-", b"999999999999", b":",
                                                   "：".encode(), "\u200e".encode(), b"\t"]) + content[a:]  # fmt: skip
        elif lines:
            lines.insert(chance.randint(0, len(lines)), chance.choice(lines))
            content = b"".join(lines)
    return content


BYTES = st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
                  st.text("0123456789,;-/: \t\n\r\"#{}[]赵青am", max_size=300).map(str.encode))  # fmt: skip
OPTIONS = st.builds(Options, st.sampled_from([None, True, False]), st.sampled_from([None, "Asia/Shanghai"]),
                    st.sampled_from([None, "member", "message"]))  # fmt: skip


def check(file, format, options):
    """The account is complete whatever the file holds, and ``load`` gives a log or a user's error."""
    try:
        account, _ = drained(file, format, options)
        assert account.complete, account
    except UserError as error:
        assert error.text("zh") and error.text("en")
    try:
        log = load(file, format, day_first=options.day_first, timezone=options.timezone, reply_to=options.reply_to,
                   infer=True)  # fmt: skip
    except UserError as error:
        assert error.text("zh") and error.text("en")
        return
    told = log.loader
    assert told["lines"] == sum(told[name] for name in CLASSES)
    assert told["skipped"] == sum(fault["count"] for fault in told["faults"].values())
    assert len(log) == told["messages"] > 0
    assert (log.time[1:] >= log.time[:-1]).all() and log.time[0] >= 0
    assert log.sender.min() >= 0 and max(log.sender.max(), log.to.max()) < len(log.members)
    assert ((log.to >= 0) == (log.edge > 0)).all() and (log.to != log.sender).all()
    assert log.answers.max() < len(log) and (log.sender[log.answers[log.answers >= 0]] >= 0).all()
    assert len(set(log.members)) == len(log.members) == len(log.joined) == len(log.left)


@pytest.mark.parametrize("format", FORMATS)
@FUZZ
@given(content=BYTES, options=OPTIONS)
def test_any_bytes(tmp_path, format, content, options):
    check(file_of(tmp_path, content), format, options)


@pytest.mark.parametrize("format", FORMATS)
@FUZZ
@given(seed=st.integers(0, 2**32), options=OPTIONS)
def test_a_valid_file_with_something_done_to_it(tmp_path, format, seed, options):
    check(file_of(tmp_path, mutated(samples.of(format).sample(NAME, NUMBER), seed)), format, options)


@FUZZ
@given(content=BYTES)
def test_any_bytes_of_no_named_format(tmp_path, content):
    file = file_of(tmp_path, content)
    try:
        assert len(load(file)) > 0
    except UserError as error:
        assert error.text("zh") and error.text("en")
