"""One act on several people: remind, announce, pause, move, withdraw. What is done is what the preview showed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._pairs import finish
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.operations.letters import Draft
from cheiron.core.people.selections import Act, Order, Plan
from cheiron.core.text import say
from cheiron.models.base import ALPHABET, ID_LENGTH
from cheiron.models.ledger import Batch
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeSheet, Program
from cheiron.queries import selections as queries
from cheiron.queries.endings import open_pairs_of
from cheiron.queries.programs import program_for

AT_ONCE = 500
"""Rows that one statement names; databases take a limited number."""


@transaction.atomic
def act_on_people(
    *, actor: Actor, program_id: str, order: Order, chosen: Iterable[str], batch: str, seal: str, now: datetime
) -> Plan:
    """Do what the preview with this seal showed, once: a second press with the same ``batch`` finds it done."""
    program = program_for(actor, program_id, queries.NEEDS[order.act], lock=True)
    _check_first_time(batch)
    plan = queries.plan_of(actor, program, order, chosen, batch, now)
    if not plan.lines:
        raise Conflict(say("Nobody is left to do this with. Choose other people."))
    if plan.seal != seal:
        raise Conflict(say("Something has changed since this preview, so nothing was done. Look at it again."))
    drafts = DEEDS[order.act](actor, program, order, plan, now)
    post(drafts, program_id=program.id, now=now)
    Batch.objects.create(id=batch, program=program, act=order.act, people=len(plan.lines), done_at=now)
    people = [line.enrollment for line in plan.lines]
    record(actor, now, f"people.{order.act}", program, batch=batch, people=people, letters=len(drafts))
    return plan


def _check_first_time(batch: str) -> None:
    if not re.fullmatch(f"[{ALPHABET}]{{{ID_LENGTH}}}", batch):
        raise Invalid(say("This preview is not complete. Choose the people again."))
    if Batch.objects.filter(pk=batch).exists():
        raise Conflict(say("This has been done already. Nothing was done or sent a second time."))


def _portions(plan: Plan) -> Iterator[list[str]]:
    ids = [line.enrollment for line in plan.lines]
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _write(actor: Actor, program: Program, order: Order, plan: Plan, now: datetime) -> tuple[Draft, ...]:  # noqa: ARG001
    """Nothing but letters; who is invited (again) is marked."""
    invited = {draft.enrollment for draft in plan.drafts if draft.enrollment}
    for ids in _portions(plan):
        Enrollment.objects.filter(pk__in=invited.intersection(ids)).update(invited_at=now)
    return plan.drafts


def _pause(actor: Actor, program: Program, order: Order, plan: Plan, now: datetime) -> tuple[Draft, ...]:  # noqa: ARG001
    """Until the day, or (without one) no longer."""
    for ids in _portions(plan):
        IntakeSheet.objects.filter(enrollment__in=ids).update(paused_until=order.until)
    return plan.drafts


def _withdraw(actor: Actor, program: Program, order: Order, plan: Plan, now: datetime) -> tuple[Draft, ...]:  # noqa: ARG001
    """Pairs end without fault, and then people leave."""
    for pair in open_pairs_of(program, [line.enrollment for line in plan.lines]):
        finish(pair, now)
    for ids in _portions(plan):
        Enrollment.objects.filter(pk__in=ids).update(left_at=now)
    return plan.drafts


def _move(actor: Actor, program: Program, order: Order, plan: Plan, now: datetime) -> tuple[Draft, ...]:
    """They leave here and take part there, with what they told; the letter's link accepts the new part."""
    target = queries.target_of(actor, program, order)
    _withdraw(actor, program, order, plan, now)
    there: dict[str, str] = {}
    for ids in _portions(plan):
        for row in Enrollment.objects.filter(pk__in=ids).select_related("sheet"):
            there[row.id] = _begin_there(row, target, order.role, now)
    parts = {f"moved:{old}:": new for old, new in there.items()}
    return tuple(
        replace(draft, enrollment=parts.get(draft.once[: draft.once.rindex(":") + 1], "")) for draft in plan.drafts
    )


def _begin_there(row: Enrollment, target: Program, role: str, now: datetime) -> str:
    """The new part, or the one that they once had; facts come along where they have told none there."""
    made, _ = Enrollment.objects.update_or_create(
        member_id=row.member_id, program=target, role=role, defaults={"left_at": None, "invited_at": now}
    )
    if hasattr(row, "sheet"):
        told = {
            "facts": row.sheet.facts,
            "about": row.sheet.about,
            "statement": row.sheet.statement,
            "capacity": row.sheet.capacity,
        }
        IntakeSheet.objects.get_or_create(enrollment=made, defaults=told)
    return made.id


DEEDS: Mapping[Act, Callable[[Actor, Program, Order, Plan, datetime], tuple[Draft, ...]]] = {
    Act.REMIND: _write,
    Act.ANNOUNCE: _write,
    Act.PAUSE: _pause,
    Act.RESUME: _pause,
    Act.MOVE: _move,
    Act.WITHDRAW: _withdraw,
}
"""What each act changes, and the letters that it posts."""
