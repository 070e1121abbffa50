"""What a list would change among the people whom a school already knows. Decides only; writes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cheiron.core.errors import Issue
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.text import say


@dataclass(frozen=True)
class Known:
    """A member of the school, and their part in the program as far as it exists."""

    member: str
    person: str
    external_id: str
    name: str
    title: str
    email: str
    may_change_email: bool
    """Only while the account was never used and belongs to this school alone."""
    enrollment: str = ""
    left: bool = False
    facts: Facts = Facts()
    capacity: int | None = None
    own_words: bool = False
    """The person has finished the intake sheet, so no list writes over it."""


@dataclass(frozen=True)
class Merge:
    """The plan: whom to add, whom to change, who stays as they are, and what stands in the way."""

    new: tuple[PersonRow, ...]
    changed: tuple[tuple[Known, PersonRow], ...]
    same: tuple[Known, ...]
    issues: tuple[Issue, ...]

    @property
    def joining(self) -> tuple[tuple[Known, PersonRow], ...]:
        """Of the changed: those whom the school knows and who are new in this role."""
        return tuple(pair for pair in self.changed if not pair[0].enrollment or pair[0].left)

    @property
    def differing(self) -> tuple[tuple[Known, PersonRow], ...]:
        """Of the changed: those who have the role already."""
        return tuple(pair for pair in self.changed if pair[0].enrollment and not pair[0].left)


def merge(rows: Iterable[PersonRow], known: Iterable[Known], taken_emails: frozenset[str] = frozenset()) -> Merge:
    """Compare a list with the school's members, first by external id, then by address.

    ``taken_emails`` are addresses of accounts outside this school's list of members.
    """
    known = tuple(known)
    by_id = {k.external_id: k for k in known}
    by_email = {k.email: k for k in known}
    new, changed, same, issues = [], [], [], []
    for row in rows:
        match = by_id.get(row.external_id) or by_email.get(row.email)
        issue = _conflict(row, match, by_email, taken_emails)
        if issue:
            issues.append(issue)
        elif match is None:
            new.append(row)
        elif _is_same(match, row):
            same.append(match)
        else:
            changed.append((match, row))
    return Merge(tuple(new), tuple(changed), tuple(same), tuple(issues))


def _conflict(
    row: PersonRow, match: Known | None, by_email: Mapping[str, Known], taken: frozenset[str]
) -> Issue | None:
    if match is None or match.email == row.email:
        return None
    other = by_email.get(row.email)
    if other is not None or row.email in taken:
        problem = say("The address %(email)s already belongs to somebody else.", email=row.email)
        return Issue(problem, say("Correct the address or the id in this row."), row.row)
    if not match.may_change_email:
        problem = say("%(name)s already uses Cheiron with another address.", name=match.name)
        return Issue(problem, say("Put the address that the account has, %(email)s.", email=match.email), row.row)
    return None


def _is_same(known: Known, row: PersonRow) -> bool:
    person_same = (known.name, known.title or row.title, known.email) == (row.name, row.title or known.title, row.email)
    if not known.enrollment or known.left or not person_same:
        return False
    capacity_same = row.capacity is None or row.capacity == known.capacity
    return known.own_words or (capacity_same and merged_facts(known.facts, row.facts) == known.facts)


def merged_facts(before: Facts, listed: Facts) -> Facts:
    """The list's values where it has any, the earlier ones elsewhere; wishes are kept apart."""
    values = {name: getattr(listed, name) or getattr(before, name) for name in Facts.__dataclass_fields__}
    return Facts(**{**values, "wishes": ()})
