"""The pairs of a network that may be formed, as arrays; what a rule forbids is not among them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.matching.network.problem import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Links:
    """L pairs in the order of demand and mentor; all (L,).

    ``rows`` and ``columns``: int64, demands and offers. ``scores`` and ``bonuses``: int64, millionths; together what
    the pair counts. ``pinned``: bool. ``edges``: int64, the edge of the network, or -1 for a pin without one.
    """

    rows: "NDArray[np.int64]"
    columns: "NDArray[np.int64]"
    scores: "NDArray[np.int64]"
    bonuses: "NDArray[np.int64]"
    pinned: "NDArray[np.bool_]"
    edges: "NDArray[np.int64]"

    def at(self, chosen: "NDArray[np.integer] | NDArray[np.bool_]") -> "Links":
        """Some of them."""
        return Links(*(one[chosen] for one in vars(self).values()))


def links_of(network: Network) -> Links:
    """Every edge that no rule forbids and whose mentor has a seat, and every pin."""
    import numpy as np

    edges, pins = network.edges, _cells(network, [(one.mentee, one.mentor, one.role) for one in network.pins])
    rows, columns = edges.mentees().astype(np.int64), edges.mentors.astype(np.int64)
    cells, many = rows * len(network.offers) + columns, np.arange(len(rows))
    extra = pins[~np.isin(pins, cells)]
    numbers = np.concatenate([many, np.full(len(extra), -1)])
    cells = np.concatenate([cells, extra])
    scores = np.concatenate([edges.scores.astype(np.int64), np.zeros(len(extra), dtype=np.int64)])
    order = np.argsort(cells)
    cells, scores, numbers = cells[order], scores[order], numbers[order]
    rows, columns = np.divmod(cells, max(1, len(network.offers)))
    found = Links(rows, columns, scores, _bonuses(network, cells), np.isin(cells, pins), numbers)
    return found.at(found.pinned | (_seated(network)[columns] & ~_forbidden(network, rows, columns)))


def _cells(network: Network, pairs: list[tuple[str, str, str]]) -> "NDArray[np.int64]":
    import numpy as np

    rows, columns = network.rows, network.columns
    found = (rows[mentee, role] * len(network.offers) + columns[mentor] for mentee, mentor, role in pairs)
    return np.array(sorted(found), dtype=np.int64)


def _bonuses(network: Network, cells: "NDArray[np.int64]") -> "NDArray[np.int64]":
    import numpy as np

    bonuses = np.zeros(len(cells), dtype=np.int64)
    kept = _cells(network, [(one.mentee, one.mentor, one.role) for one in network.keeps])
    worth = {_cells(network, [(one.mentee, one.mentor, one.role)])[0]: one.bonus for one in network.keeps}
    there = np.flatnonzero(np.isin(cells, kept))
    bonuses[there] = [worth[cell] for cell in cells[there]]
    return bonuses


def _seated(network: Network) -> "NDArray[np.bool_]":
    import numpy as np

    return np.array([offer.capacity > 0 for offer in network.offers], dtype=np.bool_)


def _forbidden(network: Network, rows: "NDArray[np.int64]", columns: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """A rule stands against two people, whatever the role."""
    import numpy as np

    people = {name: number for number, name in enumerate(dict.fromkeys(one.mentee for one in network.demands))}
    of_row = np.array([people[demand.mentee] for demand in network.demands], dtype=np.int64)
    many = len(network.offers)
    ruled_out = [people[one.mentee] * many + network.columns[one.mentor] for one in network.forbids]
    return np.isin(of_row[rows] * many + columns, np.array(ruled_out, dtype=np.int64))
