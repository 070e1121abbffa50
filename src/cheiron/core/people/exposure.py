"""What each permission lets its holder see of a person; the page "About you and your data" is drawn from it."""

from collections.abc import Mapping

from cheiron.core.access import GRANTS, Permission, Role
from cheiron.core.text import Text, say

P = Permission

EXPOSES: Mapping[Permission, Text] = {
    P.PROGRAM_VIEW: say("How many take part and how far they have come, as counts without names"),
    P.PEOPLE_VIEW: say("Your name, title and address, your role, and how far you have come"),
    P.PEOPLE_IMPORT: say("What your school's list says of you, and who assesses whom"),
    P.PEOPLE_INVITE: say("The invitation to you, before it is sent"),
    P.STAFF_APPOINT: say("Your name and address, if you are staff, a peer mentor or a senior mentor"),
    P.DIRECTORY_VIEW: say("What the directory shows of a mentor"),
    P.ROUND_VIEW: say("Your answers as far as they count in a match, your wishes, and why a pair fits"),
    P.ROUND_PUBLISH: say("The letters about your match, before they are sent"),
    P.FIGURES_VIEW: say("How groups fare in a match: rounded, and never of fewer than five people"),
    P.PAIRS_VIEW: say("Whom you are paired with, how it stands, and why a mentor declined"),
    P.LETTER_VIEW: say("Letters to you, except those about meetings and messages"),
    P.CHANGE_SETTLE: say("That you asked for another pairing, and your note"),
    P.REPORT_SETTLE: say("A message that one of you two has reported, and no other"),
    P.AUDIT_VIEW: say("What was done, by random numbers instead of names"),
}
"""In the order of the page."""

SHOWS_NOBODY = frozenset(
    {
        P.PROGRAM_CREATE,
        P.PROGRAM_EDIT,
        P.PROGRAM_CLOSE,
        P.INTAKE_FILL,
        P.WISH_EDIT,
        P.ROUND_EDIT,
        P.LETTER_RETRY,
        P.LETTER_EDIT,
    }
)
"""Permissions to act that show nothing of a person beyond the others. Each permission stands in one of the two."""


def roles_that(permission: Permission) -> frozenset[Role]:
    """The roles that hold the permission."""
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)
