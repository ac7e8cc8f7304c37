"""QQ's exported text."""

from datetime import datetime, timedelta

BEGIN = datetime(2023, 1, 5, 8)
HEADER = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:{}
================================================================

"""


def sample(name, number):
    digits = "".join(filter(str.isdigit, number))[-11:]
    return (HEADER.format(f"{name} {number}") + f"""2023-01-05 21:15:03 【管理员】{name}({digits})
{name} {number} @赵青 好

2023-01-05 21:15:09 系统消息(1000000)
{name}邀请{number}加入了本群
{name}退出了本群

2023-01-05 下午 9:16:03 赵青<{digits}@example.com>
@{name} {number}

2023-01-05 9:17:03 PM {name}!({digits})
[图片]
2023-01-05 21:18:03 孙禾(345678)
@{name} 好

2023-01-05 21:19:03 {number}(80000000)
{name}

2023-01-05 21:20:03 孙禾(345678)
好

2023-02-31 21:20:03 {name}({digits})
{name} {number}
""").encode()


def many(count):
    yield HEADER.format("花园")
    for i in range(count):
        at = BEGIN + timedelta(seconds=20 * i)
        who = i * i % 5000
        yield (f"{at:%Y-%m-%d} {at.hour}:{at:%M:%S} 成员{who}({700000 + who})\n"
               f"今天的菜不错，谁在家{f' @成员{i % 3000} ' if i % 4 == 0 else ''}\n\n")  # fmt: skip
