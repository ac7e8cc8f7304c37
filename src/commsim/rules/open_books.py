"""Accounts are open to residents, online and on paper, once a month (F58-F59)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class OpenBooks(Rule):
    """``tau``: how much the office discloses; ``online``: in the official group; ``paper``: on the board."""

    tau: float = 0.9
    online: bool = True
    paper: bool = True
    name = "open_books"
    limits = {"tau": (0.0, 1.0), "online": (0, 1), "paper": (0, 1)}

    def levers(self):
        return {"tau": self.tau, "books_online": float(self.online), "books_paper": float(self.paper)}
