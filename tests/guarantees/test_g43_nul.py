"""G43, first form: a character that one database keeps and the other fails on is refused, clearly, on both."""

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import fingerprint
from tests.guarantees.walk import STOPS, Walker

NUL = "\0"
WHO = ("anonymous", "mentee", "mentor", "coordinator")


def with_nul(sent: object) -> object:
    """The same as it would be typed, each text with the character in it; files stay as they are."""
    if isinstance(sent, list):
        return [with_nul(one) for one in sent]
    return sent if isinstance(sent, SimpleUploadedFile) else f"{sent}{NUL}"


@pytest.mark.guarantee("G43")
@pytest.mark.parametrize("who", WHO)
def test_typed_text_with_a_nul_is_refused_and_nothing_is_kept(who, cast, client_of, counted):
    walker, answers = Walker(cast, client_of), {}
    before = fingerprint()
    for stop in STOPS:
        typed = {"one more": NUL, **{key: with_nul(value) for key, value in stop.data(cast).items()}}
        answers[stop.name] = walker.browser(who).post(stop.url(cast), typed).status_code
    counted("posts with a NUL", len(answers))
    assert answers == dict.fromkeys(answers, 400)
    assert fingerprint() == before


@pytest.mark.guarantee("G43")
def test_an_address_a_search_and_a_cookie_with_a_nul_fail_softly(cast, client_of, as_, counted):
    coordinator = as_("coordinator")
    paths = [quote(stop.url(cast).replace(arg, arg[:-1] + NUL)) for stop in STOPS for arg in stop.args(cast)[:1]]
    assert {coordinator.get(path).status_code for path in paths} == {404}
    assert coordinator.get(reverse("people", args=[cast.program]), {"search": NUL}).status_code == 400
    stranger = client_of()
    stranger.cookies["sessionid"] = f"abcdefgh{NUL}"
    assert stranger.get("/account/").status_code == 302
    counted("addresses with a NUL", len(paths) + 2)


@pytest.mark.guarantee("G43")
@pytest.mark.parametrize("place", ["header", "name", "goals", "ignored"])
def test_a_list_with_a_nul_is_refused_before_it_is_kept(place, cast, as_):
    cells = {"header": "Goals", "name": "Ann Bo", "goals": "Promotion", "ignored": "x"}
    cells[place] = cells[place][:1] + NUL + cells[place][1:]
    text = "ID,Name,Email,{header},Shoe size\nN-1,{name},n1@riverside.example,{goals},{ignored}\n".format(**cells)
    coordinator, before = as_("coordinator"), fingerprint()
    data = {"role": "mentee", "file": SimpleUploadedFile("list.csv", text.encode())}
    refused = coordinator.post(reverse("roster-upload", args=[cast.program]), data)
    assert (refused.status_code, fingerprint()) == (200, before)
