"""Telegram Desktop's ``result.json`` of one chat."""

import json


def message(i, sender, account, text="好", **more):
    return {"id": i, "type": "message", "date": "2023-01-05T08:00:00", "date_unixtime": str(1672905600 + 60 * i),
            "from": sender, "from_id": account, "text": text, **more}  # fmt: skip


def sample(name, number):
    named = [{"type": "plain", "text": f"{name} {number}"}, {"type": "mention", "text": f"@{name}"},
             {"type": "mention_name", "text": name, "user_id": 1}, {"type": "phone", "text": number}]  # fmt: skip
    good = [
        {"id": 1, "type": "service", "date": "2023-01-05T08:00:00", "date_unixtime": "1672905600", "actor": name,
         "actor_id": "user1", "action": "create_group", "title": name, "members": [name, number, "赵青"], "text": ""},
        {"id": 2, "type": "service", "date": "2023-01-05T08:00:00", "date_unixtime": "1672905600", "actor": name,
         "actor_id": "user1", "action": "topic_created", "title": name, "text": ""},
        message(3, name, "user1", [*named], text_entities=named, reply_to_message_id=2),
        message(4, number, f"user{number}", number, reply_to_message_id=3), message(5, None, name, name),
        message(6, "赵青", "user3", [*named], reply_to_message_id=number), message(7, "孙禾", "user4", name),
        {**message(8, "孙禾", "user4", number), "id": name}, message(9, f"{name}!", "user1", name),
        {"id": 10, "type": "service", "date": "2023-01-05T08:00:00", "date_unixtime": "1672909600", "actor": name,
         "actor_id": "user1", "action": "remove_members", "members": [number, name], "text": ""},
    ]  # fmt: skip
    broken = [{**message(11, name, "user1"), "date_unixtime": name}, {**message(12, None, None), "text": name},
              {"id": 13, "type": name}, name]  # fmt: skip
    whole = json.dumps({"name": name, "type": "private_supergroup", "id": 1, "messages": good + broken},
                       ensure_ascii=False, indent=1)  # fmt: skip
    broken_off = f',\n  {{"id": 14 "{name}": {number}}},\n  {{"id": 15, "from": "{name}'
    return (whole.removesuffix(" ]\n}").rstrip() + broken_off).encode()


def many(count):
    yield '{\n "name": "花园",\n "type": "private_supergroup",\n "id": 1,\n "messages": [\n'
    for i in range(count):
        who = i * i % 5000
        text = [{"type": "plain", "text": "今天的菜不错，谁在家"}]
        if i % 4 == 0:
            text.append({"type": "mention_name", "text": f"成员{i % 3000}", "user_id": 7000 + i % 3000})
        more = {"reply_to_message_id": i - 1} if i % 3 == 1 else {}
        one = message(i, f"成员{who}", f"user{7000 + who}", text, text_entities=text, **more)
        yield json.dumps(one | {"date_unixtime": str(1672905600 + 20 * i)}, ensure_ascii=False, indent=1)
        yield ",\n" if i < count - 1 else "\n"
    yield " ]\n}"
