"""What every number on the page should be: worked out a second time, from its definition, with NumPy alone.

Nothing here comes from the package, and nothing is clever: loops over steps, neurons and pairs. A run is
anything with the arrays and the `config` of `reportgen.load`. Accuracies are read as whole numbers of right
answers, so that no threshold hangs on rounding. None: it never happened, or cannot be measured.

SINGLE and SWEEPS: experiment → the function of its run, or of its runs, that gives all its facts. DECISIONS: the
same of sweeps that may not be trained yet, and are tried on made-up runs.
SHOWS: experiment → whether a seed of these facts shows what its section says.
"""

from oracle.appendix import construction
from oracle.comparisons import back_settings, parity_momentum, sums
from oracle.curves import sizes
from oracle.decisions import (
    collapsed,
    collapsed_side,
    how_long,
    quick_seeds,
    rounding,
    rounding_boundary,
    softer,
)
from oracle.modular import five_neurons, main_model, reverse, there_and_back
from oracle.own_loops import nuclear_decay, where_luck_sits
from oracle.parity import parity, parity_circuit
from oracle.seeds import SHOWS, chosen
from oracle.sweeps import (
    architecture_sweep,
    delay_law,
    modular_seeds,
    parity_sweep,
    precision,
    soften,
)

__all__ = ["DECISIONS", "SHOWS", "SINGLE", "SWEEPS", "chosen", "construction", "sizes"]

SINGLE = {
    "modular": main_model,
    "parity": parity,
    "parity-l2": parity,
    "five-neurons": five_neurons,
    "reverse": reverse,
    "there-and-back": there_and_back,
}
DECIDED = {
    "quick-seeds": quick_seeds,
    "rounding": rounding,
    "rounding-boundary": rounding_boundary,
    "collapsed-both": collapsed,
    "collapsed-sums": collapsed,
    "collapsed-side": collapsed_side,
    "softer": softer,
}
SWEEPS = {
    "parity-sweep": parity_sweep,
    "modular-seeds": modular_seeds,
    "architecture-sweep": architecture_sweep,
    "soften": soften,
    "precision": precision,
    "parity-momentum": parity_momentum,
    "parity-circuit": parity_circuit,
    "delay-law": delay_law,
    "sums": sums,
    "back-settings": back_settings,
    "where-luck-sits": where_luck_sits,
    "nuclear-decay": nuclear_decay,
} | DECIDED
DECISIONS = DECIDED | {"how-long": how_long}
