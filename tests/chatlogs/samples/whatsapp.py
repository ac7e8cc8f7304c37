"""WhatsApp's exported text, Android and iOS."""

from datetime import datetime, timedelta

BEGIN = datetime(2023, 1, 13, 8)


def sample(name, number):
    return f"""1/4/23, 7:02\u202fPM - Messages and calls are end-to-end encrypted. Tap to learn more.
1/4/23, 7:03 PM - {name} created group "{name}: {number}"
1/4/23, 7:03 PM - {name} added {number}, 赵青 and 孙禾
1/13/23, 7:04 PM - {name}: 大家好 @\u2068赵青\u2069
{name} {number}
1/13/23, 7:05 PM - \u202a{number}\u202c: <Media omitted> @{number} @\u2068{name}\u2069
1/13/23, 7:06 PM - 赵青: @\u2068{name}\u2069 {number}
1/13/23, 7:07 PM - ~\u202f{name}: {number}
1/13/23, 7:08 PM - {number} changed to +86 139 0000 9999
1/13/23, 7:09 PM - 孙禾: {name}
1/13/23, 27:09 PM - {name}: {number}
{name} {number}
13/1/23, 7:09 PM - {name}: {number}
{name}
1/14/23, 7:09 PM - 孙禾: {name}
1/14/23, 7:10 PM - {name} left
1/14/23, 7:11 PM - 孙禾 removed {number}
""".replace("13/1/23", "1/32/23").encode()


def many(count):
    for i in range(count):
        at = BEGIN + timedelta(seconds=20 * i)
        half = "AM" if at.hour < 12 else "PM"
        them = "" if i % 4 else f" @\u2068成员{i % 3000}\u2069"
        yield (f"{at.month}/{at.day}/{at.year % 100:02d}, {at.hour % 12 or 12}:{at.minute:02d}\u202f{half} - "
               f"成员{i * i % 5000}: 今天的菜不错，谁在家 {i}{them}\n")  # fmt: skip
