"""Schools: founded from the command line, by whoever runs the server."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.core.access import Actor, Role
from cheiron.core.errors import Denied, Invalid
from cheiron.core.text import say
from cheiron.gateways.links import token_for
from cheiron.models.ledger import OneTimeLink
from cheiron.models.people import Enrollment, Member, Person, School


@transaction.atomic
def found_school(*, actor: Actor, name: str, time_zone: str, email: str, coordinator: str, now: datetime) -> str:
    """Create a school with its first coordinator. Returns the token of a link that signs them in once."""
    if not actor.system:
        raise Denied(say("Schools are founded on the server's command line."))
    if time_zone not in available_timezones():
        raise Invalid(say("“%(zone)s” is not a time zone. Write one such as America/New_York.", zone=time_zone))
    school = School.objects.create(name=name, time_zone=time_zone)
    person = Person.objects.filter(email=email.strip().lower()).first() or Person.objects.create_user(email)
    member = Member.objects.create(school=school, person=person, external_id=person.email, name=coordinator)
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        Enrollment.objects.create(member=member, role=role, joined_at=now)
    link = OneTimeLink.objects.create(
        person=person, purpose=OneTimeLink.Purpose.SIGN_IN, made_at=now, expires_at=now + timedelta(days=1)
    )
    record(actor, now, "school.found", school)
    return token_for(link.id)
