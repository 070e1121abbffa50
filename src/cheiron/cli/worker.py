"""``cheiron worker``: sends the outbox, writes the letters of the day and lets overdue proposals lapse."""

import time
from datetime import timedelta

import click

from cheiron.core.operations.outbox import LEASE_SECONDS


@click.command()
@click.option("--once", is_flag=True, help="Do what waits now, then stop.")
@click.option("--every", default=10, show_default=True, help="Seconds between two looks.")
@click.option(
    "--lease",
    type=click.IntRange(min=1),
    default=LEASE_SECONDS,
    show_default=True,
    help="Seconds that a letter waits if this worker dies on it.",
)
def worker(once: bool, every: int, lease: int) -> None:
    """Send letters that wait, and return mentees whose mentor did not answer to the queue.

    Several workers may run at once, and each may be killed at any moment: what it was busy with goes on later.
    """
    from cheiron.cli.django_setup import start_django

    start_django()
    while not once:
        _look(lease)
        time.sleep(every)
    click.echo(work_once(lease))


def _look(lease: int) -> None:
    """One look; a database that is away for a while (an update, a restart) stops no worker."""
    from django.db import Error, close_old_connections

    try:
        click.echo(work_once(lease))
    except Error as away:
        click.echo(f"The database did not answer, so the worker looks again later: {away}", err=True)
    close_old_connections()


def work_once(lease: int = LEASE_SECONDS) -> str:
    """One look at everything that waits."""
    from django.conf import settings
    from django.utils import timezone

    from cheiron.actions.mentorships import lapse_overdue, remind_mentors
    from cheiron.actions.notices import write_digests
    from cheiron.core.access import SYSTEM

    lapsed = lapse_overdue(actor=SYSTEM, now=timezone.now())
    remind_mentors(actor=SYSTEM, now=timezone.now())
    write_digests(actor=SYSTEM, now=timezone.now())
    sent = 0 if settings.DEMO else _send_waiting(timedelta(seconds=lease))
    return f"{sent} letters sent, {lapsed} proposals lapsed"


def _send_waiting(lease: timedelta) -> int:
    """One by one, each claimed at its own moment: so that a slow mail server makes no later claim shorter."""
    from django.utils import timezone

    from cheiron.actions.operations import send_letters
    from cheiron.core.access import SYSTEM
    from cheiron.queries.operations import letters_waiting

    sent = 0
    while letters_waiting(timezone.now()).exists():
        sent += send_letters(actor=SYSTEM, now=timezone.now(), most=1, lease=lease)
    return sent
