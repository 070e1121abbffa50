"""What it costs to insist on one pair of an optimum: exactly, for one mentee and every mentor at once.

Whoever is insisted on may push somebody out, who pushes somebody out elsewhere, until the chain ends: at an open seat,
at somebody who is left without, at somebody who had nobody and now gets a seat, or at the seat that the mentee left.
The cheapest chain is a shortest path in the residual network of the flow (Ahuja, Magnanti, Orlin 1993, chapter 9).
By the prices of the certificate no step of it costs less than nothing, so Dijkstra's rule (1959) finds it, backward
from the seat that is left, to all mentors in one go. Of equally cheap chains the one that moves fewest people counts.

The places of the network are the mentors, and "outside" behind them: whoever has nobody waits there, and open seats
lead there. The length of a step is what is lost by it, in worth as in ``Certificate``, times ``scale``, plus 1 if
somebody moves; so lengths are added and compared as whole numbers, and the people on the way are counted along.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cheiron.core.errors import NotFound
from cheiron.core.matching.arithmetic import hundredths
from cheiron.core.matching.problem import HIGHEST_SCORE, Method, Problem, eligible_pairs, positions
from cheiron.core.matching.result import Result
from cheiron.core.text import Text, say, say_n

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NEVER = 2**62


@dataclass(frozen=True)
class SwapCost:
    """What it costs to insist on a pair, everybody else placed again as well as possible, moving as few as possible."""

    loss: int
    """Total score lost, in millionths; negative when the total grows because one more mentee is placed."""
    moved: int
    """Other mentees who would get another mentor."""
    newly_unmatched: int
    """Other mentees who would lose theirs and get nobody."""
    newly_placed: int
    """Other mentees who have nobody now and would get somebody."""


@dataclass(frozen=True)
class Relief:
    """What one more seat would bring, everybody placed again as well as possible."""

    placed: int
    """Mentees more who get a mentor: 1 or 0."""
    gain: int
    """What the total score gains, in millionths; negative where the mentee who comes in pushes others aside."""


def relief_in_words(relief: Relief) -> Text:
    """What one more seat would bring, in a sentence."""
    points = f"{hundredths(abs(relief.gain)) / 100:.2f}".removeprefix("0")
    if not relief.placed:
        return say("The total fit would grow by %(points)s.", points=points)
    if relief.gain < 0:
        return say("One more mentee would be placed; the total fit would fall by %(points)s.", points=points)
    return say("One more mentee would be placed, and the total fit grow by %(points)s.", points=points)


def cost_in_words(cost: SwapCost) -> tuple[Text, ...]:
    """What insisting would do, in whole sentences and without names; the total fit in points."""
    told = [_loss_in_words(cost.loss)]
    if cost.moved:
        told.append(say_n("One other mentee would move.", "%(count)s other mentees would move.", cost.moved))
    if cost.newly_unmatched:
        told.append(say_n("One would lose their place.", "%(count)s would lose their places.", cost.newly_unmatched))
    if cost.newly_placed:
        told.append(say_n("One more would get a place.", "%(count)s more would get places.", cost.newly_placed))
    return tuple(told)


def _loss_in_words(loss: int) -> Text:
    shown = hundredths(abs(loss))
    if shown == 0:
        return say("Costs nothing.") if loss == 0 else say("Costs next to nothing.")
    points = f"{shown / 100:.2f}".removeprefix("0")
    if loss < 0:
        return say("The total fit grows by %(points)s.", points=points)
    return say("Costs %(points)s of the total fit.", points=points)


@dataclass(frozen=True, eq=False)
class Exchange:
    """A problem and its optimum, both certified, ready for the question what another pair would cost."""

    problem: Problem
    result: Result

    def costs(self, mentee: str) -> dict[str, SwapCost]:
        """For every other mentor who could be insisted on; nobody for a locked mentee, and after a stable choice.

        Raises ``NotFound`` for somebody who is not in the round.
        """
        if mentee not in self._rows:
            raise NotFound(say("This mentee is not in the round."))
        row = self._rows[mentee]
        if self.result.method is not Method.WEIGHTED or self._place_of[row] < 0:
            return {}
        return self._costs(row, int(self._place_of[row]))

    def reliefs(self) -> dict[str, Relief]:
        """What one more seat would bring, by mentor; those left out to whom it would bring nothing.

        Exact, by the shortest way from outside to each mentor: what the seat is priced at, less what the way costs.
        Of mentors who have a seat to be decided on; nothing after the other methods.
        """
        if self.result.method is not Method.WEIGHTED:
            return {}
        lengths, back = _shortest(self._steps.T, self._outside)
        found = {}
        for to, name in enumerate(self._ids):
            worth = int(self._prices[1][to]) - int(lengths[to]) // self._scale
            if self._seats[to] > 0 and lengths[to] < _NEVER and worth > 0:
                placed = int(self._begins_with_somebody(back, to))
                found[name] = Relief(placed, worth - placed * self._placing)
        return found

    def _begins_with_somebody(self, back: "NDArray[np.int64]", to: int) -> bool:
        """Whether the way from outside begins with a mentee who has nobody, and not with a seat that is given up."""
        while int(back[to]) != self._outside:
            to = int(back[to])
        return bool(self._steps[self._outside, to] % self._scale)

    def _costs(self, row: int, left: int) -> dict[str, SwapCost]:
        """``left``: the place from which the mentee is taken."""
        steps = self._steps_without(row, left)
        lengths, onward = _shortest(steps, left)
        found = {}
        for to in self._free[row].nonzero()[0].tolist():
            if to != left and lengths[to] < _NEVER:
                worth = int(self._lost[row, to]) + int(lengths[to]) // self._scale
                found[self._ids[to]] = self._told(worth, self._chain(steps, onward, to, left), left)
        return found

    def _told(self, worth: int, chain: tuple[int, int, int], left: int) -> SwapCost:
        """``worth`` lost, without what more or fewer placed mentees count in it."""
        moved, unmatched, placed = chain
        more = placed - unmatched + (left == self._outside)
        return SwapCost(worth + more * self._placing, moved, unmatched, placed)

    def _chain(
        self, steps: "NDArray[np.int64]", onward: "NDArray[np.int64]", at: int, left: int
    ) -> tuple[int, int, int]:
        """Who gets another mentor, who gets nobody, who gets somebody, on the way to the place that was left."""
        moved = unmatched = placed = 0
        while at != left:
            to = int(onward[at])
            if steps[at, to] % self._scale:
                unmatched += to == self._outside
                placed += at == self._outside
                moved += self._outside not in (at, to)
            at = to
        return moved, unmatched, placed

    # ---------- the network: made once, then changed in one place for each mentee ----------

    def _steps_without(self, row: int, place: int) -> "NDArray[np.int64]":
        """The network for everybody but one."""
        import numpy as np

        there = np.flatnonzero(self._place_of == place)
        steps = self._steps.copy()
        steps[place] = self._steps_from(place, there[there != row])
        return steps

    @cached_property
    def _steps(self) -> "NDArray[np.int64]":
        """Lengths from place to place: int64 (m + 1, m + 1)."""
        import numpy as np

        places = range(self._outside + 1)
        return np.array([self._steps_from(place, np.flatnonzero(self._place_of == place)) for place in places])

    def _steps_from(self, place: int, there: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """By one of those who are there moving, or by a seat that is taken or given up without anybody."""
        import numpy as np

        steps = np.append(self._moves[there].min(axis=0, initial=_NEVER), np.int64(_NEVER))
        if place == self._outside:
            given_up = np.where(self._loads > 0, self._prices[1] * self._scale, _NEVER)
            steps[:-1] = np.minimum(steps[:-1], given_up)
        elif self._loads[place] < self._seats[place]:
            steps[-1] = 0
        elif len(there):
            steps[-1] = self._prices[0][there].min() * self._scale + 1
        return steps

    @cached_property
    def _moves(self) -> "NDArray[np.int64]":
        """The length of each mentee's step to each mentor: int64 (n, m)."""
        import numpy as np

        return np.where(self._free, self._lost * self._scale + 1, _NEVER)

    @cached_property
    def _lost(self) -> "NDArray[np.int64]":
        """By how much the prices of a pair are above its worth: int64 (n, m), at least 0 where the pair may be."""
        ours, theirs = self._prices
        lost: NDArray[np.int64] = ours[:, None] + theirs - self.problem.scores - self._placing
        return lost

    @cached_property
    def _prices(self) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
        """Of mentees and of mentors: int64 (n,) and (m,)."""
        import numpy as np

        told = self.result.certificate
        of_mentees, of_mentors = ([price for _, price in one] for one in (told.mentee_prices, told.mentor_prices))
        return np.array(of_mentees, dtype=np.int64), np.array(of_mentors, dtype=np.int64)

    @cached_property
    def _place_of(self) -> "NDArray[np.int64]":
        """Where each mentee is: the column of the mentor, "outside", or -1 if locked; int64 (n,)."""
        import numpy as np

        columns, found = positions(self._ids), np.full(len(self._rows), self._outside, dtype=np.int64)
        for pair in self.result.pairs:
            found[self._rows[pair.mentee]] = columns[pair.mentor]
        found[[self._rows[pin.mentee] for pin in self.problem.pins]] = -1
        return found

    @cached_property
    def _loads(self) -> "NDArray[np.int64]":
        """Mentees at each mentor, locked ones aside: int64 (m,)."""
        import numpy as np

        here = (self._place_of >= 0) & (self._place_of < self._outside)
        return np.bincount(self._place_of[here], minlength=self._outside)

    @cached_property
    def _seats(self) -> "NDArray[np.int64]":
        """Seats left beside locks: int64 (m,)."""
        import numpy as np

        columns, seats = positions(self._ids), np.array([mentor.capacity for mentor in self.problem.mentors])
        np.subtract.at(seats, [columns[pin.mentor] for pin in self.problem.pins], 1)
        return seats

    @cached_property
    def _free(self) -> "NDArray[np.bool_]":
        """Pairs that the optimum decided on: bool (n, m)."""
        free: NDArray[np.bool_] = eligible_pairs(self.problem) & (self._seats > 0)
        free[self._place_of < 0] = False
        return free

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(mentor.id for mentor in self.problem.mentors)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return positions(self.problem.mentees)

    @property
    def _outside(self) -> int:
        return len(self.problem.mentors)

    @property
    def _scale(self) -> int:
        """More than the steps of any chain."""
        return self._outside + 2

    @property
    def _placing(self) -> int:
        """What one more placed mentee is worth."""
        return 1 + len(self.problem.mentees) * HIGHEST_SCORE


def _shortest(steps: "NDArray[np.int64]", target: int) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """The length of the shortest way from each place to ``target``, and the next place on it."""
    import numpy as np

    into = np.ascontiguousarray(steps.T)
    lengths, onward = np.full(len(steps), _NEVER, dtype=np.int64), np.full(len(steps), -1, dtype=np.int64)
    lengths[target], waiting = 0, np.full(len(steps), _NEVER, dtype=np.int64)
    waiting[target] = 0
    while True:
        at = int(waiting.argmin())
        if waiting[at] == _NEVER:
            return lengths, onward
        waiting[at] = _NEVER
        through = into[at] + lengths[at]
        shorter = np.flatnonzero(through < lengths)
        lengths[shorter] = waiting[shorter] = through[shorter]
        onward[shorter] = at
