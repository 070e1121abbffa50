"""``cheiron worker``: sends the outbox and lets overdue proposals lapse."""

import time

import click


@click.command()
@click.option("--once", is_flag=True, help="Do what waits now, then stop.")
@click.option("--every", default=10, show_default=True, help="Seconds between two looks.")
def worker(once: bool, every: int) -> None:
    """Send letters that wait, and return mentees whose mentor did not answer to the queue."""
    from cheiron.cli.django_setup import start_django

    start_django()
    while True:
        click.echo(work_once())
        if once:
            return
        time.sleep(every)


def work_once() -> str:
    """One look at everything that waits."""
    from django.conf import settings
    from django.utils import timezone

    from cheiron.actions.mentorships import lapse_overdue
    from cheiron.actions.operations import send_letters
    from cheiron.core.access import SYSTEM

    now = timezone.now()
    lapsed = lapse_overdue(actor=SYSTEM, now=now)
    sent = 0 if settings.DEMO else send_letters(actor=SYSTEM, now=now)
    return f"{sent} letters sent, {lapsed} proposals lapsed"
