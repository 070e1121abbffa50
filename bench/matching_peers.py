"""The same weighted round put to other solvers: what ``matching_auction.py`` holds the auction against.

Each takes the edges, the seats and the bonus as ``auction`` does, makes of them what its solver wants, and says what
it found. A seat that nobody could use is left out. All are exact, HiGHS to its tolerances.
"""

from typing import NamedTuple

import numpy as np

from cheiron.core.matching import auction_plain
from cheiron.core.matching.bidding import Auctioned, Effort, rooms
from cheiron.core.matching.edges import Edges

CLOSE_ENOUGH = 1e-6
"""By how much HiGHS may miss the best, as a share of it."""


class Answer(NamedTuple):
    """As ``Auctioned``, as far as it is asked for."""

    value: int
    placed: int
    total: int
    score_gap: float = 0.0

    @property
    def bound(self) -> int:
        """Exact solvers prove what they find."""
        return self.value


def twin(edges: Edges, seats: np.ndarray, bonus: int) -> Auctioned:
    """The auction in plain Python, to a gap of 1e-4."""
    return auction_plain.auction(edges, seats, bonus, Effort(gap=1e-4))


def or_tools(edges: Edges, seats: np.ndarray, bonus: int) -> Answer:
    """Min-cost flow by cost scaling: from each mentee through a mentor to the end, or past all of them for nothing."""
    from ortools.graph.python import min_cost_flow

    n, m, rows = edges.mentee_count, edges.mentor_count, edges.mentees()
    network, end = min_cost_flow.SimpleMinCostFlow(), n + m
    add, ones = network.add_arcs_with_capacity_and_unit_cost, np.ones(max(n, len(rows)), dtype=np.int64)
    pairs = add(rows, n + edges.mentors, ones[: len(rows)], -(edges.scores.astype(np.int64) + bonus))
    add(np.arange(n), np.full(n, end), ones[:n], np.zeros(n, dtype=np.int64))
    add(n + np.arange(m), np.full(m, end), seats, np.zeros(m, dtype=np.int64))
    network.set_nodes_supplies(np.arange(end + 1), np.append(np.repeat((1, 0), (n, m)), -n))
    assert network.solve() == network.OPTIMAL
    chosen = np.flatnonzero(network.flows(pairs))
    total = int(edges.scores[chosen].sum(dtype=np.int64))
    return Answer(bonus * len(chosen) + total, len(chosen), total)


def scipy_dense(edges: Edges, seats: np.ndarray, bonus: int) -> Answer:
    """``linear_sum_assignment`` on the whole matrix, a column for each seat: float64 (n, seats)."""
    from scipy.optimize import linear_sum_assignment

    columns = np.repeat(np.arange(edges.mentor_count), rooms(edges, seats))
    worth = np.zeros((edges.mentee_count, edges.mentor_count))
    worth[edges.mentees(), edges.mentors] = edges.scores + bonus
    worth = worth[:, columns]
    found = worth[linear_sum_assignment(worth, maximize=True)]
    return answer(found[found > 0], bonus)


def scipy_sparse(edges: Edges, seats: np.ndarray, bonus: int) -> Answer:
    """``min_weight_full_bipartite_matching``: each edge once for each seat, and for each mentee a place of their own.

    Everybody must be matched there and nothing may cost nothing, so that costs are counted down from the best.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    room = rooms(edges, seats)
    copies, first = room[edges.mentors], np.append(0, np.cumsum(room))
    rows, worth = np.repeat(edges.mentees(), copies), np.repeat(edges.scores.astype(np.float64) + bonus, copies)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(copies) - copies, copies)
    columns = np.repeat(first[edges.mentors], copies) + within
    people, top = np.arange(edges.mentee_count), worth.max(initial=0) + 1
    costs = np.concatenate([top - worth, np.full(len(people), top)])
    at = np.concatenate([rows, people]), np.concatenate([columns, first[-1] + people])
    graph = csr_matrix((costs, at), shape=(len(people), first[-1] + len(people)))
    found = top - graph[min_weight_full_bipartite_matching(graph)].A1
    return answer(found[found > 0], bonus)


def highs(edges: Edges, seats: np.ndarray, bonus: int) -> Answer:
    """The linear program, by HiGHS; it has a whole-numbered best solution."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    n, m, size = edges.mentee_count, edges.mentor_count, len(edges.mentors)
    at = np.concatenate([edges.mentees(), n + edges.mentors]), np.tile(np.arange(size), 2)
    rules = csr_matrix((np.ones(2 * size), at), shape=(n + m, size))
    worth = edges.scores.astype(np.float64) + bonus
    found = linprog(-worth, A_ub=rules, b_ub=np.append(np.ones(n), seats), bounds=(0, 1), method="highs")
    return answer(worth[found.x > 0.5], bonus)


def answer(worths: np.ndarray, bonus: int) -> Answer:
    """From what each pair is worth."""
    value, placed = round(worths.sum()), len(worths)
    return Answer(value, placed, value - bonus * placed)
