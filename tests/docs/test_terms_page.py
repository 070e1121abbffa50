"""The glossary holds the words that the code uses, and the code uses the words that it holds."""

import re

from cheiron.core.access import Role
from tests.docs.pages import REFERENCE, SOURCE, code, table

ROWS = list(table((REFERENCE / "terms.md").read_text("utf-8")))
CODE = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
NEEDED = {
    *("school", "account", "member", "enrollment", "role", "permission", "scope", "actor", "program", "program model"),
    *("intake sheet", "facts", "about me", "identity column", "list", "reporting line", "assessor firewall", "wish"),
    *("round", "run", "weight", "lock", "pin", "forbid", "certificate", "problem", "result", "proposal", "lapse"),
    *("meeting", "agenda point", "contact", "change", "letter", "outbox", "one-time link", "worker", "audience line"),
    *("privacy class", "audit log", "funnel", "refusal"),
}


def terms() -> set[str]:
    """Every word that is explained."""
    return {term.strip() for row in ROWS for bold in re.findall(r"\*\*(.+?)\*\*", row[0]) for term in bold.split(",")}


def test_the_terms_are_there_each_once():
    assert terms() >= NEEDED
    assert len(terms()) == sum(len(row[0].strip("*").split(",")) for row in ROWS)


def test_each_name_in_the_last_column_stands_in_the_code():
    names = {name for row in ROWS for name in code(row[2])}
    assert len(names) > 40
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", CODE)} == set()


def test_every_term_has_a_meaning_and_a_name():
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


def test_every_role_is_named():
    told = next(row[1] for row in ROWS if row[0] == "**role**")
    assert all(role.replace("_", " ") in told for role in Role)


def test_every_table_and_state_machine_has_its_term():
    tables = re.findall(r"^class (\w+)\((?:Record|models\.Model|AbstractBaseUser)\):", CODE, re.M)
    explained = {name for row in ROWS for name in code(row[2])}
    assert len(tables) > 15
    assert set(tables) - explained - {"Record"} == set()
