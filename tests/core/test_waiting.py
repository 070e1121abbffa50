"""What somebody who waits is told: never a date that nobody set, never that somebody knows who was not told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.programs.waiting import NextMatch, check_next_match, next_match, waiting_line

TODAY = date(2027, 3, 10)
DAYS = st.one_of(st.none(), st.integers(-40, 40).map(lambda days: TODAY + timedelta(days=days)))


@given(DAYS, DAYS.filter(lambda day: day is None or day <= TODAY))
def test_a_date_is_shown_only_where_it_lies_ahead_and_was_not_kept_already(on, published):
    state = next_match(on, TODAY, published)
    kept = published is not None and on is not None and published >= on
    assert (state is NextMatch.SET) == (on is not None and on >= TODAY and not kept)
    assert (state is NextMatch.PASSED) == (on is not None and on < TODAY and not kept)


@pytest.mark.parametrize(
    ("state", "told", "line"),
    [
        (NextMatch.SET, True, "Waiting since 3 March. The next match is on Friday 21 March."),
        (NextMatch.SET, False, "Waiting since 3 March. The next match is on Friday 21 March."),
        (NextMatch.PASSED, True, "Waiting since 3 March. The date has moved; a new one is not set."),
        (
            NextMatch.OPEN,
            True,
            "Waiting since 3 March. No date is set yet; the coordinator has been told that you wait.",
        ),
        (NextMatch.OPEN, False, "Waiting since 3 March. No date is set yet."),
    ],
)
def test_the_line(state, told, line):
    assert str(waiting_line(state, since="3 March", on="Friday 21 March", told=told)) == line


def test_a_day_that_cannot_be_promised_is_refused_with_what_to_do():
    check_next_match(None, TODAY, TODAY)
    check_next_match(TODAY, TODAY, TODAY)
    for day, problem in ((TODAY - timedelta(days=1), "has passed"), (date(2027, 4, 1), "after the end")):
        with pytest.raises(Invalid, match=problem) as refused:
            check_next_match(day, TODAY, date(2027, 3, 31))
        assert refused.value.issues
