"""The sign-in sheet."""


def sample(name, number):
    good = [f"2026-03-0{day},{activity},{who}" for day in range(1, 5) for activity in (name, number, "大扫除")
            for who in (name, number, "赵青")]  # fmt: skip
    broken = [f"{name},{number},{name}", f"2026-03-08,,{name}", f"2026-03-08,{name}",
              f"2026-03-08,{name},赵青,{number}"]  # fmt: skip
    return "\r\n".join(["日期,活动,成员", f"# {name} {number}", *good, *broken]).encode("utf-8-sig")


def many(count):
    yield "date,activity,member\n"
    for i in range(count):
        yield f"2026-{1 + i // 28 % 12:02d}-{1 + i % 28:02d},活动{i % 90},成员{i % 5000}\n"
