"""Who may do what: one readable table of role x permission, and the scope in which a role holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cheiron.core.errors import Denied
from cheiron.core.text import say


class Role(StrEnum):
    """What a person is in a program, or (staff roles only) in a whole school."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PEER_MENTOR = "peer_mentor"
    SENIOR = "senior"
    COORDINATOR = "coordinator"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that one may do; NOUN_VERB."""

    PROGRAM_CREATE = "program_create"
    PROGRAM_VIEW = "program_view"
    PROGRAM_EDIT = "program_edit"
    PROGRAM_CLOSE = "program_close"
    PEOPLE_VIEW = "people_view"
    PEOPLE_IMPORT = "people_import"
    PEOPLE_INVITE = "people_invite"
    STAFF_APPOINT = "staff_appoint"
    INTAKE_FILL = "intake_fill"
    DIRECTORY_VIEW = "directory_view"
    WISH_EDIT = "wish_edit"
    ROUND_VIEW = "round_view"
    ROUND_EDIT = "round_edit"
    ROUND_PUBLISH = "round_publish"
    FIGURES_VIEW = "figures_view"
    PAIRS_VIEW = "pairs_view"
    LETTER_VIEW = "letter_view"
    LETTER_RETRY = "letter_retry"
    LETTER_EDIT = "letter_edit"
    CHANGE_SETTLE = "change_settle"
    REPORT_SETTLE = "report_settle"
    AUDIT_VIEW = "audit_view"


P = Permission
_MENTORING = frozenset({P.INTAKE_FILL})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.MENTEE: _MENTORING | {P.DIRECTORY_VIEW, P.WISH_EDIT},
    Role.MENTOR: _MENTORING,
    Role.PEER_MENTOR: _MENTORING,
    Role.SENIOR: _MENTORING,
    Role.COORDINATOR: frozenset(
        {
            P.PROGRAM_CREATE,
            P.PROGRAM_VIEW,
            P.PROGRAM_EDIT,
            P.PROGRAM_CLOSE,
            P.PEOPLE_VIEW,
            P.PEOPLE_IMPORT,
            P.PEOPLE_INVITE,
            P.STAFF_APPOINT,
            P.DIRECTORY_VIEW,
            P.ROUND_VIEW,
            P.ROUND_EDIT,
            P.ROUND_PUBLISH,
            P.FIGURES_VIEW,
            P.PAIRS_VIEW,
            P.LETTER_VIEW,
            P.LETTER_RETRY,
            P.LETTER_EDIT,
            P.CHANGE_SETTLE,
            P.REPORT_SETTLE,
        }
    ),
    Role.EVALUATOR: frozenset({P.PROGRAM_VIEW}),
    Role.ADMINISTRATOR: frozenset({P.PROGRAM_VIEW, P.STAFF_APPOINT, P.AUDIT_VIEW}),
}

STAFF = frozenset({Role.COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR})
TAKES_PART = frozenset({Role.MENTEE, Role.MENTOR, Role.PEER_MENTOR, Role.SENIOR})
MENTORS = frozenset({Role.MENTOR, Role.PEER_MENTOR, Role.SENIOR})


@dataclass(frozen=True)
class Scope:
    """Where a permission is asked for: a program of a school, or the school itself."""

    school_id: str
    program_id: str | None = None


@dataclass(frozen=True)
class Actor:
    """The person who acts, with all roles that hold at this moment. ``person_id`` None is nobody."""

    person_id: str | None
    roles: Mapping[Scope, frozenset[Role]] = field(default_factory=dict)
    system: bool = False
    """Cheiron's own worker: it acts on what people have already decided, and holds no role."""

    def roles_in(self, scope: Scope) -> frozenset[Role]:
        """Roles in that program, and those in its whole school."""
        return self.roles.get(scope, frozenset()) | self.roles.get(Scope(scope.school_id), frozenset())

    def can(self, permission: Permission, scope: Scope) -> bool:
        """Whether one of the roles that hold in the scope grants the permission."""
        return any(permission in GRANTS[role] for role in self.roles_in(scope))

    @property
    def takes_part(self) -> bool:
        """Whether the actor is more than staff somewhere."""
        return any(roles & TAKES_PART for roles in self.roles.values())

    def require(self, permission: Permission, scope: Scope) -> None:
        """Refuse with ``Denied`` unless granted."""
        if not self.can(permission, scope):
            raise Denied(say("This is not among the things that your role here may do."))

    def scopes_with(self, permission: Permission) -> frozenset[Scope]:
        """Every scope in which one of the actor's own roles grants the permission."""
        return frozenset(scope for scope, roles in self.roles.items() if any(permission in GRANTS[r] for r in roles))


SYSTEM = Actor(None, system=True)
