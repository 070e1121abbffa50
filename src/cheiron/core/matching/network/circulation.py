"""The best circulation on a graph: how much flows through each arc, and the numbers at the nodes that prove it best.

Between ``lower`` and ``upper`` units go through each arc, each for ``gain``; what comes into a node goes out of it. The
sum of gains is to be as large as possible, in whole numbers.

Solved by OR-Tools as a min-cost flow (cost scaling, Goldberg 1997). What must flow is taken out beforehand: the end of
the arc is given so many units, and its beginning as many less (Ahuja, Magnanti and Orlin 1993, section 2.4). The
solver does not tell its potentials; they are found again on the residual graph by Bellman's and Ford's rule.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arcs:
    """A arcs between ``nodes`` nodes, all int64 (A,): from ``tails`` to ``heads``."""

    nodes: int
    tails: "Whole"
    heads: "Whole"
    lower: "Whole"
    upper: "Whole"
    gains: "Whole"


def best_flow(arcs: Arcs) -> "Whole | None":
    """Units on each arc: int64 (A,); None where no circulation keeps all bounds. Raises ``ArithmeticError``."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    if (arcs.lower > arcs.upper).any():
        return None
    network = min_cost_flow.SimpleMinCostFlow()
    added = network.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, arcs.upper - arcs.lower, -arcs.gains)
    network.set_nodes_supplies(np.arange(arcs.nodes), _supplies(arcs))
    status = network.solve()
    if status == network.INFEASIBLE:
        return None
    if status != network.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    flows: Whole = network.flows(added) + arcs.lower
    return flows


def _supplies(arcs: Arcs) -> "Whole":
    """What each node has left of what must flow."""
    import numpy as np

    supplies = np.zeros(arcs.nodes, dtype=np.int64)
    np.add.at(supplies, arcs.heads, arcs.lower)
    np.subtract.at(supplies, arcs.tails, arcs.lower)
    return supplies


def potentials(arcs: Arcs, flows: "Whole") -> "Whole":
    """Numbers at the nodes, int64 (nodes,), by which a best flow is seen to be best; 0 at the last node.

    An arc with room gains at most the difference of its ends (head less tail), one with more than it must at least as
    much. Raises ``ArithmeticError`` if the flow is not the best.
    """
    import numpy as np

    ahead, back = flows < arcs.upper, flows > arcs.lower
    sources = np.concatenate([arcs.tails[ahead], arcs.heads[back]])
    targets = np.concatenate([arcs.heads[ahead], arcs.tails[back]])
    rises = np.concatenate([arcs.gains[ahead], -arcs.gains[back]])
    order = np.argsort(targets, kind="stable")
    sources, targets, rises = sources[order], targets[order], rises[order]
    reached, starts = np.unique(targets, return_index=True)
    found = np.zeros(arcs.nodes, dtype=np.int64)
    for _ in range(arcs.nodes + 1):
        best = np.maximum.reduceat(found[sources] + rises, starts) if len(starts) else found[reached]
        if (best <= found[reached]).all():
            settled: Whole = found - found[-1]
            return settled
        found[reached] = np.maximum(found[reached], best)
    raise ArithmeticError("the flow is not the best: its potentials rise without end")
