"""The paper tally."""


def sample(name, number):
    good = [f"2026-03-0{day},{who},{3 + day},1" for day in range(1, 8) for who in (name, number, "赵青")]
    broken = [f"{name},{name},3,1", f"2026-03-08,{name},{number},0", f"2026-03-08,{name}", f'2026-03-08,"{name},1,1']
    return "\n".join(["日期,成员,条数,回复数", f"# {name} {number}", *good, *broken]).encode("gb18030")


def many(count):
    yield "date,member,messages,replies\n"
    for i in range(count // 5):
        yield f"2026-{1 + i // 28 % 12:02d}-{1 + i % 28:02d},成员{i % 5000},5,2\n"
