"""``cheiron rosters``: takes lists of people from a folder that the school's own systems write to."""

import time
from pathlib import Path

import click


@click.command()
@click.option("--once", is_flag=True, help="Take what lies there now, then stop.")
@click.option("--every", default=60, show_default=True, help="Seconds between two looks.")
@click.option("--still", default=30, show_default=True, help="Seconds for which a file must not have changed.")
def rosters(once: bool, every: int, still: int) -> None:
    """Import lists of people from the folder CHEIRON_ROSTERS.

    Each list is taken whole or refused whole, with the columns as they were read the last time, and put into the
    folder done or refused with a report beside it. Coordinators are told. It may be killed at any moment.
    """
    from cheiron.cli.django_setup import start_django

    start_django()
    while not once:
        _look_patiently(still)
        time.sleep(every)
    for line in look(still):
        click.echo(line)


def _look_patiently(still: float) -> None:
    """One look; a database or a folder that is away for a while stops nothing."""
    from django.db import DatabaseError, close_old_connections

    try:
        for line in look(still):
            click.echo(line)
    except (DatabaseError, OSError) as away:
        click.echo(f"This look was given up, and the next one comes: {away}", err=True)
    close_old_connections()


def look(still: float) -> list[str]:
    """One look at the folder. Returns a line for each file."""
    from django.conf import settings
    from django.utils import timezone

    from cheiron.core.errors import Conflict
    from cheiron.core.text import say
    from cheiron.gateways.folders import dropped, lay_out
    from cheiron.queries.imports import WATCHED_ROLES, watched_programs

    if not settings.ROSTERS:
        raise Conflict(say("No folder is watched. Set CHEIRON_ROSTERS to the folder into which lists are put."))
    root = Path(settings.ROSTERS)
    lay_out(root, watched_programs(timezone.now()), WATCHED_ROLES)
    files = dropped(root, WATCHED_ROLES, still, settings.UPLOAD_LIMIT, timezone.now())
    return [_take(file) for file in files]


def _take(file) -> str:
    """Import one file and put it away; the reason why it was refused stands in the report."""
    from cheiron.core.errors import Invalid, NotFound
    from cheiron.gateways.folders import DONE, REFUSED, put_away

    try:
        report, place = _imported(file), DONE
    except Invalid as refused:
        report, place = _refused(file, refused), REFUSED
    except NotFound as unknown:
        report, place = str(unknown.text), REFUSED
    try:
        put_away(file, place, report)
    except OSError as stuck:
        return f"{file.path.name}: {place}, and could not be moved: {stuck.strerror}"
    return f"{file.path.name}: {place}"


def _imported(file) -> str:
    from django.conf import settings
    from django.utils import timezone

    from cheiron.actions.imports import take_roster
    from cheiron.core.access import SYSTEM
    from cheiron.core.errors import Invalid, Issue
    from cheiron.core.text import say

    if file.content is None:
        problem = say("The file is larger than %(limit)s MB.", limit=settings.UPLOAD_LIMIT // 2**20)
        raise Invalid(say("Nobody was imported."), (Issue(problem, say("Split the list into several files.")),))
    count = take_roster(
        actor=SYSTEM, program_id=file.program, role=file.role, filename=file.path.name, content=file.content,
        digest=file.digest, now=timezone.now(),
    )  # fmt: skip
    return "This file was imported before." if count is None else f"Imported. People new or changed: {count}."


def _refused(file, refused) -> str:
    from django.utils import timezone

    from cheiron.actions.imports import tell_refused_roster
    from cheiron.core.access import SYSTEM

    tell_refused_roster(
        actor=SYSTEM, program_id=file.program, role=file.role, filename=file.path.name, digest=file.digest,
        refused=refused, now=timezone.now(),
    )  # fmt: skip
    issues = [f"{issue.place}: {issue.problem} {issue.remedy}" for issue in refused.issues]
    return "\n".join(("Refused. Nobody was imported.", *(issues or [str(refused.text)])))
