"""``cheiron worker``: sends the outbox, writes the letters of the day and lets overdue proposals lapse."""

import time

import click


@click.command()
@click.option("--once", is_flag=True, help="Do what waits now, then stop.")
@click.option("--every", default=10, show_default=True, help="Seconds between two looks.")
def worker(once: bool, every: int) -> None:
    """Send letters that wait, and return mentees whose mentor did not answer to the queue.

    Several workers may run at once, and each may be killed at any moment: what it was busy with goes on later.
    """
    from cheiron.cli.django_setup import start_django

    start_django()
    while not once:
        _look()
        time.sleep(every)
    click.echo(work_once())


def _look() -> None:
    """One look; a database that is away for a while (an update, a restart) stops no worker."""
    from django.db import DatabaseError, close_old_connections

    try:
        click.echo(work_once())
    except DatabaseError as away:
        click.echo(f"The database did not answer, so the worker looks again later: {away}", err=True)
    close_old_connections()


def work_once() -> str:
    """One look at everything that waits."""
    from django.conf import settings
    from django.utils import timezone

    from cheiron.actions.mentorships import lapse_overdue, remind_mentors
    from cheiron.actions.notices import write_digests
    from cheiron.core.access import SYSTEM

    lapsed = lapse_overdue(actor=SYSTEM, now=timezone.now())
    remind_mentors(actor=SYSTEM, now=timezone.now())
    write_digests(actor=SYSTEM, now=timezone.now())
    sent = 0 if settings.DEMO else _send_waiting()
    return f"{sent} letters sent, {lapsed} proposals lapsed"


def _send_waiting() -> int:
    """One by one, each claimed at its own moment: a slow mail server lets no claim grow old."""
    from django.utils import timezone

    from cheiron.actions.operations import send_letters
    from cheiron.core.access import SYSTEM
    from cheiron.queries.operations import letters_waiting

    sent = 0
    while letters_waiting(timezone.now()).exists():
        sent += send_letters(actor=SYSTEM, now=timezone.now(), most=1)
    return sent
