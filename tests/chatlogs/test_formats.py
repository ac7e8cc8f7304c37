"""What every reader of a chat program's export must bear: any cut, any noise, two formats in one file."""

import time

import pytest
import samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import claimed, read, written

from commsim.chatlogs.load import load
from commsim.errors import UserError

FORMATS = ["whatsapp", "telegram", "chatlab", "qq", "wechat"]
NAME, NUMBER = "甘露寺宁", "+86 139 1234 5678"


@pytest.fixture(autouse=True)
def own_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMSIM_DATA_DIR", str(tmp_path))


def sample(format):
    return samples.of(format).sample(NAME, NUMBER)


def loaded(content, format=None):
    """The log, or the error a user sees; whichever it is, it says no name and no number."""
    file = written(content)
    try:
        log = load(file, format)
        said = repr(log.loader) + repr(log.members) + repr(log.threads)
        assert sum(log.loader[part] for part in ("message", "continuation", "system", "blank", "header", "skipped")) \
            == log.loader["lines"]  # fmt: skip
        assert len(log) == log.loader["message"]
    except UserError as error:
        log, said = None, error.text("zh") + error.text("en")
    finally:
        file.unlink()
    assert NAME not in said and "1234" not in said and "5678" not in said
    return log


@pytest.mark.parametrize("format", FORMATS)
def test_a_sample_is_known_by_its_look_and_by_no_other_format(format):
    assert claimed(sample(format).decode()) == [format]
    log = loaded(sample(format))
    assert log.loader["format"] == format and len(log) >= 5 and log.loader["skipped"] >= 2


@pytest.mark.parametrize("format", FORMATS)
def test_cut_after_every_byte_it_is_still_an_account_of_every_line(format):
    whole, most = sample(format), 0
    for end in range(1, len(whole)):
        log = loaded(whole[:end], format)
        now = len(log) if log else 0
        assert now >= most - 1  # a cut takes nothing away from what was whole before it
        most = max(now, most)
    assert most >= len(loaded(whole)) - 1


@pytest.mark.parametrize("format", FORMATS)
@given(noise=st.binary(max_size=300), where=st.integers(0, 3000), length=st.integers(0, 50))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_anywhere_in_a_log_are_borne(format, noise, where, length):
    whole = sample(format)
    loaded(whole[:where] + noise + whole[where + length :], format)
    loaded(whole[:where] + noise + whole[where + length :])


texts = st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))


@pytest.mark.parametrize("format", FORMATS)
@given(noise=st.one_of(st.binary(max_size=400), texts))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_is_no_log_and_no_traceback(format, noise):
    if noise:
        loaded(noise, format)
        loaded(noise)


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", FORMATS)
def test_two_formats_in_one_file_never_pass_for_more_messages_than_there_are(first, second):
    both = sample(first) + b"\n" + sample(second)
    alone = [len(loaded(sample(format))) for format in (first, second)]
    log = loaded(both)
    if log is not None:
        assert log.loader["format"] == first
        assert len(log) <= sum(alone) + 1


@pytest.mark.parametrize("format", FORMATS)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(format):
    plain = loaded(sample(format))
    changed = loaded(b"\xef\xbb\xbf" + sample(format).replace(b"\n", b"\r\n"))
    assert (changed.time == plain.time).all() and (changed.to == plain.to).all()
    assert changed.members == plain.members


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("line", [
    "@" * 200_000, "# " * 200_000, "\u2068@" * 100_000, "{" * 200_000, '{"id":' * 30_000,
    "1/1/23, 10:10 - " + "将" * 390,
    "2023-12-31 21:15:03 " + "(" * 190, "王" * 200_000 + " 2023/12/31 21:15", "「" + "：" * 100_000, "邀请" * 100,
])  # fmt: skip
def test_lines_made_to_hold_a_reader_up_do_not(format, line):
    began = time.process_time()
    loaded(sample(format) + 20 * (line + "\n").encode(), format)
    loaded((line + "\n").encode())
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("format", ["qq", "wechat", "whatsapp"])
def test_the_encoding_of_chinese_windows_is_read(format):
    content = sample(format).decode().replace("\u202f", " ").encode("gb18030")
    assert len(loaded(content)) == len(loaded(sample(format)))


@pytest.mark.parametrize("format", FORMATS)
def test_a_long_log_is_whole_and_takes_a_fraction_of_a_millisecond_a_message(format):
    content = "".join(samples.of(format).many(10_000))
    began = time.process_time()
    messages, _, account = read(format, content)
    assert time.process_time() - began < 2.0
    assert len(messages) == 10_000 and account.skipped == 0
    assert messages[-1].time - messages[0].time == pytest.approx(20 * 9_999, abs=60)
