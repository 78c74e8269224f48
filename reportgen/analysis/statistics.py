"""Intervals for shares of seeds."""

import math

NORMAL_95 = 1.959963984540054


def wilson_interval(hits: int, tried: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927); (0, 1) when nothing was tried."""
    if tried == 0:
        return 0.0, 1.0
    share, z2 = hits / tried, NORMAL_95**2
    centre = share + z2 / (2 * tried)
    half = NORMAL_95 * math.sqrt(share * (1 - share) / tried + z2 / (4 * tried**2))
    scale = 1 + z2 / tried
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
