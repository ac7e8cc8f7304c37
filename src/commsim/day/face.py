"""Face: what being spoken of before people who know one's household costs, and what it makes one do (model 6i).

Face = phi ln(1 + voices) * audience, audience = summed strength of those who see it to the household;
one gives in with hazard h_0 (e^Face - 1) a day, at most 1.
"""

from __future__ import annotations

import math

from commsim.kernels import kernel


@kernel
def face(phi, voices, audience):
    """Loss of face from ``voices`` that speak up before an ``audience`` of summed tie strength."""
    return phi * math.log(1.0 + voices) * audience


@kernel
def yields(h_0, loss):
    """Chance a day to give in under a loss of face."""
    return min(1.0, h_0 * (math.exp(loss) - 1.0))
