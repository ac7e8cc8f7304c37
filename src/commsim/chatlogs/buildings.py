"""Which building each member of a log lives in, from a table ``member,building`` that the steward keeps.

Names are as the group shows them.  They become pseudonyms on the spot, as in the log, and buildings become numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from commsim.chatlogs import privacy
from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Log
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import sheet
from commsim.errors import UserError

COLUMNS = {"member": ("成员", "姓名", "名字", "name"), "building": ("楼栋", "楼", "楼号", "栋")}
UNKNOWN = -1


def buildings(path: str | Path, log: Log, community: str = "default") -> tuple[np.ndarray, dict[str, int]]:
    """(number of each member's building, int64[members], -1 unknown; how many were known, others, skipped).

    UserError where nobody of the table is in the log, or the columns are not these.
    """
    account = Account()
    source = Source(path, account)
    secret, _ = privacy.key(community)
    homes: dict[str, int] = {}
    codes: dict[str, int] = {}
    rows = sheet.rows(source, account, COLUMNS, ("member", "building"))
    next(rows, None)  # the names of the columns
    for number, line, (member, building) in rows:
        name = privacy.normal(member)
        if not name or not building.strip():
            account.skip("no_member", number, line)
            continue
        (pseudonym,) = privacy.pseudonyms([name], secret)
        homes[pseudonym] = codes.setdefault(privacy.normal(building), len(codes))
    # two members of a log whose pseudonyms would be the same have longer ones there: the short one is ambiguous
    found = np.array([homes.get(member, UNKNOWN) for member in log.members], np.int64)
    known = int((found >= 0).sum())
    if not known:
        raise UserError("log_buildings_none", value=str(path))
    return found, {"known": known, "others": max(len(homes) - known, 0), "skipped": account.skipped}
