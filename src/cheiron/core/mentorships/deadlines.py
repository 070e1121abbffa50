"""When a mentor who has not answered is reminded: half-way, and on the day before the last."""

from datetime import date, timedelta
from enum import StrEnum


class Reminder(StrEnum):
    """Each is written at most once for a proposal."""

    HALF_WAY = "half-way"
    DAY_BEFORE = "day-before"


def reminder_due(proposed_on: date, answer_by: date, today: date) -> Reminder | None:
    """Which reminder this day calls for, if any: none on the day of the proposal, and none once it is too late.

    Whoever missed the half-way one gets the last one only; where the time is short, there is one alone.
    """
    if not proposed_on < today <= answer_by:
        return None
    if today >= answer_by - timedelta(days=1):
        return Reminder.DAY_BEFORE
    return Reminder.HALF_WAY if today - proposed_on >= (answer_by - proposed_on) / 2 else None
