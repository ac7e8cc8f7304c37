"""Every lever that a phase reads, with its default, range, unit and source.

A scenario may change a default; a rule may set a lever for as long as it holds.  Each day the
settings are folded afresh from the scenario's values and the rules in force, so that a rule that
ends leaves nothing behind.  ``PARAMETERS`` is the one table of numbers of the model.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import cached_property

from commsim.state.shocks import Shock


@dataclass(frozen=True)
class Parameter:
    """One number of the model: default, plausible range (inclusive), unit, source.

    ``resembles``: it is an input close to an outcome, so that what follows from it directly is no finding.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    source: str
    resembles: bool = False


def _p(name, default, low, high, unit, source, resembles=False):
    return Parameter(name, float(default), float(low), float(high), unit, source, resembles)


_TABLE = (
    # people and homes
    _p("mean_household", 2.67, 1.5, 4, "persons", "F19; parameter household"),
    _p("child_share", 0.15, 0, 0.3, "share", "parameter age"),
    _p("elder_share", 0.18, 0, 0.4, "share", "parameter age"),
    _p("renter_share", 0.45, 0, 0.95, "share", "F29; parameter renter"),
    _p("short_share", 0.5, 0, 1, "share of arriving renters", "F30; parameter f_short"),
    _p("stay_short", 120, 10, 400, "d", "F30; parameter m_short"),
    _p("stay_long", 1440, 300, 4000, "d", "F30; parameter m_long"),
    _p("stay_owner", 5475, 1000, 20000, "d", "parameter owner_exit"),
    _p("gamma", 0.05, 0, 0.5, "per unit of strength", "parameter gamma"),
    _p("homebody_share", 0.25, 0, 0.6, "share", "parameter s (z)"),
    _p("sociability_mean", 0.58, 0.1, 2, "1/d", "parameter s"),
    _p("commuter_share", 0.55, 0, 0.95, "share of adults under 60", "F124; parameter commuter"),
    _p("conditional_share", 0.55, 0, 1, "share", "parameter types"),
    _p("unconditional_share", 0.30, 0, 1, "share", "parameter types"),
    _p("literate_young", 0.95, 0, 1, "share under 60", "parameter literate"),
    _p("literate_old", 0.25, 0, 1, "share of 60+", "F67; parameter literate"),
    _p("likes_family", 0.55, 0, 1, "share", "F81; parameter prevalence"),
    _p("likes_culture", 0.30, 0, 1, "share", "parameter prevalence"),
    _p("likes_health", 0.35, 0, 1, "share", "parameter prevalence"),
    _p("likes_pets", 0.15, 0, 1, "share", "F115; parameter prevalence"),
    _p("likes_sport", 0.10, 0, 1, "share", "F82; parameter prevalence"),
    _p("likes_chess", 0.25, 0, 1, "share", "parameter prevalence"),
    _p("likes_handicraft", 0.15, 0, 1, "share", "parameter prevalence"),
    _p("likes_photo", 0.10, 0, 1, "share", "F38; parameter prevalence"),
    _p("volunteer_share", 0.014, 0, 0.2, "share of adults", "model.md 2: 45 of 3,156"),
    _p("volunteer_term", 730, 30, 5000, "d (mean)", "assumption"),
    _p("trust_start", 0.35, 0.05, 0.95, "0-1", "F22; model.md 5"),
    _p("trust_pseudo_counts", 8, 2, 50, "counts", "model.md 5"),
    _p("v_own_mean", 0.2, 0.05, 0.6, "0-1", "parameter v_0"),
    _p("v_half_life", 180, 30, 720, "d", "parameter v_0"),
    # ties and talk face to face
    _p("alpha", 0.05, 0, 0.5, "per encounter", "parameter alpha"),
    _p("half_life", 180, 1, 1000000, "d", "parameter half_life"),
    _p("w_drop", 0.005, 0, 0.03, "strength", "model.md 2"),
    _p("w_half", 0.5, 0.05, 5, "summed strength", "parameter W_half"),
    _p("ties_most", 150, 8, 250, "ties", "parameter K"),
    _p("ring_stairwell", 0.55, 0, 1, "share", "parameter rings"),
    _p("ring_building", 0.10, 0, 1, "share", "parameter rings"),
    _p("ring_courtyard", 0.20, 0, 1, "share", "parameter rings"),
    _p("stranger_weight", 0.05, 0.001, 1, "1/d", "parameter stranger_weight"),
    _p("linger_share", 0, 0, 1, "share of buildings", "model.md 6b"),
    _p("linger_gain", 0, 0, 10, "factor", "model.md 6b"),
    # groups and messages
    _p("group_open", 0, 0, 1, "switch", "F33: an official group exists"),
    _p("group_members", 0, 0, 200_000, "persons", "assumption"),
    _p("group_forced", 0, 0, 1, "switch", "F217-F219"),
    _p("group_yuan", 0, 0, 1000, "yuan per member", "F217-F219"),
    _p("a_coerce", 0.4, 0, 0.9, "share", "F217-F219; parameter a_coerce", resembles=True),
    _p("p_b", 0.15, 0, 10, "1/month", "parameter p_b"),
    _p("q", 0.5, 0, 10, "1/month", "parameter q"),
    _p("theta_join", -0.5, -20, 20, "log-odds", "parameter theta_join"),
    _p("cap", 500, 3, 5000, "persons", "F180; parameter cap"),
    _p("h_ch", 0.5, 0, 5, "1/month", "parameter h_ch"),
    _p("flood_from", 100, 5, 1000, "messages/d", "assumption; F149"),
    _p("eta_g", 1e-4, 0, 1e-2, "1/d per pair", "parameter eta_g"),
    _p("eta_private", 0.01, 0, 1, "1/d", "F218-F219; assumption"),
    _p("w_close", 0.3, 0, 1, "strength", "model.md 6e"),
    _p("mu", 0.5, 0, 20, "1/d", "parameter mu"),
    _p("w_0", 1, 0.05, 10, "summed strength", "parameter w_0"),
    _p("voice_loss", 0.1, 0, 0.9, "share", "assumption; model.md 6c"),
    _p("voice_gain", 0.1, 0, 0.9, "share", "assumption; model.md 6e"),
    _p("kappa_on", 0.2, 0, 5, "ratio", "parameter kappa_on"),
    _p("w_cap", 0.3, 0.01, 1, "strength", "parameter w_cap"),
    _p("in_view", 0.03, 0, 1, "share in half an hour", "parameter in_view"),
    _p("view_hours", 0.5, 0.05, 720, "h", "model.md 6c"),
    _p("u", 0.05, 0, 1, "probability", "parameter u"),
    _p("branching_most", 0.9, 0, 0.99, "replies to a reply", "model.md 6c: below 1"),
    _p("a", 0.1, 0, 1, "probability", "parameter a"),
    _p("b", 20, 0, 200, "-", "parameter b"),
    _p("t_star", 0.5, 0, 1, "trust", "F217-F219; parameter T_star"),
    _p("lambda_nu", 8, 0, 40, "log-odds per trust", "parameter lambda_nu"),
    # visits at home
    _p("visits_week", 0, 0, 5000, "1/week", "F28: 0 means no visits"),
    _p("visits_renters", 1, 0, 1, "switch", "F32: renters are visited too"),
    _p("a_visit", 0.08, 0, 0.9, "share", "F28; parameter a_visit", resembles=True),
    _p("minutes_visit", 40, 0, 600, "min", "parameter minutes"),
    # phone classes
    _p("class_seats", 0, 0, 1000, "persons", "F70: 0 means no classes"),
    _p("class_every", 30, 1, 3650, "d", "F68, F71"),
    _p("class_week", 3, 0, 7, "1/week", "F70"),
    _p("class_lessons", 6, 1, 100, "lessons", "F69; parameter training"),
    _p("class_poster", 0.1, 0, 10, "1/month", "assumption"),
    _p("minutes_class", 150, 0, 1440, "min", "assumption"),
    # taking part
    _p("spirit", 0, 0, 10, "log-odds", "F23-F24: raised by a shock"),
    _p("theta_gathering", -4.9, -20, 20, "log-odds", "parameter theta_gathering"),
    _p("theta_vote", -1.5, -20, 20, "log-odds", "parameter theta_0"),
    _p("theta_pay", -1, -20, 20, "log-odds", "parameter theta_0"),
    _p("theta_class", -0.5, -20, 20, "log-odds", "parameter theta_0"),
    _p("theta_volunteer", -5, -20, 20, "log-odds", "parameter theta_0"),
    _p("theta_m", 3, 0, 8, "log-odds", "parameter theta_m"),
    _p("theta_s", 3, 0, 10, "log-odds", "parameter theta_S"),
    _p("theta_v", 2, 0, 8, "log-odds", "parameter theta_v"),
    _p("theta_t", 2, 0, 8, "log-odds", "parameter theta_T"),
    _p("theta_c", 0.5, 0, 5, "log-odds per hour", "parameter theta_c"),
    _p("theta_c_yuan", 0.5, 0, 5, "log-odds per 100 yuan", "parameter theta_c"),
    _p("theta_h", 1, 0, 5, "log-odds per 10 years", "parameter theta_h"),
    _p("theta_g", 2.5, 0, 5, "log-odds", "F21; parameter theta_g"),
    _p("chi", 0.73, 0, 3, "log-odds", "parameter chi"),
    _p("chi_half_life", 90, 1, 3650, "d", "model.md 6f"),
    _p("seen_announcement", 0.8, 0, 1, "share", "parameter seen_announcement"),
    _p("icebreaker", 0, 0, 1, "switch", "F84: gatherings open with an icebreaker"),
    _p("g_table", 7, 2, 1000, "persons", "parameter g_table"),
    _p("w_ice", 0.05, 0, 0.5, "strength", "parameter w_ice"),
    # needs and the office
    _p("needs_rate", 0.5, 0, 500, "1/d per 1,000 people", "parameter lambda"),
    _p("r_0", 2, -20, 20, "log-odds", "parameter r_0"),
    _p("r_c", 1.5, 0, 8, "log-odds per hour", "parameter r_c"),
    _p("hours_group", 0.05, 0, 5, "h", "parameter r_0 (channels)", resembles=True),
    _p("hours_phone", 0.3, 0, 5, "h", "F164; parameter r_0 (channels)"),
    _p("hours_visit", 1.5, 0, 12, "h", "parameter r_0 (channels)"),
    _p("knows_phone", 0.4, 0, 1, "share", "F126, F164; assumption"),
    _p("class_1", 0.5, 0, 1, "share", "F140; parameter triage"),
    _p("class_2", 0.4, 0, 1, "share", "F141; parameter triage"),
    _p("emergency", 0.03, 0, 1, "share of class 2", "F167; parameter triage"),
    _p("self_help", 0.5, 0, 5, "factor", "F141; parameter z"),
    _p("minutes_answer", 5, 0.1, 600, "min", "parameter minutes"),
    _p("minutes_1", 10, 0.1, 1440, "min", "parameter minutes"),
    _p("minutes_2", 60, 0.1, 1440, "min", "parameter minutes"),
    _p("minutes_3", 180, 0.1, 2880, "min", "parameter minutes"),
    _p("minutes_emergency", 30, 0.1, 1440, "min", "parameter minutes"),
    _p("minutes_gathering", 360, 0, 2880, "min", "parameter minutes"),
    _p("minutes_hearing", 60, 0, 1440, "min", "assumption"),
    _p("repair_2", 3, 0.01, 100, "d (median)", "parameter median_days"),
    _p("repair_3", 60, 0.1, 1000, "d (median)", "parameter median_days"),
    _p("repair_emergency", 0.06, 0.001, 10, "d (median)", "F167; parameter median_days"),
    _p("repair_sigma", 0.8, 0, 2, "log sd", "assumption"),
    _p("officials", 2, 1, 60, "persons", "F35; model.md 2"),
    _p("duty_from", 9, 0, 24, "h of day", "assumption"),
    _p("duty_hours", 8, 0.5, 24, "h", "F135; parameter hours"),
    _p("on_call", 0, 0, 1, "switch", "F135: one official answers outside duty"),
    _p("looks", 15, 0, 600, "min", "F137; parameter looks"),
    _p("energy", 45, 5, 1000000, "h a week", "parameter energy"),
    _p("thanks_share", 0.2, 0, 1, "probability", "assumption; F153"),
    _p("thanks_restore", 0.2, 0, 5, "h", "parameter energy"),
    _p("night_drain", 0.5, 0, 10, "h", "parameter energy"),
    _p("m", 0.8, 0.05, 1, "0-1", "F77; parameter m", resembles=True),
    _p("reply_hours", 168, 0.5, 2000, "h", "assumption: patience without a promise"),
    # trust in the office
    _p("a_t", 0.08, 0, 0.9, "share", "parameter a_T"),
    _p("b_t", 0.12, 0, 0.9, "share", "parameter b_T"),
    _p("kappa_watch", 0.1, 0, 1, "weight", "parameter kappa_watch"),
    # projects
    _p("tau", 0.5, 0, 1, "0-1", "F58-F59; parameter tau"),
    _p("projects_a_year", 2, 0, 50, "1/yr per compound", "assumption"),
    _p("project_households", 125, 1, 5000, "households", "F13"),
    _p("project_cost", 40000, 0, 1e7, "yuan", "F13"),
    _p("project_subsidy", 20000, 0, 1e7, "yuan", "F13"),
    _p("versions_most", 6, 1, 1000, "versions", "assumption: then given up"),
    _p("rework_days", 14, 0, 365, "d", "assumption"),
    _p("o_0", -2.3, -20, 20, "log-odds", "parameter o_0"),
    _p("o_c", 0.5, 0, 5, "log-odds per 100 yuan", "parameter o_c"),
    _p("o_tau", 1, 0, 6, "log-odds", "parameter o_tau"),
    _p("o_t", 2, 0, 8, "log-odds", "parameter o_T"),
    _p("r_board", 0.05, 0, 10, "1/d", "parameter r_seen"),
    _p("r_group", 0.4, 0, 10, "1/d", "parameter r_seen"),
    _p("a_f", -2, -20, 20, "log-odds", "parameter a_f"),
    _p("b_f", 4, 0, 40, "log-odds", "parameter b_f"),
    # the stairwell: order, exposure, help
    _p("phi", 0.7, 0, 5, "per unit of strength", "parameter phi"),
    _p("h_0", 0.05, 0, 1, "1/d", "parameter h_0"),
    _p("upkeep", 1, 0, 1, "switch", "model.md 6p"),
    _p("rho_match", 0.8, 0.5, 1, "ratio", "parameter rho_match"),
    _p("give_start", 0.5, 0, 1, "0-1", "parameter give_start"),
    _p("omega", 0.5, 0, 1, "share", "parameter omega"),
    _p("disorder_start", 0.3, 0, 1, "0-1", "assumption"),
    _p("p_0", 0.33, 0, 1, "probability", "parameter p_0"),
    _p("p_1", 0.69, 0, 1, "probability", "parameter p_0"),
    _p("litter_weight", 0.1, 0, 1, "1/week", "assumption"),
    _p("clean_weight", 0.2, 0, 1, "1/week", "assumption"),
    _p("clutter_rate", 5e-4, 0, 10, "1/d per household", "F41; assumption"),
    _p("expose_rate", 0, 0, 50, "1/d per household", "F44; assumption"),
    _p("expose_scope", 0, 0, 2, "0 compound, 1 courtyard, 2 stairwell", "F48; model.md 6p"),
    _p("disapprove", 0.1, 0, 1, "probability", "F44; assumption"),
    _p("beta", 0.10, 0.0, 0.5, "share", "parameter beta"),
    _p("ask_offender", 0, 0, 1, "switch", "F42"),
    _p("visit_offender", 0, 0, 1, "switch", "F43"),
    _p("envoy_share", 0, 0, 1, "share of households with children", "F113"),
    _p("envoy_rate", 0.02, 0, 50, "1/d per household", "F113; assumption"),
    _p("troubles_rate", 0.3, 0, 500, "1/d per 1,000 people", "assumption"),
    _p("theta_help", -2, -20, 20, "log-odds", "parameter theta_0"),
    _p("hours_help", 1, 0, 24, "h", "assumption"),
    _p("asks_most", 5, 0, 100, "persons", "assumption"),
    _p("barter_rate", 0, 0, 500, "1/d per 1,000 people", "F156: 0 means none"),
    _p("barter_hours", 0.2, 0, 24, "h", "assumption"),

    # leaders and helpers: thanks, suspicion, awareness
    _p("acts_week", 1, 0, 50, "1/week", "assumption"),
    _p("acts_shown", 0, 0, 1, "switch", "F152-F153"),
    _p("acts_badge", 0, 0, 1, "switch", "F150"),
    _p("alpha_v", 0.05, 0, 0.9, "share", "parameter alpha_v"),
    _p("entitlement", 0.03, 0, 1, "probability", "F108; parameter entitlement"),
    _p("entitlement_factor", 1, 0, 5, "factor", "F107, F110"),
    _p("delta_e", 0.3, 0, 0.95, "share", "parameter delta_e"),
    _p("kappa_v", 0.3, 0, 1, "share", "parameter kappa_v"),
    _p("v_quit", 0.02, 0, 1, "0-1", "assumption"),
    _p("crisis_need", 0, 0, 1, "share", "F92: raised by a shock"),
    _p("crisis_speed", 1 / 60, 0, 1, "share", "assumption"),
    _p("firm_lost", 0, 0, 1, "share", "F92: raised by a shock"),
    _p("eta_sigma", 0.08, 0, 1, "probability", "F94; parameter eta_sigma"),
    _p("voices", 0.3, 0, 1, "probability", "assumption"),
    _p("beta_r", 0.1, 0, 0.95, "share", "parameter beta_R"),
    _p("v_leader_stop", 0.2, 0, 1, "0-1", "assumption"),
    _p("leader_stays", 365, 1, 10000, "d (mean)", "assumption"),
    _p("leader_span", 0, 0, 100, "buildings", "F51: 0 means no building leaders"),
    _p("solve_month", 0, 0, 100, "1/month", "F74: 0 means none"),
    _p("solve_weight", 5, 0, 50, "weight", "F74; assumption"),
    _p("aware_start", 0.3, 0, 1, "share", "F100"),

    # affairs: rumours, quarrels, groups that learn
    _p("rumour_rate", 0, 0, 1, "1/d per compound", "assumption: 0 means no rumours"),
    _p("beta_rumour", 0.1, 0, 1, "per exposure", "parameter beta_r"),
    _p("gamma_r", 0.1, 0, 5, "1/d", "parameter gamma_r"),
    _p("c_r", 0.5, 0, 10, "per correction", "parameter c_r"),
    _p("corrections_day", 0, 0, 24, "1/d", "F163, F182: 0 means that nobody puts it right"),
    _p("account_week", 0, 0, 70, "1/week", "F66: 0 means no public account"),
    _p("account_share", 0.2, 0, 1, "share", "assumption"),
    _p("put_right", 0.3, 0, 1, "factor", "F163; assumption"),
    _p("h_c", 0.02, 0, 1, "1/d per pair", "parameter h_c"),
    _p("rho_rules", 0.2, 0, 1, "probability", "parameter rho"),
    _p("rule_calms", 0.2, 0, 1, "share", "F88; assumption"),
    _p("mediation", 0, 0, 1, "switch", "F90-F91"),
    _p("skilled_share", 0.05, 0, 1, "share", "F104; parameter mediation"),
    _p("success_skilled", 0.7, 0, 1, "probability", "parameter mediation"),
    _p("success_unskilled", 0.3, 0, 1, "probability", "parameter mediation"),
    _p("worse_unskilled", 0.2, 0, 1, "probability", "F105; parameter mediation"),
    _p("ballot_online_hours", 0.05, 0, 5, "h", "F57; assumption"),
    _p("deliberation_people", 0, 0, 1000, "persons", "F56: 0 means that representatives do not talk first"),
    _p("deliberation_rounds", 3, 0, 30, "rounds", "assumption"),
    _p("epsilon", 0.3, 0, 1, "0-1", "model.md 6l; assumption"),
    _p("coach_month", 0, 0, 500, "groups a month", "F200: 0 means no coaching"),
    _p("coach_online", 0, 0, 1, "switch", "F201, F211"),
    _p("coach_by", 0, 0, 2, "switch", "F197, F201, F220: 0 lottery, 1 trace, 2 audit"),
    _p("audit_year", 1, 1, 365, "1/yr", "F220"),
    _p("minutes_coach_offline", 120, 0, 1440, "min", "parameter minutes"),
    _p("minutes_coach_online", 15, 0, 1440, "min", "parameter minutes"),
    _p("skill_gain", 0.2, 0, 1, "share", "assumption"),
    _p("leaders_group", 0, 0, 1, "switch", "F205-F206"),
    _p("chi_learn", 0.1, 0, 1, "1/month", "F206; assumption"),
    _p("eta_service", 0.002, 0, 1, "1/d", "F221; assumption"),
    _p("grant_yuan", 0, 0, 1e6, "yuan", "F202-F203: 0 means no grants"),
    _p("grant_groups", 12, 1, 1000, "groups", "F202-F203"),
    _p("grant_rounds", 2, 1, 1000, "rounds", "F202"),
    _p("grant_every", 180, 1, 3650, "d", "assumption"),
    _p("grant_start", 0, 0, 1e6, "d", "assumption"),
    _p("grant_trace", 1, 0, 1, "switch", "F197, F201"),

    # services: the firm, the books, halls
    _p("property_share", 0.3, 0, 1, "share of class 2", "assumption; F160-F161"),
    _p("firm_in_group", 0, 0, 1, "switch", "F160: the property firm is in the group"),
    _p("firm_answer_hours", 1, 0.01, 720, "h", "F161; assumption"),
    _p("firm_days", 7, 0.01, 365, "d (median)", "assumption"),
    _p("firm_pressed", 1, 0.05, 1, "factor", "assumption: 1 means that nobody presses the firm"),
    _p("firm_patience", 14, 0.1, 365, "d", "assumption"),
    _p("live_reports", 0, 0, 1, "switch", "F171: the firm shows its work in the group"),
    _p("government_patience", 180, 1, 3650, "d", "assumption"),
    _p("message_open", 0, 0, 1, "switch", "F138: officials can be written to privately"),
    _p("hours_message", 0.05, 0, 5, "h", "F138; parameter r_0 (channels)"),
    _p("talk_month", 0, 0, 20, "1/month", "F224: 0 means no talk days"),
    _p("hours_talk", 0.5, 0, 12, "h", "F224; assumption"),
    _p("minutes_talk", 180, 0, 1440, "min", "assumption"),
    _p("grid_open", 0, 0, 1, "switch", "F141: grid workers take orders"),
    _p("grid_speed", 0.5, 0.05, 5, "factor", "F141; assumption"),
    _p("grid_homes", 300, 1, 5000, "households", "F191; assumption"),
    _p("grid_hours", 8, 0.5, 24, "h", "assumption"),
    _p("chores_hours", 0, 0, 60, "h a week", "F192: 0 means no chores"),
    _p("arrivals", 0, 0, 1, "share of homes", "F124: raised by a shock"),
    _p("books_online", 0, 0, 1, "switch", "F58: books are open online"),
    _p("books_paper", 0, 0, 1, "switch", "F58: books are open on paper"),
    _p("kappa_z", 0.01, 0, 0.5, "share per service", "F102; parameter kappa_z"),
    _p("supply_month", 0, 0, 5000, "1/month", "F102: 0 means that no services are brought"),
    _p("minutes_supply", 60, 0, 1440, "min", "assumption"),
    _p("hall_open", 0, 0, 1, "switch", "F195: a hall is open"),
    _p("hall_theme", -2, -2, 7, "-", "F196, F222"),
    _p("hall_week", 1, 0, 7, "1/week", "assumption"),
    _p("hall_gift", 0, 0, 1, "switch", "F197: gifts on the opening day"),
    _p("hall_guests", 0, 0, 5000, "persons", "F195; assumption"),
    _p("hall_yuan", 0, 0, 1e7, "yuan", "assumption"),
    _p("theme_asked", 0, 0, 1, "switch", "F185: the office asks what people like"),
    _p("commuter_free", 0.25, 0.01, 1, "share", "F124; assumption"),
)  # fmt: skip

PARAMETERS = {p.name: p for p in _TABLE}
Levers = namedtuple("Levers", list(PARAMETERS))
Levers.__doc__ = "All numeric levers in force on a day, as float64: what kernels read."
DEFAULTS = Levers(*(p.default for p in _TABLE))

THEMES = ("family", "culture", "health", "pets", "sport", "chess", "handicraft", "photo")
TOP_DOWN, ASKED = -2, -1  # how the theme of a hall is chosen, where it is none of these


@dataclass(frozen=True)
class Stage:
    """One step that a project goes through; all operators and denominators are explicit.

    ``kind``: pre_screening, vote, notice, review, build or acceptance.  A vote passes when
    yes / denominator is ``operator`` (">" or ">=") ``share``; the denominator ``of`` is "voters",
    "affected" (households that pay) or "all" (households of the compound).  A notice
    restarts the project when the objectors ``among`` ("affected" or "all") are ``operator``
    ``objectors``; ``restart_to`` names the kind of the stage that the new version starts from.
    """

    kind: str
    days: int
    share: float = 0.0
    operator: str = ""
    of: str = ""
    objectors: int = 0
    among: str = ""
    restart_to: str = ""
    board: bool = False
    group: bool = False
    hearing: bool = False
    people: int = 0


PLACES = ("pre_screening", "vote", "notice", "review", "notice_of_works", "build", "acceptance",
          "notice_of_accounts")  # fmt: skip

# What a community does where no rule says otherwise: the office decides, builds and inspects.
OFFICE_DECIDES = (
    None, None, None, Stage("review", 7), None, Stage("build", 15), Stage("acceptance", 3), None,
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What holds on one day: numeric levers ``x`` for kernels, the project pipeline, and the dated shocks."""

    x: Levers = DEFAULTS
    pipeline: tuple[Stage | None, ...] = OFFICE_DECIDES
    shocks: tuple[Shock, ...] = ()

    @cached_property
    def levers(self):
        """The numeric levers as kernels take them: one row of a table, ``levers[0].alpha``."""
        from commsim.kernels import for_kernels, table  # Numba: reading a scenario must not wait for it

        row = table(1, **dict.fromkeys(PARAMETERS, "f8"))
        for name, value in self.x._asdict().items():
            row[name] = value
        return for_kernels(row)
