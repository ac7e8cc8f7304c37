"""What is read off a community on recorded days, by mechanism: {measure: value, None where there is no such thing}.

Readings only look; the record asks for them on the days it keeps.
"""

from commsim.readings.affairs import read_affairs
from commsim.readings.leaders import read_leaders
from commsim.readings.services import read_services
from commsim.readings.stairs import read_stairs


def read(state, settings, day: int) -> dict:
    """Every reading of the evening of ``day``."""
    return {
        **read_stairs(state, settings, day),
        **read_leaders(state, settings, day),
        **read_affairs(state, settings, day),
        **read_services(state, settings, day),
    }
