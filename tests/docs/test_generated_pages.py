"""Pages that the code writes are what it would write now."""

import pytest

from cheiron.core.access import GRANTS, Permission, Role
from cheiron.core.matching.lifecycle import MOVES
from cheiron.core.mentorships.lifecycle import MEETING, MENTORSHIP
from cheiron.core.programs.lifecycle import PROGRAM
from scripts.diagrams import (
    MEETING_MOVES,
    MENTORSHIP_MOVES,
    PAGES,
    PERMISSIONS,
    PROGRAM_MOVES,
    permissions_page,
    states_page,
)
from tests.docs.pages import REFERENCE, code, table


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_would_write(name):
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name](), "run scripts/diagrams.py"


def test_the_diagrams_hold_every_move_and_no_other():
    arrows = [line for line in states_page().splitlines() if "-->" in line and line[:1] == " " and "[*]" not in line]
    moves = len(MOVES) + sum(len(to) for table in (PROGRAM, MENTORSHIP, MEETING) for to in table.values())
    assert len(arrows) == moves == len(MOVES) + len(PROGRAM_MOVES) + len(MENTORSHIP_MOVES) + len(MEETING_MOVES)


def test_the_table_of_permissions_reads_back_to_the_grants():
    rows = {code(row[0])[0]: row[1:-1] for row in table(permissions_page())}
    read = {role: {name for name, row in rows.items() if row[number] == "yes"} for number, role in enumerate(Role)}
    assert read == {role: set(GRANTS[role]) for role in Role}
    assert set(rows) == set(Permission) == set(PERMISSIONS)
