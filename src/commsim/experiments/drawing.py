"""Parameter draws: how sure we are of the model's numbers, as ranges, and values drawn from them by key.

A draw d takes each number of ``DRAWN`` uniformly from its plausible range, by a key of its own
(d, name), so that a number added later leaves the others where they were.  Ranges are those of the
parameter table.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from commsim.draws import draw, purpose
from commsim.state.settings import PARAMETERS

PARAMETER_DRAW = purpose("parameter draw")

# Lever -> plausible range (source in the parameter table: "parameter NAME").
DRAWN = {
    "elder_share": (0.10, 0.35), "renter_share": (0.1, 0.5), "short_share": (0.2, 0.9), "stay_short": (90, 150),
    "stay_long": (1080, 1800), "stay_owner": (2920, 10950), "gamma": (0, 0.2), "homebody_share": (0.15, 0.30),
    "sociability_mean": (0.3, 0.9), "commuter_share": (0.3, 0.7), "conditional_share": (0.5, 0.65),
    "unconditional_share": (0.15, 0.30), "literate_young": (0.9, 1), "literate_old": (0.07, 0.45),
    "likes_family": (0.45, 0.65), "likes_culture": (0.2, 0.4), "likes_health": (0.25, 0.45), "likes_pets": (0.05, 0.25),
    "likes_sport": (0, 0.2), "likes_chess": (0.15, 0.35), "likes_handicraft": (0.05, 0.25), "likes_photo": (0, 0.2),
    "v_own_mean": (0.1, 0.4), "v_half_life": (60, 365), "alpha": (0.02, 0.10), "half_life": (90, 720),
    "beta": (0.05, 0.3), "w_half": (0.2, 2), "ties_most": (50, 250), "stranger_weight": (0.01, 0.2),
    "kappa_on": (0.05, 0.5), "w_cap": (0.15, 0.6), "p_b": (0.05, 0.6), "q": (0.2, 1.5), "theta_join": (-2, 1),
    "cap": (100, 500), "h_ch": (0.1, 2), "eta_g": (1e-5, 1e-3), "mu": (0.1, 1.5), "w_0": (0.3, 3), "u": (0.01, 0.15),
    "a": (0.05, 0.3), "b": (0, 100), "in_view": (0.01, 0.08), "t_star": (0.3, 0.7), "lambda_nu": (4, 15),
    "a_coerce": (0.2, 0.6), "a_visit": (0.02, 0.15), "theta_gathering": (-5.6, -2.6), "theta_vote": (-3, 0),
    "theta_volunteer": (-6.5, -3.5), "theta_pay": (-2.5, 0.5), "theta_help": (-3.5, -0.5), "theta_m": (2, 4),
    "theta_s": (1, 6), "theta_v": (0, 4), "theta_t": (0, 4), "theta_g": (0.5, 3), "theta_c": (0.2, 1),
    "theta_c_yuan": (0.2, 1), "theta_h": (0, 2), "chi": (0, 1.2), "seen_announcement": (0.5, 1),
    "needs_rate": (0.27, 2), "r_0": (1, 3), "r_c": (0.5, 3), "class_1": (0.3, 0.7), "class_2": (0.2, 0.6),
    "minutes_answer": (2.5, 10), "minutes_1": (5, 20), "minutes_2": (30, 120), "minutes_3": (90, 360),
    "minutes_emergency": (15, 60), "minutes_visit": (20, 80), "minutes_gathering": (180, 720), "repair_2": (1, 14),
    "repair_3": (30, 365), "repair_emergency": (0.04, 0.12), "self_help": (0, 1), "kappa_z": (0, 0.05),
    "energy": (35, 60), "looks": (5, 60), "m": (0.05, 1), "a_t": (0.02, 0.15), "b_t": (0.02, 0.25),
    "kappa_watch": (0, 0.3), "tau": (0, 1), "o_0": (-4.5, -1), "o_c": (0.1, 1), "o_tau": (0, 2), "o_t": (0, 4),
    "r_board": (0.02, 0.1), "r_group": (0.2, 1), "a_f": (-3, 0), "b_f": (1, 6), "phi": (0.2, 1.5), "h_0": (0.02, 0.2),
    "disapprove": (0.03, 0.3), "alpha_v": (0.02, 0.1), "delta_e": (0.1, 0.5), "kappa_v": (0, 0.6),
    "entitlement": (0.005, 0.1), "eta_sigma": (0.02, 0.3), "beta_r": (0.05, 0.3), "beta_rumour": (0.03, 0.3),
    "gamma_r": (0.05, 0.3), "c_r": (0.1, 1), "h_c": (0.005, 0.1), "rho_rules": (0.05, 0.5),
    "class_seats": (15, 40), "class_lessons": (3, 12), "g_table": (4, 10), "w_ice": (0.03, 0.10),
}  # fmt: skip
# Numbers of shocks that are drawn too: an earthquake's, and the trust lost when money is embezzled.
BEYOND = {"quake_log_odds": (1, 5), "quake_half_life": (60, 365), "betrayal": (0.5, 1)}
# Core parameters that can act where there are gatherings, projects and an office but no crisis and no gift, and
# the officials' commitment: what trust in the office is taken apart into (pattern P24).
CORE = (
    "renter_share", "short_share", "alpha", "half_life", "homebody_share", "sociability_mean", "kappa_on", "w_cap",
    "conditional_share", "unconditional_share", "p_b", "q", "theta_join", "mu", "w_0", "u", "a", "b",
    "theta_gathering", "theta_vote", "theta_pay", "theta_s", "needs_rate", "m", "a_t", "b_t",
    "o_0", "o_c", "o_tau", "o_t",
)  # fmt: skip
# Levers that only a rule sets: the rule is handed the number, so that without the rule nothing happens.
HANDED = ("p_b", "class_seats", "class_lessons", "g_table", "w_ice")
WHOLE = ("ties_most", "cap", "class_seats", "class_lessons", "g_table")
LEAST_THIRD = 0.05  # share of class 3 at least: classes 1 and 2 shrink alike where their draws leave less


def drawn(d: int) -> dict[str, float]:
    """The numbers of draw ``d``, by name."""
    return consistent(uniform(d, [*(name for name in DRAWN if name in PARAMETERS), *BEYOND]))


def uniform(d: int, names: Iterable[str], ordinal: int = 0) -> dict[str, float]:
    """Each number from its range, apart from all others; another ``ordinal`` is another draw."""
    found = {}
    for name in names:
        low, high = DRAWN[name] if name in DRAWN else BEYOND[name]
        u = draw(d, PARAMETER_DRAW, 0, zlib.crc32(name.encode()) & 0x7FFFFFFF, 0, ordinal)
        found[name] = float(low + (high - low) * u)
    return found


def consistent(numbers: dict[str, float]) -> dict[str, float]:
    """The same numbers where they have to fit one another: whole ones rounded, the three classes of needs
    together 1, and trust lost at least as fast as it is won."""
    out = dict(numbers)
    for name in WHOLE:
        if name in out:
            out[name] = float(round(out[name]))
    if {"class_1", "class_2"} <= out.keys():
        over = (out["class_1"] + out["class_2"]) / (1.0 - LEAST_THIRD)
        if over > 1.0:
            out["class_1"], out["class_2"] = out["class_1"] / over, out["class_2"] / over
    if {"a_t", "b_t"} <= out.keys():
        out["b_t"] = max(out["b_t"], out["a_t"])
    return out
