"""What governance may change: one small dated object per lever."""

from commsim.rules.base import RULES, Rule, fold, rule_from_data
from commsim.rules.gatherings import Gatherings
from commsim.rules.home_visits import HomeVisits
from commsim.rules.icebreaker import Icebreaker
from commsim.rules.notice import Notice
from commsim.rules.online_group import OnlineGroup
from commsim.rules.phone_training import PhoneTraining
from commsim.rules.pre_screening import PreScreening
from commsim.rules.reply_time import ReplyTime
from commsim.rules.third_place import ThirdPlace
from commsim.rules.vote import Vote
from commsim.rules.corrections import Corrections

__all__ = ["RULES", "Corrections", "Gatherings", "HomeVisits", "Icebreaker", "Notice", "OnlineGroup", "PhoneTraining",
           "PreScreening", "ReplyTime", "Rule", "ThirdPlace", "Vote", "fold", "rule_from_data"]  # fmt: skip
