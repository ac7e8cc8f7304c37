"""Kinds of messages that a log may carry: those of the simulation and of a real group, in English and Chinese.

Any other word is counted as "other" and forgotten: a free-text column of a log may hold anything, names too.
"""

from __future__ import annotations

from commsim.chatlogs.events import UNKNOWN

OTHER = "other"
WORDS = {  # kind: what else people write for it
    "talk": ("chat", "message", "text", "闲聊", "聊天", "消息", "日常"),
    "issue": ("problem", "complaint", "request", "问题", "诉求", "求助", "投诉", "报修"),
    "reply": ("回复", "接话", "回应"),
    "answer": ("official answer", "答复", "官方答复", "解答"),
    "thanks": ("thank", "thank you", "感谢", "谢谢", "致谢"),
    "rumour": ("rumor", "谣言", "传言"),
    "correction": ("辟谣", "更正", "澄清"),
    "notice": ("announcement", "通知", "公告", "公示"),
    "poll": ("vote", "投票", "接龙", "表决"),
    "question": ("提问", "询问", "疑问"),
    "present": ("attended", "sign-in", "签到", "到场", "参加", "出席"),
}
KINDS = (UNKNOWN, *WORDS, OTHER)
_ROW = {word: KINDS.index(kind) for kind, words in WORDS.items() for word in (kind, *words)}


def row(word: str) -> int:
    """The row in KINDS of what a log calls a kind."""
    word = word.strip().casefold()
    return _ROW.get(word, len(KINDS) - 1) if word else 0
