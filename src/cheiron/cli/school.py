"""``cheiron school``: the first school and the first coordinator of a new instance."""

import click


@click.command()
@click.argument("name")
@click.option("--coordinator", "email", required=True, help="Email address of the first coordinator.")
@click.option("--coordinator-name", required=True, help="What the coordinator is called.")
@click.option("--time-zone", default="America/New_York", show_default=True, help="Where the school is.")
def school(name: str, email: str, coordinator_name: str, time_zone: str) -> None:
    """Create the school NAME and print a link with which its first coordinator signs in."""
    from cheiron.cli.django_setup import start_django

    start_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone

    from cheiron.actions.schools import found_school
    from cheiron.core.access import SYSTEM

    call_command("migrate", verbosity=0)
    token = found_school(
        actor=SYSTEM, name=name, time_zone=time_zone, email=email, coordinator=coordinator_name, now=timezone.now()
    )
    click.echo(f"{name} is there. Its coordinator signs in here, once, within a day:")
    click.echo(settings.BASE_URL + reverse("link", args=[token]))
