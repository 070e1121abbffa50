"""A reason typed beside a pair is kept with whichever decision is pressed."""

import pytest
from django.urls import reverse

from cheiron.models.matching import Override


@pytest.mark.parametrize(
    ("pressed", "kind"), [({"kind": "lock"}, "lock"), ({"kind": "forbid"}, "forbid"), ("pin", "pin")]
)
def test_the_reason_goes_with_the_decision(pressed, kind, cast, as_):
    client = as_("coordinator")
    client.post(reverse("draft", args=[cast.draft]))
    page = client.get(reverse("studio", args=[cast.draft]))
    chosen = page.context["chosen"]
    Override.objects.filter(round=cast.draft).delete()
    if pressed == "pin":
        others = (other for other in chosen.alternatives if other.one.kind != "not-eligible" and other.mentor.places)
        free = next(other.mentor.id for other in others)
        pressed = {"pin": free}
    data = {"mentee": chosen.row.id, "mentor": chosen.row.mentor, "reason": "Both asked for it.", **pressed}
    client.post(reverse("decide", args=[cast.draft]), data)
    kept = Override.objects.get(round=cast.draft, undone_at=None)
    assert (kept.kind, kept.reason) == (kind, "Both asked for it.")
