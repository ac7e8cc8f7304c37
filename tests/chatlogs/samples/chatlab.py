"""ChatLab's JSON lines."""

import json

HEADER = {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1703001600},
          "meta": {"name": "花园", "platform": "qq", "type": "group"}}  # fmt: skip


def message(i, sender, name, content="好", **more):
    return {"_type": "message", "platformMessageId": f"m{i}", "sender": sender, "accountName": name,
            "timestamp": 1703001600 + 20 * i, "type": 0, "content": content, **more}  # fmt: skip


def sample(name, number):
    rows = [
        {**HEADER, "meta": {"name": name, "platform": "qq", "type": "group", "ownerId": number}},
        {"_type": "member", "platformId": number, "accountName": name, "groupNickname": name, "aliases": [name, "x"]},
        {"_type": "member", "platformId": name, "accountName": "赵青"},
        message(1, number, name, f"{name} {number} @赵青 "),
        message(2, name, "赵青", f"@{name} {number}", replyToMessageId="m1"),
        message(3, "3", "孙禾", f"@{name} ", replyToMessageId=number),
        message(4, "0", "系统", f"{name}邀请{number}加入了群聊", type=80),
        message(5, "0", "系统", f"“{name}”退出了群聊", type=80),
        message(6, "3", name, number),
        message(7, "3", "孙禾", name, platformMessageId=number), message(8, "3", "孙禾", name),
        {**message(9, number, name), "timestamp": name}, message(10, "", name, number), {"_type": name, "x": number},
    ]  # fmt: skip
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    return "\n".join([*lines, f"# {name}", f'{{"_type": "message", "sender": "{name}", {number}', ""]).encode()


def many(count):
    yield json.dumps(HEADER, ensure_ascii=False) + "\n"
    for i in range(count):
        who, said = i * i % 5000, f"今天的菜不错，谁在家{f' @成员{i % 3000} ' if i % 4 == 0 else ''}"
        more = {"replyToMessageId": f"m{i - 1}"} if i % 3 == 1 else {}
        yield json.dumps(message(i, f"wxid{who}", f"成员{who}", said, **more), ensure_ascii=False) + "\n"
