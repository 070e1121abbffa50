"""What a page says of an import that is under way."""

from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cheiron.gateways.progress import Progress

STAGES = {
    "waiting": gettext_lazy("Beginning"),
    "reading": gettext_lazy("Reading the list"),
    "checking": gettext_lazy("Checking every row"),
    "finishing": gettext_lazy("Finishing"),
}


def words_of(far: Progress, *, pairs: bool) -> str:
    """What is being done, and with how many."""
    if far.stage in STAGES:
        return str(STAGES[far.stage])
    count = {"done": _grouped(far.done), "total": _grouped(far.total)}
    words = _("Writing %(done)s of %(total)s pairs") if pairs else _("Writing %(done)s of %(total)s people")
    return words % count


def left_of(far: Progress) -> str:
    """How long it will take at this pace; empty as long as there is none."""
    if not far.left:
        return ""
    n = ceil(far.left)
    if n <= 90:
        return ngettext("about %(n)s second left", "about %(n)s seconds left", n) % {"n": n}
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", ceil(n / 60)) % {"n": ceil(n / 60)}


def _grouped(n: int) -> str:
    return number_format(n, use_l10n=True, force_grouping=True)
