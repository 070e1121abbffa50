"""Every setting is described, with its default, and nothing is described that is no setting."""

import ast
import re

from tests.docs.pages import REFERENCE, SOURCE, code, first_cells, table

PAGE = (REFERENCE / "settings.md").read_text("utf-8")
SETTINGS = (SOURCE / "settings.py").read_text("utf-8")


def read() -> dict[str, ast.expr]:
    """The variables that settings.py reads, each with its default."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS)) if isinstance(node, ast.Call)]
    gets = [call for call in calls if ast.unparse(call.func) == "os.environ.get"]
    return {call.args[0].value: call.args[1] for call in gets}


def test_every_variable_is_described_and_no_other():
    assert len(read()) > 10
    assert first_cells(PAGE) == set(read())


def test_settings_alone_read_the_environment():
    everywhere = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    assert set(re.findall(r"CHEIRON_[A-Z_]+", everywhere)) == set(read())


def test_the_defaults_are_those_of_the_code():
    told = {code(row[0])[0]: row[1] for row in table(PAGE)}
    plain = {name: one.value for name, one in read().items() if isinstance(one, ast.Constant)}
    assert len(plain) > 7
    assert {name: (f"`{value}`" if value else "empty") for name, value in plain.items()} == {n: told[n] for n in plain}


def test_no_page_names_a_variable_that_is_not_read():
    from tests.docs.pages import PAGES

    named = {name for page in PAGES for name in re.findall(r"CHEIRON_[A-Z_]+", page.read_text("utf-8"))}
    assert named - set(read()) == {"CHEIRON_REFERENCE_DATA"}, "the tests alone read CHEIRON_REFERENCE_DATA"
