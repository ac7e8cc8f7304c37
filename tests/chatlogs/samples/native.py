"""The plain table."""

from datetime import datetime, timedelta

BEGIN = datetime(2026, 1, 5, 8)
KINDS = ("talk", "问题", "回复", "thanks", "")


def sample(name, number):
    good = [f"2026-01-05 08:{minute:02d},{who},{kind},{to},{thread}" for minute, (who, kind, to, thread) in enumerate([
        (name, "talk", "", "日常"), ("赵青", "question", name, "日常"), (number, "回复", "赵青", name),
        ("赵青", name, number, number), (name, number, "赵青", "日常"), ("孙禾", "notice", "", ""),
        ("孙禾", "talk", name, "日常"), ("赵青", "talk", "孙禾", "日常")])]  # fmt: skip
    broken = [f"{name},{number},talk,,", f"2026-01-05 09:00,{name}", f'2026-01-05 09:01,"{name} {number},talk,,',
              f"2026-01-05 09:02,{name},talk,,,{number}"]  # fmt: skip
    return "\n".join(["time,member,kind,reply_to,thread", *good, *broken, ""]).encode()


def many(count):
    yield "time,member,kind,reply_to,thread\n"
    for i in range(count):
        to = f"成员{i * 7 % 3000}" if i % 3 else ""
        at = (BEGIN + timedelta(seconds=20 * i)).isoformat(" ")
        yield f"{at},成员{i * i % 5000},{KINDS[i % 5]},{to},话题{i % 40}\n"
