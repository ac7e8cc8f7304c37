"""Public notices, during which those concerned may object (F61, F63-F65)."""

from dataclasses import dataclass

from commsim.rules.base import Rule
from commsim.state.settings import Stage


@dataclass(frozen=True, kw_only=True)
class Notice(Rule):
    """Notices of ``decision``, ``works`` and ``accounts`` days; 0 days means none.

    A notice restarts the project from ``restart_to`` when objectors ``among`` are ``operator``
    ``objectors`` (0: nobody can stop it).  With ``hearing``, fewer objectors are heard in person.
    ``board`` and ``group`` are the channels: the notice board, the official chat group.
    """

    decision: int = 7
    works: int = 10
    accounts: int = 7
    objectors: int = 10
    operator: str = ">="
    among: str = "affected"
    restart_to: str = "pre_screening"
    hearing: bool = True
    board: bool = True
    group: bool = True
    name = "notice"
    limits = {
        "decision": (0, 365), "works": (0, 365), "accounts": (0, 365), "objectors": (0, 100_000),
        "operator": (">", ">="), "among": ("affected", "all"),
        "restart_to": ("pre_screening", "vote", "notice", "review"),
        "hearing": (0, 1), "board": (0, 1), "group": (0, 1),
    }  # fmt: skip

    def stages(self):
        lengths = {"notice": self.decision, "notice_of_works": self.works,
                   "notice_of_accounts": self.accounts}  # fmt: skip
        return {place: self._stage(days) for place, days in lengths.items()}

    def _stage(self, days):
        if days == 0:
            return None
        return Stage("notice", days, operator=self.operator, objectors=self.objectors,
                     among=self.among, restart_to=self.restart_to, board=bool(self.board),
                     group=bool(self.group), hearing=bool(self.hearing))  # fmt: skip
