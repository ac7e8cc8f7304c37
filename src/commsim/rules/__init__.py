"""What governance may change: one small dated object per lever."""

from commsim.rules.audit import Audit
from commsim.rules.base import RULES, Rule, fold, rule_from_data
from commsim.rules.coaching import Coaching
from commsim.rules.corrections import Corrections
from commsim.rules.deliberation_group import DeliberationGroup
from commsim.rules.easy_voting import EasyVoting
from commsim.rules.gatherings import Gatherings
from commsim.rules.home_visits import HomeVisits
from commsim.rules.icebreaker import Icebreaker
from commsim.rules.leaders_group import LeadersGroup
from commsim.rules.mediation import Mediation
from commsim.rules.micro_grants import MicroGrants
from commsim.rules.notice import Notice
from commsim.rules.online_group import OnlineGroup
from commsim.rules.phone_training import PhoneTraining
from commsim.rules.pre_screening import PreScreening
from commsim.rules.public_account import PublicAccount
from commsim.rules.reply_time import ReplyTime
from commsim.rules.third_place import ThirdPlace
from commsim.rules.tracking import Tracking
from commsim.rules.vote import Vote

__all__ = ["RULES", "Audit", "Coaching", "Corrections", "DeliberationGroup", "EasyVoting", "Gatherings",
           "HomeVisits", "Icebreaker", "LeadersGroup", "Mediation", "MicroGrants", "Notice", "OnlineGroup",
           "PhoneTraining", "PreScreening", "PublicAccount", "ReplyTime", "Rule", "ThirdPlace",
           "Tracking", "Vote", "fold", "rule_from_data"]  # fmt: skip
