"""Every address of the site, what to put into it, and what to send to it: the walk that several guarantees take."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cheiron.gateways.links import switches_token_for
from cheiron.models.people import RosterImport
from tests.cast import NOW, PRINCIPALS, WAITING, Cast, browser, roster

METHODS = ("GET", "POST")
PUBLIC = {
    "home",
    "healthz",
    "guide",
    "sign-in",
    "sign-in-link",
    "link",
    "join",
    "sign-out",
    "demo",
    "calendar-feed",
    "mail-link",
}
"""Home sends those who are not signed in on their way; demo answers in the demo only; a calendar program has no session."""


def routes() -> list[URLPattern]:
    """Every pattern that the resolver knows."""
    return list(_patterns(get_resolver()))


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


@dataclass(frozen=True)
class Stop:
    """One address of the walk. ``name`` is the route's, with a word after ``@`` where it is visited more than once."""

    name: str
    args: Callable[[Cast], tuple] = lambda _: ()
    data: Callable[[Cast], Mapping] = lambda _: {}

    @property
    def route(self) -> str:
        return self.name.partition("@")[0]

    def url(self, cast: Cast) -> str:
        return reverse(self.route, args=self.args(cast))


def _csv(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", content, content_type="text/csv")


def _program(cast: Cast) -> tuple:
    return (cast.program,)


def _imported(cast: Cast) -> str:
    """The newest list that was imported."""
    return RosterImport.objects.filter(program=cast.program, state="applied").latest("applied_at").id


def _own(role: str) -> Callable[[Cast], tuple]:
    return lambda cast: (cast.program, role)


_PROGRAM = {"name": "New name", "starts_on": "2027-02-01", "ends_on": "2027-12-01"}
_ADJUST = {
    **_PROGRAM,
    "mentees_per_mentor": 2, "meet_every_days": 30, "meeting_minutes": 30, "answer_within_days": 10,
    **{f"weight_{key}": 10 for key in
       ("goals", "topics", "specialty", "roles", "times", "languages", "place", "stage", "wish", "statement")},
}  # fmt: skip
ROLES = ("mentee", "mentor", "peer_mentor", "senior", "coordinator")

STOPS: tuple[Stop, ...] = (
    Stop("home"),
    Stop("guide", lambda _: ("explanation/matching",)),
    Stop("healthz"),
    Stop("sign-in", data=lambda _: {"email": "otto@riverside.example", "password": "not the password"}),
    Stop("sign-in-link", data=lambda _: {"email": "otto@riverside.example"}),
    Stop("link", lambda cast: (cast.token,)),
    Stop("sign-out"),
    Stop("account"),
    Stop("profile", lambda cast: (cast.profile,), lambda _: {"name": "Mina Okafor", "to_pair": ["title"]}),
    Stop("photo", lambda cast: (cast.photo,)),
    Stop("calendar", data=lambda _: {"names": "first"}),
    Stop("mail", data=lambda _: {"messages": "digest"}),
    Stop(
        "mail-link", lambda cast: (switches_token_for(cast.persons["other_mentee"]),), lambda _: {"messages": "never"}
    ),
    Stop("calendar-feed", lambda cast: (cast.feed,)),
    Stop("privacy"),
    Stop("privacy-uses", lambda cast: (cast.profile,), lambda _: {"for_figures": "on"}),
    Stop("privacy-copy"),
    Stop("privacy-erase", data=lambda _: {"password": "not the password", "sure": "on"}),
    Stop("password", data=lambda _: {"password": "a sentence that is long"}),
    Stop("demo"),
    Stop("program-new", data=lambda _: {**_PROGRAM, "model": "dyad", "mentees_per_mentor": 2}),
    Stop(
        "program-setup@words", lambda cast: (cast.setup, "words"), lambda _: {"mentor": "coach", "mentors": "coaches"}
    ),
    Stop("program-setup@look", lambda cast: (cast.setup, "look")),
    Stop("program-setup-preview", lambda cast: (cast.setup, "mentee")),
    Stop("program-clone", _program),
    Stop("questions", _program, lambda _: {"ask_goals": "on", "mentee_goals": "What for?", "mentor_goals": ""}),
    Stop("close", _program, lambda _: {"into": "", "seal": "not that of a preview"}),
    Stop("my-file", _program),
    Stop("my-file-take", _program),
    Stop("program", _program),
    Stop("program-door", _program),
    Stop("program-adjust", _program, lambda _: _ADJUST),
    Stop("program-preview", lambda cast: (cast.program, "mentee")),
    *(Stop(f"intake@{role}", _own(role), lambda _: {"about": "Hello.", "capacity": 1}) for role in ROLES),
    *(Stop(f"intake-draft@{role}", _own(role), lambda _: {"about": "Hello.", "edition": ""}) for role in ROLES),
    *(Stop(f"about-me@{role}", _own(role), lambda _: {"gender": "Woman"}) for role in ROLES),
    Stop("directory", _program),
    Stop("wishes", _program, lambda cast: {"mentor": cast.parts["M-1"], "move": "add"}),
    Stop("people", _program),
    Stop("roster-upload", _program, lambda _: {"role": "mentee", "file": _csv(roster(*WAITING))}),
    Stop("roster-undo", _program),
    Stop("roster-template", lambda cast: (cast.program, "mentee")),
    Stop("invite", _program, lambda cast: {"to": [cast.parts["E-5"]]}),
    Stop("staff", _program, lambda _: {"name": "Ned Fox", "email": "ned@riverside.example", "role": "evaluator"}),
    Stop("dismiss", _program, lambda cast: {"enrollment": cast.parts["S-evaluator"]}),
    Stop("selection", _program, lambda cast: {"act": "withdraw", "who": [cast.parts["E-5"]]}),
    Stop("lines", _program, lambda _: {"file": _csv(b"student,assessor,kind\nE-3,M-1,grades\n")}),
    Stop("roster-columns", lambda cast: (cast.upload,), lambda _: {f"column_{i}": "ignored" for i in range(3)}),
    Stop("roster-check", lambda cast: (cast.upload,)),
    Stop(
        "pairs-import",
        _program,
        lambda _: {"file": _csv(b"mentee,mentor,from,until\nE-5,M-1,2025-10-01,2026-06-30\n")},
    ),
    Stop("pairs-check", lambda cast: (cast.pairs,), lambda _: {"letters": "yes"}),
    Stop("roster-progress", lambda cast: (cast.upload,)),
    Stop("roster-done", lambda cast: (_imported(cast),)),
    Stop("roster-drop", lambda cast: (cast.upload,)),
    Stop("join", lambda cast: (cast.join_link,), lambda _: {"name": "Jo Reed", "email": "jo@riverside.example"}),
    Stop("joining", _program),
    Stop("join-link", _program, lambda _: {"role": "mentor", "days": 30}),
    Stop("join-answer", _program, lambda cast: {"verb": "approve", "request": [cast.join_request]}),
    Stop("join-poster", lambda cast: (cast.program, "mentee")),
    Stop("rounds", _program, lambda _: {"name": "One more"}),
    Stop("studio@draft", lambda cast: (cast.draft,)),
    Stop("studio@published", lambda cast: (cast.past_round,)),
    Stop("draft", lambda cast: (cast.draft,)),
    Stop("weights", lambda cast: (cast.draft,), lambda _: {"goals": "40"}),
    Stop("methods", lambda cast: (cast.draft,)),
    Stop("effect", lambda cast: (cast.draft,)),
    Stop(
        "decide",
        lambda cast: (cast.draft,),
        lambda cast: {"kind": "forbid", "mentee": cast.parts["E-5"], "mentor": cast.parts["M-1"], "reason": "So."},
    ),
    Stop("undo", lambda cast: (cast.draft,)),
    Stop("redo", lambda cast: (cast.draft,)),
    Stop("review", lambda cast: (cast.draft,), lambda _: {"answer_by": "2027-02-01"}),
    Stop("reopen", lambda cast: (cast.reviewed,)),
    Stop("publish", lambda cast: (cast.reviewed,)),
    Stop("figures", lambda cast: (cast.draft,)),
    Stop("compare", lambda cast: (cast.draft,)),
    Stop("groups@draft", lambda cast: (cast.draft,)),
    Stop("groups@published", lambda cast: (cast.past_round,)),
    Stop("networks@draft", lambda cast: (cast.draft,)),
    Stop("networks@published", lambda cast: (cast.past_round,)),
    Stop("history", lambda cast: (cast.draft,)),
    Stop("round-file", lambda cast: (cast.draft, "problem")),
    Stop("pairs", _program),
    Stop("pairs-file", _program),
    Stop("queue", _program),
    Stop("queue-ask", _program, lambda cast: {"mentee": cast.parts["E-2"], "mentor": cast.parts["M-3"]}),
    Stop("queue-date", _program, lambda _: {"on": f"{NOW.year}-03-01"}),
    Stop("queue-fill", _program, lambda _: {"seal": "none"}),
    Stop("queue-switch", _program, lambda _: {"at_once": "yes"}),
    Stop("mentorship@active", lambda cast: (cast.mentorship,)),
    Stop("mentorship@proposed", lambda cast: (cast.proposed,)),
    Stop("answer@active", lambda cast: (cast.mentorship,), lambda _: {"verb": "accept"}),
    Stop("answer@proposed", lambda cast: (cast.proposed,), lambda _: {"verb": "accept"}),
    Stop("reply", lambda cast: (cast.proposed,), lambda _: {"answer": "Yes."}),
    Stop(
        "meeting-propose",
        lambda cast: (cast.mentorship,),
        lambda _: {"day": f"{NOW.year}-03-01", "hour": "12:00", "minutes": 30, "place": "Library"},
    ),
    Stop("agenda", lambda cast: (cast.mentorship,), lambda _: {"text": "A point."}),
    Stop("contact", lambda cast: (cast.mentorship,), lambda _: {"kind": "call"}),
    Stop("change@active", lambda cast: (cast.mentorship,), lambda _: {"note": ""}),
    Stop("change@proposed", lambda cast: (cast.proposed,), lambda _: {"note": ""}),
    Stop("thread@active", lambda cast: (cast.mentorship,), lambda _: {"text": "Hello.", "key": "walk"}),
    Stop("thread@proposed", lambda cast: (cast.proposed,), lambda _: {"text": "Hello.", "key": "walk"}),
    Stop("thread-mute", lambda cast: (cast.mentorship,), lambda _: {"mute": "yes"}),
    Stop("message-report", lambda cast: (cast.message,), lambda _: {"concern": ""}),
    Stop("reports", _program),
    Stop("report-settle", lambda cast: (cast.report,), lambda _: {"outcome": "Spoke with both."}),
    Stop("meeting", lambda cast: (cast.meeting,), lambda _: {"verb": "cancel"}),
    Stop("meeting-calendar", lambda cast: (cast.meeting,)),
    Stop("change-settle", lambda cast: (cast.change,), lambda _: {"end": "yes"}),
    Stop("letters", _program),
    Stop("wording", _program),
    Stop(
        "wording-edit",
        lambda cast: (cast.program, "no-match"),
        lambda _: {"keep": "yes", "subject": "Not yet", "body": "Dear {name}, {reason}"},
    ),
    Stop("wording-reset", lambda cast: (cast.program, "no-match")),
    Stop("find"),
    Stop("letter-retry", lambda cast: (cast.letter,)),
    Stop("audit", _program),
)


class Walker:
    """Takes each stop as each principal; whatever a visit changes is taken back."""

    def __init__(self, cast: Cast, client_of: Callable) -> None:
        self.cast = cast
        self.keys = {who: _session(client_of(cast.person(who))) for who in PRINCIPALS if who != "anonymous"}

    def browser(self, who: str, **given) -> Client:
        """A new browser with the session of that principal, since a visit may end or change it."""
        client = browser(**given)
        if who in self.keys:
            client.cookies["sessionid"] = self.keys[who]
        return client

    def visit(self, stop: Stop, method: str, who: str) -> HttpResponse:
        """One request, inside a savepoint that is rolled back."""
        with transaction.atomic():
            send = getattr(self.browser(who), method.lower())
            data = stop.data(self.cast) if method == "POST" else {}
            response = send(stop.url(self.cast), data)
            transaction.set_rollback(True)
        return response

    def whole_walk(self, who: str) -> dict[tuple[str, str], HttpResponse]:
        """Every stop with GET and POST, by (stop, method); walked once in a process, for all guarantees."""
        key = (self.cast.program, who)
        if key not in _WALKED:
            _WALKED[key] = {(stop.name, method): self.visit(stop, method, who) for stop in STOPS for method in METHODS}
        return _WALKED[key]


_WALKED: dict[tuple[str, str], dict] = {}


def _session(client: Client) -> str:
    return client.cookies["sessionid"].value


VERDICTS = {403: "denied", 404: "hidden", 405: "not-allowed"}


def verdict(stop: Stop, method: str, response: HttpResponse) -> str:
    """ok, sign-in, denied, hidden, not-allowed, or the bare status where it is none of them."""
    if response.status_code in VERDICTS:
        return VERDICTS[response.status_code]
    if response.status_code == 302:
        to_sign_in = response["Location"].partition("?")[0] == reverse("sign-in")
        return "sign-in" if to_sign_in and stop.route != "sign-out" else "ok"
    fine = {200} if method == "GET" else {200, 400, 409}
    return "ok" if response.status_code in fine else str(response.status_code)
