"""Who may open what, written down a second time, from the promises and not from the program.

Nothing of Cheiron is imported here. A page of staff is a word and the roles that open it; C is a coordinator, E an
evaluator, A an administrator, m a mentee. Roles count in the program itself and, for staff, in its whole school.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LETTERS = {"coordinator": "C", "evaluator": "E", "administrator": "A", "mentee": "m"}
STAFF_PAGES = {
    "program": "CEA",
    "program-adjust": "C",
    "people": "C",
    "staff": "CA",
    "directory": "Cm",
    "roster-columns": "C",
    "rounds": "C",
    "studio": "C",
    "review": "C",
    "publish": "C",
    "pairs": "C",
    "letters": "C",
    "letter-retry": "C",
    "change-settle": "C",
    "audit": "A",
}
OF_A_PAIR = {"mentorship", "meeting", "meeting-calendar", "agenda"}
OF_ONES_OWN = {"intake"}


@dataclass(frozen=True)
class Part:
    """One role of one person."""

    person: str
    school: str
    program: str | None
    role: str
    left: bool


@dataclass(frozen=True)
class Thing:
    """What a request is about: where it is, whose it is if it belongs to a pair, and which role if to oneself."""

    school: str
    program: str
    pair: frozenset[str] = frozenset()
    role: str = ""


def verdict(person: str, open_accounts: Iterable[str], parts: Iterable[Part], verb: str, thing: Thing) -> str:
    """ok, denied, hidden or sign-in."""
    if person not in open_accounts:
        return "sign-in"
    if verb in OF_A_PAIR:
        return "ok" if person in thing.pair else "hidden"
    mine = [part for part in parts if part.person == person and part.school == thing.school and not part.left]
    here = {part.role for part in mine if part.program == thing.program}
    if verb in OF_ONES_OWN:
        return "ok" if thing.role in here else "hidden"
    here |= {part.role for part in mine if part.program is None}
    if not here:
        return "hidden"
    return "ok" if {LETTERS.get(role) for role in here} & set(STAFF_PAGES[verb]) else "denied"
