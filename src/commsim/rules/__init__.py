"""What governance may change: one small dated object per lever."""

from commsim.rules.audit import Audit
from commsim.rules.barter import Barter
from commsim.rules.base import RULES, Rule, fold, rule_from_data
from commsim.rules.building_leaders import BuildingLeaders
from commsim.rules.coaching import Coaching
from commsim.rules.corrections import Corrections
from commsim.rules.deliberation_group import DeliberationGroup
from commsim.rules.easy_voting import EasyVoting
from commsim.rules.envoys import Envoys
from commsim.rules.exposure import Exposure
from commsim.rules.gatherings import Gatherings
from commsim.rules.grid_orders import GridOrders
from commsim.rules.hall import Hall
from commsim.rules.help_norms import HelpNorms
from commsim.rules.home_visits import HomeVisits
from commsim.rules.icebreaker import Icebreaker
from commsim.rules.leaders_group import LeadersGroup
from commsim.rules.mediation import Mediation
from commsim.rules.micro_grants import MicroGrants
from commsim.rules.needs_survey import NeedsSurvey
from commsim.rules.notice import Notice
from commsim.rules.online_group import OnlineGroup
from commsim.rules.open_books import OpenBooks
from commsim.rules.owners_committee import OwnersCommittee
from commsim.rules.persuasion import Persuasion
from commsim.rules.phone_training import PhoneTraining
from commsim.rules.pre_screening import PreScreening
from commsim.rules.private_messages import PrivateMessages
from commsim.rules.property_in_group import PropertyInGroup
from commsim.rules.public_account import PublicAccount
from commsim.rules.recognition import Recognition
from commsim.rules.reply_time import ReplyTime
from commsim.rules.service_supply import ServiceSupply
from commsim.rules.solve_grievances import SolveGrievances
from commsim.rules.talk_days import TalkDays
from commsim.rules.third_place import ThirdPlace
from commsim.rules.tracking import Tracking
from commsim.rules.vote import Vote

__all__ = ["RULES", "Audit", "Barter", "BuildingLeaders", "Coaching", "Corrections", "DeliberationGroup",
           "EasyVoting", "Envoys", "Exposure", "Gatherings", "GridOrders", "Hall", "HelpNorms", "HomeVisits",
           "Icebreaker", "LeadersGroup", "Mediation", "MicroGrants", "NeedsSurvey", "Notice", "OnlineGroup",
           "OpenBooks", "OwnersCommittee", "Persuasion", "PhoneTraining", "PreScreening", "PrivateMessages",
           "PropertyInGroup", "PublicAccount", "Recognition", "ReplyTime", "Rule", "ServiceSupply", "SolveGrievances",
           "TalkDays", "ThirdPlace", "Tracking", "Vote", "fold", "rule_from_data"]  # fmt: skip
