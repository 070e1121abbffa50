"""The components draw what they promise, and show names as text."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.errors import Issue
from cheiron.core.matching.score import Part, Reason
from cheiron.core.text import say
from cheiron.web.shared.templatetags import cheiron as tags
from scripts.vendor import ICONS

STYLES = Path(__file__).resolve().parents[2] / "src" / "cheiron" / "static" / "cheiron"
HOSTILE = '<script>alert("x")</script>'


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context, RequestFactory().get("/people/?q=ann&page=2"))


def part(title: str, weight: int, match: int) -> Part:
    return Part(title.lower(), say(title), say("Both name it."), weight, match, weight * match // 1_000_000)


def reason(*parts: Part) -> Reason:
    return Reason(sum(one.adds for one in parts), parts)


PAIR = reason(part("Goals", 400_000, 880_000), part("Topics", 350_000, 950_000), part("Times", 250_000, 600_000))


@dataclass
class Row:
    """A line of a list of issues that is no file's."""

    place: object
    problem: object
    remedy: object


class Sample(forms.Form):
    name = forms.CharField(help_text="As on your badge.")
    role = forms.ChoiceField(choices=[("a", "Advisor"), ("s", "Sponsor")], widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        choices=[("x", HOSTILE), ("y", "Airway")], widget=forms.CheckboxSelectMultiple, required=False
    )
    stage = forms.ChoiceField(choices=[("1", "Year 1")], required=False)
    agreed = forms.BooleanField(label="I agree")
    roster = forms.FileField(required=False)
    place = forms.CharField(widget=forms.HiddenInput, required=False)
    name.audience = "staff"


# ---------- words and numbers ----------


def test_a_text_of_the_core_is_rendered_and_escaped() -> None:
    assert render("{{ it|said }}", it=say("%(name)s is full.", name="<b>")) == "&lt;b&gt; is full."


def test_a_plain_word_passes_through_and_is_escaped() -> None:
    assert render("{{ it|said }}", it=HOSTILE) == "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("millionths", "shown"),
    [(820_000, ".82"), (1_000_000, "1.00"), (0, ".00"), (None, "–"), (5_000, ".01"), (4_999, ".00"), (-30_000, "−.03")],
)
def test_fit_shows_hundredths(millionths: int | None, shown: str) -> None:
    assert tags.fit(millionths) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Dr. Odalys Brandt", "OB"),
        ("Noor", "N"),
        ("Maren Oduya-Fitch", "MO"),
        ("", ""),
        ("Dr.", "D"),
        ("élan vital", "ÉV"),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert tags.initials_of(name) == letters


def test_initials_of_a_hostile_name_are_text() -> None:
    assert ">&lt;&lt;<" in tags.initials("< <")


# ---------- icons, audience, state ----------


def test_an_icon_is_silent_and_needs_no_request() -> None:
    drawn = tags.icon("lock")
    assert 'aria-hidden="true"' in drawn
    assert "href" not in drawn


@pytest.mark.skipif(not tags.VENDOR.is_dir(), reason="scripts/vendor.py has not been run")
def test_every_icon_is_drawn_once_and_well_formed() -> None:
    for name in ICONS:
        assert len(ElementTree.fromstring(tags.icon(name))) > 0


@pytest.mark.skipif(not tags.VENDOR.is_dir(), reason="scripts/vendor.py has not been run")
def test_an_unknown_icon_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"add it to ICONS in scripts/vendor\.py"):
        tags.icon("no-such-icon")


@pytest.mark.parametrize("key", tags.AUDIENCES)
def test_every_audience_has_an_icon_and_words(key: str) -> None:
    drawn = tags.audience(key)
    assert tags.AUDIENCES[key][0] in ICONS
    assert 'class="visually-hidden">Seen by: </span>' in drawn
    assert str(tags.AUDIENCES[key][1]) in drawn


def test_an_unknown_audience_is_refused() -> None:
    with pytest.raises(KeyError):
        tags.audience("everyone on earth")


def test_a_state_has_a_glyph_and_a_word() -> None:
    assert re.fullmatch(
        r'<span class="state look"><svg .*</svg>Needs a look</span>',
        render('{% state "look" "eye" _("Needs a look") %}'),
    )


def test_a_hostile_state_is_text() -> None:
    assert HOSTILE not in tags.state("look", "eye", HOSTILE)


# ---------- score ----------


def test_the_score_bar_names_each_part_and_what_is_not_met() -> None:
    drawn = render("{% scorebar it %}", it=PAIR)
    assert 'aria-label="Fit .83 of 1: Goals 0.35, Topics 0.33, Times 0.15"' in drawn
    assert ".17 not met" in drawn
    assert "style=" not in drawn


@given(st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 1_000_000)), max_size=11))
def test_shown_parts_sum_to_the_shown_score(drawn: list[tuple[int, int]]) -> None:
    whole = sum(weight for weight, _ in drawn) or 1
    parts = [part("Goals", weight * 1_000_000 // whole, match) for weight, match in drawn]
    bar = tags.scorebar_geometry(parts)
    assert sum(segment.hundredths for segment in bar.segments) == bar.hundredths
    assert bar.shown == tags.fit(sum(one.adds for one in parts))


def test_the_parts_of_a_bar_follow_one_another() -> None:
    bar = tags.scorebar_geometry(PAIR.parts)
    assert [segment.percent_x for segment in bar.segments] == ["0.00%", "35.20%", "68.45%"]
    assert [segment.percent_width for segment in bar.segments] == ["34.95%", "33.00%", "14.75%"]


def test_labels_without_room_stand_in_a_row_of_their_own() -> None:
    narrow = reason(part("Goals", 940_000, 900_000), part("Career path", 60_000, 100_000), part("Place", 0, 0))
    assert tags.scorebar_geometry(PAIR.parts).direct
    assert not tags.scorebar_geometry(narrow.parts).direct
    assert "<text" not in render("{% scorebar it %}", it=narrow)


def test_a_whole_score_has_nothing_unmet() -> None:
    assert tags.scorebar_geometry([part("Goals", 1_000_000, 1_000_000)]).unmet == ""


def test_a_table_beside_the_bar_shows_the_same_sum() -> None:
    source = (
        "{% geometry it as bar %}{% for p in bar.segments %}"
        "{{ p.weight_percent }} × {{ p.match_shown }} = {{ p.shown }};{% endfor %}{{ bar.shown }}"
    )
    assert render(source, it=PAIR) == "40 % × 0.88 = .35;35 % × 0.95 = .33;25 % × 0.60 = .15;.83"


def test_a_part_bar_says_what_it_draws() -> None:
    drawn = tags.partbar(tags.scorebar_geometry(PAIR.parts).segments[0])
    assert 'aria-label="0.35 of at most 0.40"' in drawn
    assert '<rect width="100.0" height="8" rx="1.5" class="f-track"/><rect width="88.0"' in drawn


def test_a_hostile_title_is_text() -> None:
    assert HOSTILE not in render("{% scorebar it %}", it=reason(part(HOSTILE, 1_000_000, 500_000)))


# ---------- capacity, ranks, steps ----------


def blocks(drawn: str) -> list[str]:
    return re.findall(r'<rect [^>]*class="(\S+)', drawn.replace('"/>', ' "/>'))


def test_the_meter_has_one_block_for_each_place() -> None:
    drawn = tags.meter(3, 5, carried=1, fair=2.2)
    assert blocks(drawn) == ["f-carried", "f-mid", "f-mid", "f-track", "f-track"]
    assert 'aria-label="3 of 5 places, 1 carried from before, fair share 2.2"' in drawn
    assert 'x1="56.6"' in drawn


def test_places_beyond_the_capacity_are_amber_and_planned_ones_dashed() -> None:
    assert blocks(tags.meter(3, 2)) == ["f-mid", "f-mid", "f-amber"]
    assert blocks(tags.meter(1, 3, planned=1)) == ["f-mid", "f-soft", "f-track"]


def test_a_mentor_of_many_places_keeps_to_the_width() -> None:
    assert 'width="208"' in tags.meter(10, 40)
    assert len(blocks(tags.meter(10, 40))) == 40


def test_no_places_at_all_is_said() -> None:
    assert 'aria-label="0 of 0 places"' in tags.meter(0, 0)


def test_rank_bars_are_a_table() -> None:
    drawn = render("{% rankbars rows %}", rows=[("First", 118), (say("Second"), 59), ("No match", 3, "none")])
    assert re.findall(r'<th scope="row">(.*?)</th>', drawn) == ["First", "Second", "No match"]
    assert re.findall(r'<rect width="(\S+)" .*?class="(\S+)"', drawn) == [
        ("100.0%", "f-1"),
        ("50.0%", "f-1"),
        ("2.5%", "f-carried"),
    ]


def test_rank_bars_of_nobody_are_an_empty_table() -> None:
    assert "<tr>" not in render("{% rankbars rows %}", rows=[])


def test_steps_say_where_one_is() -> None:
    drawn = render("{% steps 2 %}")
    assert re.findall(r'<li(?: class="(\w+)")?', drawn) == ["done", "now", "", ""]
    assert drawn.count('aria-current="step"') == 1
    assert drawn.index("Upload") < drawn.index("Done")


# ---------- pages and forms ----------


def test_the_base_page_stands_without_a_shell() -> None:
    page = render(
        '{% extends "shared/base.html" %}{% block title %}A{% endblock %}{% block main %}B{% endblock %}', shell={}
    )
    assert "<title>A · Cheiron</title>" in page
    assert '<main id="main"' in page
    assert "<nav" not in page
    assert "<details" not in page


def test_the_base_page_draws_who_one_is() -> None:
    people = {"label": "People", "url": "/people/", "current": True, "icon": "people"}
    shell = {
        "nav": [people, {"label": HOSTILE, "url": "/x/", "current": False, "icon": ""}],
        "tabs": [people],
        "school": "Harrow Lake",
        "account_name": "Maren Oduya-Fitch",
        "initials": "MO",
        "account_url": "/account/",
        "sign_out_url": "/sign-out/",
    }
    page = render('{% extends "shared/base.html" %}', shell=shell)
    assert page.count('<a href="/people/" aria-current="page">') == 3
    assert '<form method="post" action="/sign-out/">' in page
    assert "Maren Oduya-Fitch, your account and menu" in page
    assert HOSTILE not in page


def test_a_refusal_shows_where_what_and_what_to_do() -> None:
    issue = Issue(say("The mail address is missing."), say("Add it."), row=4)
    page = render('{% extends "shared/refusal.html" %}', shell={}, heading="No", text=say("Not now."), issues=[issue])
    assert "Not now." in page
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["Row 4"]
    assert 'href="/"' in page


def test_a_hostile_issue_is_text() -> None:
    row = Row(HOSTILE, HOSTILE, HOSTILE)
    assert HOSTILE not in render('{% include "shared/issues.html" %}', issues=[row])


def test_a_form_ties_label_help_error_and_audience_together() -> None:
    drawn = render('{% include "shared/form.html" %}', form=Sample({"role": "a"}))
    assert '<label class="field-label" for="id_name">' in drawn
    control = re.search(r'<input [^>]*name="name"[^>]*>', drawn).group()
    assert 'class="form-control"' in control
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_name_helptext id_name_error"' in control
    assert 'id="id_name_helptext">As on your badge.' in drawn
    assert 'id="id_name_error"' in drawn
    assert "Program staff" in drawn
    assert "Nothing you typed is lost." in drawn


def test_choices_are_a_named_group() -> None:
    drawn = render('{% include "shared/form.html" %}', form=Sample())
    assert len(re.findall(r"<fieldset .*?<legend", drawn, re.S)) == 2
    assert drawn.count('class="form-check-input"') == 5
    assert '<select name="stage" class="form-select"' in drawn
    assert "data-drop" in drawn
    assert HOSTILE not in drawn


def test_pages_keep_the_rest_of_the_address() -> None:
    drawn = render('{% include "shared/pagination.html" %}', page=Paginator(range(70), 25).page(2))
    assert re.findall(r'href="(.*?)"', drawn) == ["?q=ann&amp;page=1", "?q=ann&amp;page=3"]
    assert "26 to 50 of 70" in drawn


def test_one_page_needs_no_pages() -> None:
    assert render('{% include "shared/pagination.html" %}', page=Paginator(range(3), 25).page(1)).strip() == ""


# ---------- styles ----------


def tokens(selector: str) -> list[str]:
    sheet = (STYLES / "foundation.css").read_text()
    return sheet.split(f"{selector} {{", 1)[1].split("}", 1)[0].split()


def test_dark_colors_are_the_same_with_and_without_a_script() -> None:
    assert tokens('\n  [data-bs-theme="dark"]') == tokens(":root:not([data-bs-theme])")
    assert len(tokens(":root:not([data-bs-theme])")) > 40
