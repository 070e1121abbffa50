"""A program's own words for its letters: places are checked, filled in and never run."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.operations.kinds import KINDS, LINK, PLACES, check_words, paragraphs_of, standing_words, typed_text
from cheiron.core.operations.letters import in_words, letter

VALUES = {name: f"<{name}>" for name in PLACES if name not in {"name", "link"}}


def draft(kind: str):
    known = {place: VALUES[place] for place in KINDS[kind].known if place in VALUES}
    return letter(kind, once="x", person="p", name="Mina % {name}", **known)


@pytest.mark.parametrize("kind", KINDS)
def test_the_standing_words_can_be_kept_as_own_words_and_read_the_same(kind):
    subject, body = standing_words(KINDS[kind], str)
    assert check_words(KINDS[kind], subject, body) == ()
    own, standing = in_words(draft(kind), subject, body), draft(kind)
    assert str(own.subject) == str(standing.subject)
    assert [str(part) for part in own.paragraphs] == [str(part) for part in standing.paragraphs]
    assert (own.once, own.to_person, own.kind) == (standing.once, standing.to_person, standing.kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_has_a_meaning_and_every_needed_one_is_known(kind):
    assert set(KINDS[kind].known) <= set(PLACES)
    assert set(KINDS[kind].required) <= set(KINDS[kind].known)
    for name in KINDS[kind].required:
        _subject, body = standing_words(KINDS[kind], str)
        without = body.replace(f"{{{name}}}", "")
        assert [str(one.problem) for one in check_words(KINDS[kind], "S", without)] == [
            f"{{{name}}} is missing: {PLACES[name]}."
        ]


@pytest.mark.parametrize(
    ("body", "place"),
    [("Dear {nmae},\n{reason}", "Letter, line 1"), ("{reason}\n\n{", "Letter, line 3"), ("{reason} }", "Letter, line 1"),
     ("{reason}\nsee {link}.", "Letter, line 2"), ("{reason} {}", "Letter, line 1"), ("{reason!r}{reason}", "Letter, line 1"),
     ("{{reason}}", "Letter, line 1"), ("Hello.", "Letter"), (" \n", "Letter"), ("{reason}" * 1000, "Letter")],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_with_its_place(body, place):
    found = check_words(KINDS["no match"], "Subject", body)
    assert place in {str(one.place) for one in found}
    assert all(str(one.problem) and str(one.remedy) for one in found)


@given(st.text(), st.text())
def test_whatever_is_typed_is_checked_without_a_crash_and_what_passes_can_be_sent(subject, body):
    if not check_words(KINDS["back in the queue"], subject, body):
        made = in_words(draft("back in the queue"), subject, body)
        assert [str(part) for part in (made.subject, *made.paragraphs)]


@given(
    st.lists(st.sampled_from(["Dear {name},", "100 %", "%(name)s", "{link}", "%s %d", "", "<b>{mentor}</b>", "=1+1"]))
)
def test_percent_signs_and_markup_stay_what_they_are(lines):
    body = "\n".join(lines)
    if not check_words(KINDS["back in the queue"], "S", body):
        shown = [str(part) for part in in_words(draft("back in the queue"), "S", body).paragraphs]
        expected = "\n".join(lines).replace("{name}", "Mina % {name}").replace("{mentor}", "<mentor>")
        assert re.sub(r"\s", "", "".join(shown)) == re.sub(r"\s", "", expected)


def test_the_link_is_always_a_paragraph_of_its_own():
    assert paragraphs_of("One\n  {link}  \nTwo\r\n\r\nThree") == ["One", LINK, "Two", "Three"]
    assert typed_text(LINK, {}).template == LINK
