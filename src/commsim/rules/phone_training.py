"""The office teaches people who cannot use a smartphone (F67-F71)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class PhoneTraining(Rule):
    """A class of ``seats`` every ``every`` days, and more, up to ``a_week`` a week, while rooms are full.

    ``lessons`` make a person phone-literate; ``poster``: monthly hazard of hearing of it by a poster.
    """

    seats: int = 25
    every: int = 30
    a_week: int = 3
    lessons: int = 6
    poster: float = 0.1
    name = "phone_training"
    limits = {"seats": (1, 1000), "every": (1, 3650), "a_week": (0, 7), "lessons": (1, 100), "poster": (0.0, 10.0)}

    def levers(self):
        return {"class_seats": float(self.seats), "class_every": float(self.every), "class_week": float(self.a_week),
                "class_lessons": float(self.lessons), "class_poster": self.poster}  # fmt: skip
