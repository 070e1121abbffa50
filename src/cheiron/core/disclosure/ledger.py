"""Everything that was ever released about the people of a school, and whether one more table may join it.

A table alone may be harmless and still tell, subtracted from an earlier one, where the one person stands who moved in
between. So nothing is shown before ``audit`` has looked at it together with everything before it. What it refuses is
refused whole and for good: no smaller version is tried, from which somebody could learn where the edge runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cheiron.core.disclosure.attack import pins
from cheiron.core.disclosure.catalog import Kind
from cheiron.core.disclosure.release import Release, Standing
from cheiron.core.text import Text, say


@dataclass(frozen=True)
class Ledger:
    """Releases, oldest first. A value: joining one makes a new ledger."""

    releases: tuple[Release, ...] = ()

    def joined_by(self, release: Release) -> "Ledger":
        """The ledger with one more release, if it is new and says anything. Whoever joins it asks ``audit``."""
        if release.table.empty or self.same_as(release.table.kind, release.people):
            return self
        return Ledger((*self.releases, release))

    def with_all(self, other: "Ledger") -> "Ledger":
        """The ledger with the releases of another one after its own."""
        ledger = self
        for release in other.releases:
            ledger = ledger.joined_by(release)
        return ledger

    def about(self, attribute: str) -> tuple[Release, ...]:
        """What was released about one attribute."""
        return tuple(one for one in self.releases if one.table.kind.attribute == attribute)

    def same_as(self, kind: Kind, people: Mapping[str, Standing]) -> Release | None:
        """The release of the same table about exactly the same: showing it again tells nothing new."""
        return next((one for one in self.releases if one.table.kind == kind and one.people == people), None)


def audit(ledger: Ledger, candidate: Release, beside: Ledger = Ledger()) -> Text | None:
    """Why the candidate must be held back, in words that tell nothing of the reason; None where it may be shown.

    ``beside``: what is released at the same moment, with which the candidate was made (``suppressed``).
    """
    if candidate.table.empty or ledger.same_as(candidate.table.kind, candidate.people):
        return None
    if _nearly_told(ledger, candidate) or _pins_together(ledger, candidate, beside):
        return say(
            "Held back: together with what was shown before, these figures would tell something about fewer than "
            "%(threshold)s people.",
            threshold=candidate.table.kind.threshold,
        )
    return None


def _nearly_told(ledger: Ledger, candidate: Release) -> bool:
    """Whether the same table was shown before about nearly the same: fewer people moved than the threshold."""
    kind = candidate.table.kind
    earlier = (one for one in ledger.about(kind.attribute) if one.table.kind.measure is kind.measure)
    return any(len(_moved(one.people, candidate.people)) < kind.threshold for one in earlier)


def _moved(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> set[str]:
    return {person for person in before.keys() | after.keys() if before.get(person) != after.get(person)}


def _pins_together(ledger: Ledger, candidate: Release, beside: Ledger) -> bool:
    """Whether the attacker, given everything, narrows anything down; what stands beside it was attacked with it."""
    near = _near(ledger.with_all(beside), candidate)
    if all(one in beside.releases for one in near):
        return False
    return next(pins([*near, candidate]), None) is not None


def _near(ledger: Ledger, candidate: Release) -> list[Release]:
    """Releases that have people in common with the candidate, or with a release that has: the others say nothing."""
    waiting, near = list(ledger.about(candidate.table.kind.attribute)), [candidate]
    for known in near:
        joining = [one for one in waiting if not known.people.keys().isdisjoint(one.people)]
        near += joining
        waiting = [one for one in waiting if one not in joining]
    return near[1:]
