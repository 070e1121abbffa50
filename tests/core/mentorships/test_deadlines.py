"""When a mentor is reminded: at most twice, never on the first day, never too late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.mentorships.deadlines import Reminder, reminder_due

FIRST = date(2027, 1, 11)


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, None), (4, None), (5, "half-way"), (8, "half-way"), (9, "day-before"), (10, "day-before"), (11, None)],
)
def test_of_ten_days_the_fifth_and_the_ninth_call_for_a_reminder(days, due):
    assert reminder_due(FIRST, FIRST + timedelta(days=10), FIRST + timedelta(days=days)) == due


@pytest.mark.parametrize(
    ("length", "due"),
    [(0, []), (1, ["day-before"]), (2, ["day-before"]), (3, ["day-before"]), (4, ["half-way", "day-before"])],
)
def test_where_the_time_is_short_there_is_one_reminder_or_none(length, due):
    days = [reminder_due(FIRST, FIRST + timedelta(days=length), FIRST + timedelta(days=n)) for n in range(-2, 8)]
    assert list(dict.fromkeys(day for day in days if day)) == due


@given(st.integers(0, 60), st.integers(-5, 70))
def test_reminders_come_in_order_and_within_the_time(length, n):
    due = reminder_due(FIRST, FIRST + timedelta(days=length), FIRST + timedelta(days=n))
    if due:
        assert 0 < n <= length
    if due == Reminder.HALF_WAY:
        assert length / 2 <= n < length - 1
