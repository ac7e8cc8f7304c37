"""Text pasted from a WeChat group."""

from datetime import datetime, timedelta

BEGIN = datetime(2023, 1, 5, 8)


def sample(name, number):
    return f""""{name}"邀请"{number}"加入了群聊
{name} 2023/01/05 21:15
{number} @赵青\u2005好

{number} 2023/01/05 21:16
「{name}：{number}
{name}」
- - - - - - - - - - - - - - -
好 @{name}\u2005

赵青
2023年1月5日 晚上9:17
「{number}：{name}」
————————
{name}

"{name}" 拍了拍 "{number}"
孙禾
2023-01-06 9:17
好 @{name} {number}

孙禾
2023-01-06 9:18
好

{name} 2023/02/31 21:15
{number}
你将"{number}"移出了群聊
""".encode()


def many(count):
    for i in range(count):
        at = BEGIN + timedelta(seconds=20 * i)
        quoted = f"「成员{i % 3000}：谁在家」\n- - - - - - - - - - - - - - -\n" if i % 5 == 0 else ""
        yield (f"成员{i * i % 5000} {at:%Y/%m/%d %H:%M}\n{quoted}"
               f"今天的菜不错，谁在家{'' if i % 4 else f' @成员{i % 3000} 好'}\n\n")  # fmt: skip
