"""Bare exchanges."""


def sample(name, number):
    good = [f"{a} {b} {1767571200 + 60 * i}" for i, (a, b) in enumerate(
        [(name, number), (number, name), (name, "zhao"), ("zhao", number), ("sun", name), ("sun", "zhao")] * 8)]
    broken = [f"{name} {number}", f"{name} zhao {name}", f"{number} {name} -5", f"{name} {number} zhao 1767571200"]
    return "\n".join([*good, *broken, ""]).encode()


def many(count):
    for i in range(count):
        yield f"{i * i % 5000} {i * 7 % 3000} {1600000000 + 20 * i}\n"
