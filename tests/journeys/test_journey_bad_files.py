"""Files that cannot be used: each is refused with what is wrong, where, and what to do; and nothing has changed."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

HEAD = "Full name,Email,Seats,Topics\n"
BAD = {
    "a-workbook.xlsx": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", [("", "looks like a spreadsheet file")]),
    "rows-too-long.csv": (
        (HEAD + "Ada Vey,ada@bad.example,2,Sepsis\nNoor Haldane,noor@bad.example,2,Sepsis, airways\n").encode(),
        [("Row 3", "This row has 5 cells, the header has 4.")],
    ),
    "headers-twice.csv": (
        b"Full name,Email,Email\nAda Vey,ada@bad.example,ada@bad.example\n",
        [("Row 1, column “Email”", "Column B has the same header.")],
    ),
    "no-addresses.csv": (b"Full name,Seats\nAda Vey,2\n", [("", "No column is mapped to the email address.")]),
    "cells-wrong.csv": (
        (
            HEAD
            + "Ada Vey,ada at bad.example,2,Sepsis\n=1+1,noor@bad.example,many,Sepsis\n,bram@bad.example,1,\n"
            + "Bram Two,bram@bad.example,1,\n"
        ).encode(),
        [
            ("Row 2, column “Email”", "“ada at bad.example” is not an email address."),
            ("Row 3, column “Full name”", "starts with a sign that makes a spreadsheet calculate"),
            ("Row 3, column “Seats”", "“many” is not a number of mentees."),
            ("Row 4, column “Full name”", "This person has no name."),
            ("Row 5, column “Email”", "“bram@bad.example” stands in row 4 too."),
        ],
    ),
}
READABLE = {"no-addresses.csv", "cells-wrong.csv"}
"""Files that get as far as the columns."""


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_each_says_where_and_changes_nothing(instance, person, size, scheme):
    """One after the other, in one browser."""
    link = instance.found(f"Bad Files, {size}", f"coordinator@bad-{size}.example", "Maren Oduya")
    walk = person(size, scheme, log=instance.log)
    walk.open(link)
    walk.press("Sign in")
    walk.follow("New program")
    walk.fill("Name needed", "Files")
    walk.press("Create the program")
    for name, (content, findings) in BAD.items():
        walk.turn_to("People")
        walk.follow("Import a list", within=walk.page.locator(".pagehead"))
        walk.tick(re.compile("^Mentors?$"))
        walk.choose_file(name, content)
        walk.press("Next: the columns")
        if name in READABLE:
            walk.heads("What does each column mean?")
            walk.press("Next: check")
        walk.sees(re.compile("Nobody was imported, nothing has changed."))
        for place, problem in findings:
            row = walk.row(problem, role="row")
            expect(row.get_by_role("rowheader")).to_contain_text(place)
            assert row.locator("td").last.inner_text().strip(), "no remedy"
        if len(findings) > 1 or not name.endswith("csv"):
            walk.check(f"bad-{name.partition('.')[0]}")
    walk.turn_to("People")
    walk.sees("Nobody is in this program yet.")
