"""Writes the pages of the reference that the code itself knows: docs/reference/states.md and permissions.md.

    python scripts/diagrams.py

The tables stand in ``core``; here are only the words around them. A state, a move or a permission without its words
stops the writing, and a test compares the pages with what would be written now.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from cheiron.core.access import GRANTS, Permission, Role
from cheiron.core.matching.lifecycle import MOVES, RoundState
from cheiron.core.mentorships.lifecycle import MEETING, MENTORSHIP, MeetingState, MentorshipState
from cheiron.core.programs.lifecycle import PROGRAM, ProgramState

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
BEGINNING = "<!-- Written by scripts/diagrams.py from the tables in src/cheiron/core. Do not edit by hand. -->"

Moves = Mapping[tuple[StrEnum, StrEnum], str]

PROGRAM_MOVES: Moves = {
    (ProgramState.DRAFT, ProgramState.OPEN): "created from the wizard",
    (ProgramState.OPEN, ProgramState.CLOSED): "closed at the change of year",
}
MENTORSHIP_MOVES: Moves = {
    (MentorshipState.PROPOSED, MentorshipState.ACTIVE): "the mentor accepts",
    (MentorshipState.PROPOSED, MentorshipState.DECLINED): "the mentor declines",
    (MentorshipState.PROPOSED, MentorshipState.LAPSED): "nobody answers in time",
    (MentorshipState.PROPOSED, MentorshipState.ENDED): "staff end it, or one of the two is withdrawn",
    (MentorshipState.ACTIVE, MentorshipState.ENDED): "staff end it, or one of the two is withdrawn",
}
MEETING_MOVES: Moves = {
    (MeetingState.PROPOSED, MeetingState.AGREED): "the other one agrees",
    (MeetingState.PROPOSED, MeetingState.DECLINED): "the other one declines",
    (MeetingState.PROPOSED, MeetingState.CANCELED): "called off, or another time is proposed",
    (MeetingState.AGREED, MeetingState.HELD): "the two met",
    (MeetingState.AGREED, MeetingState.CANCELED): "called off",
}
PERMISSIONS: Mapping[Permission, str] = {
    Permission.PROGRAM_CREATE: "Create a program from a model.",
    Permission.PROGRAM_VIEW: "Open the program's overview: the funnel, the rounds, the states of mentorships.",
    Permission.PROGRAM_EDIT: "Change a program's days, ratio, rhythm, words, questions and weights; preview, copy.",
    Permission.PROGRAM_CLOSE: "Close a program at the change of year, after a look at every letter.",
    Permission.PEOPLE_VIEW: "See who takes part, with address, title and how far each has come.",
    Permission.PEOPLE_IMPORT: "Import and undo lists, import reporting lines; pause, move and withdraw people.",
    Permission.PEOPLE_INVITE: "Preview and send invitations, reminders and announcements.",
    Permission.STAFF_APPOINT: "Give staff, peer mentors and seniors their role in a program, and take it back.",
    Permission.INTAKE_FILL: "Fill in one's own intake sheet and the form “About me”.",
    Permission.DIRECTORY_VIEW: "See the mentors with a free place who let themselves be listed.",
    Permission.WISH_EDIT: "Order one's own wishes.",
    Permission.ROUND_VIEW: "Open a match round and its studio, and take its problem and result files.",
    Permission.ROUND_EDIT: "Draft, weigh, lock, pin, forbid, undo, review, reopen.",
    Permission.ROUND_PUBLISH: "See every letter of a publication, and publish.",
    Permission.FIGURES_VIEW: "See the figures by group of a reviewed run, unless one assesses somebody of the program.",
    Permission.PAIRS_VIEW: "See that pairs exist and how they stand, and take the list as a file.",
    Permission.LETTER_VIEW: "Read the program's outbox, except for letters about meetings and messages.",
    Permission.LETTER_RETRY: "Let a letter that could not be sent try again.",
    Permission.LETTER_EDIT: "Put the program's letters into its own words.",
    Permission.CHANGE_SETTLE: "Read and settle requests for a change.",
    Permission.REPORT_SETTLE: "Read the messages that one of a pair has reported, and settle the reports.",
    Permission.AUDIT_VIEW: "Read the audit log.",
}


def states_page() -> str:
    """The state diagrams, as Mermaid text."""
    tables = (
        ("A program", "programs", ProgramState, _told(PROGRAM, PROGRAM_MOVES)),
        ("A match round", "matching", RoundState, {move: str(name) for move, name in MOVES.items()}),
        ("A mentorship", "mentorships", MentorshipState, _told(MENTORSHIP, MENTORSHIP_MOVES)),
        ("A meeting", "mentorships", MeetingState, _told(MEETING, MEETING_MOVES)),
    )
    return _page(
        "States",
        "What may follow what. An act that the tables do not allow is refused with `Conflict`, and nothing changes.",
        [line for title, noun, states, moves in tables for line in _section(title, noun, _diagram(states, moves))],
    )


def permissions_page() -> str:
    """Which role may do what."""
    head = ["Permission", *(_word(role) for role in Role), "What it lets one do"]
    rows = [
        [f"`{permission}`", *("yes" if permission in GRANTS[role] else "" for role in Role), PERMISSIONS[permission]]
        for permission in Permission
    ]
    return _page(
        "Permissions",
        "Which role may do what. The table is `GRANTS` in `src/cheiron/core/access.py`; there is no other one.",
        [
            "A role holds in one program. The staff roles (coordinator, evaluator, administrator) may also hold in a "
            "whole school, and then in all its programs. A person with several roles has all their permissions. A role "
            "that one has left grants nothing from the next request on.",
            "",
            _table(head, rows),
            "",
            "What two people have between them stands in no column: a pair's page, meetings, agenda, contacts and "
            "questions open for these two and for nobody else, staff included (`mentorship_for` in "
            "`src/cheiron/queries/mentorships.py`). The worker holds no role; it sends letters and lets unanswered "
            "proposals lapse. Schools are founded on the server's command line.",
        ],
    )


def _page(title: str, first: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", BEGINNING, "", first, "", *lines]).rstrip() + "\n"


def _section(title: str, noun: str, diagram: str) -> list[str]:
    source = f"From `src/cheiron/core/{noun}/lifecycle.py`."
    return [f"## {title}", "", source, "", "```mermaid", diagram, "```", ""]


def _told(table: Mapping[StrEnum, frozenset], words: Moves) -> Moves:
    """Every move of the table with its words; a missing one is a KeyError, and one too many is refused."""
    moves = {(now, to): words[now, to] for now in table for to in table if to in table[now]}
    if moves != words:
        raise LookupError(f"these moves are not in the table: {sorted(words.keys() - moves.keys())}")
    return moves


def _diagram(states: type[StrEnum], moves: Moves) -> str:
    """From the first state of the enumeration; states that lead nowhere are ends."""
    first = next(iter(states))
    ends = [state for state in states if not any(now is state for now, _ in moves)]
    lines = [f"    {now} --> {to}: {words}" for (now, to), words in moves.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {first}", *lines, *(f"    {end} --> [*]" for end in ends)])


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _word(role: Role) -> str:
    return role.replace("_", " ")


PAGES = {"states.md": states_page, "permissions.md": permissions_page}


def main() -> None:
    """Write both pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
