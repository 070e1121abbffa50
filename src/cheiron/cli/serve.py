"""``cheiron serve`` and ``cheiron demo``: the web server on this machine."""

import subprocess
import sys
from pathlib import Path

import click

ADDRESS = "127.0.0.1"


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default=ADDRESS, show_default=True, help="Address to listen on.")
@click.option("--threads", default=4, show_default=True, help="Requests answered at once.")
def serve(port: int, host: str, threads: int) -> None:
    """Bring the database up to date and serve the site with gunicorn."""
    from cheiron.cli.django_setup import start_django

    start_django()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if settings.PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
    _serve(host, port, threads)


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Build the demo school anew first.")
@click.option("--build-only", is_flag=True, help="Build the demo school, and do not serve it.")
def demo(port: int, fresh: bool, build_only: bool) -> None:
    """Serve a school of invented people on SQLite; letters are written, and none is sent."""
    from cheiron.cli.django_setup import start_django

    start_django("demo")
    from django.conf import settings

    place = Path(settings.DATABASES["default"]["NAME"])
    if fresh or not place.exists():
        _build(place)
    if not build_only:
        click.echo(f"The demo school is at http://{ADDRESS}:{port} (stop it with Ctrl+C).")
        _serve(ADDRESS, port, 4)


def _build(place: Path) -> None:
    """Into a file beside the old one, so that a demo that was stopped half-way is never served."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from cheiron.actions.demo_school import build_demo_school

    click.echo("Building the demo school ...")
    _forget(place)
    unfinished = place.with_suffix(".building")
    _forget(unfinished)
    connection.settings_dict["NAME"] = str(unfinished)
    call_command("migrate", verbosity=0)
    build_demo_school(now=timezone.now())
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    connection.settings_dict["NAME"] = str(place)
    unfinished.rename(place)
    _forget(unfinished)


def _forget(place: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(str(place) + ending).unlink(missing_ok=True)


def _serve(host: str, port: int, threads: int) -> None:
    """gunicorn as its own process: it stops cleanly on Ctrl+C and SIGTERM."""
    command = [sys.executable, "-m", "gunicorn", "cheiron.wsgi:application", "--bind", f"{host}:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(threads), "--log-level", "warning"]
    sys.exit(subprocess.call(command))
