"""House rules that a machine keeps. Each walks the whole package, so that what is
written tomorrow is held to it as well."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

import cheiron.actions
import cheiron.core
from cheiron.models.ledger import AuditEvent
from cheiron.models.people import Member
from cheiron.models.volunteered import Volunteered
from tests.guarantees.walk import PUBLIC, routes

PACKAGE = Path(cheiron.core.__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
BIN = Path(sys.executable).parent


def modules_below(package) -> list[str]:
    return [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]


def trees(folder: str) -> list[tuple[Path, ast.Module]]:
    """Every module of a layer, read."""
    found = [(path, ast.parse(path.read_text("utf-8"))) for path in sorted((PACKAGE / folder).rglob("*.py"))]
    assert found, f"{folder} has no modules"
    return found


# ---------- layers ----------


def test_the_import_contracts_hold():
    checked = subprocess.run([BIN / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    kept = re.search(r"Contracts: (\d+) kept, (\d+) broken", checked.stdout)
    assert (int(kept[1]) >= 4, kept[2]) == (True, "0")


def test_the_core_imports_without_django_in_a_fresh_interpreter():
    names = modules_below(cheiron.core)
    code = (
        f"import sys, importlib\nfor name in {names!r}: importlib.import_module(name)\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'django', 'numpy', 'scipy', 'ortools'}])"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT / "src")
    assert (asked.returncode, asked.stderr, asked.stdout.strip()) == (0, "", "[]")
    assert len(names) > 20


FORBIDDEN_CALLS = {
    ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"),
    ("uuid", "uuid1"), ("uuid", "uuid4"), ("os", "urandom"), ("np", "random"), ("numpy", "random"),
}  # fmt: skip
FORBIDDEN_MODULES = {"random", "secrets", "uuid", "time", "os", "pathlib", "socket", "io.open"}


def impurities(tree: ast.AST) -> list[str]:
    """Where code looks at the clock, at chance, or outside."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in FORBIDDEN_CALLS:
                found.append(f"{owner}.{node.attr}")
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.split(".")[0] in FORBIDDEN_MODULES]
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
            found.append(node.module or "")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "print", "input"}
        ):
            found.append(node.func.id)
    return found


def test_the_core_has_no_clock_no_chance_and_no_files():
    found = {str(path.relative_to(PACKAGE)): impurities(tree) for path, tree in trees("core")}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    "code", ["datetime.now()", "dt.datetime.now()", "date.today()", "import random", "from uuid import uuid4", "open('x')",
             "np.random.default_rng()", "time.time()"]
)  # fmt: skip
def test_an_impurity_would_be_found(code):
    assert len(impurities(ast.parse(code))) == 1


def test_actions_take_the_time_and_do_not_look_at_it():
    def looks(tree: ast.AST) -> list[str]:
        return [
            ast.unparse(node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and re.search(r"\b(now|today|localdate|utcnow)$", ast.unparse(node.func))
            and not re.search(r"(school|program)\.today$", ast.unparse(node.func))
        ]  # fmt: skip

    found = {f"{path.parent.name}/{path.name}": looks(tree) for layer in ("actions", "queries", "models")
             for path, tree in trees(layer)}  # fmt: skip
    assert {path: calls for path, calls in found.items() if calls} == {}


# ---------- actions ----------


def public_functions(module) -> dict[str, object]:
    found = inspect.getmembers(module, inspect.isfunction)
    return {name: f for name, f in found if f.__module__ == module.__name__ and not name.startswith("_")}


def all_actions() -> dict[str, object]:
    loaded = [importlib.import_module(name) for name in modules_below(cheiron.actions)]
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": function
        for module in loaded
        if not module.__name__.rpartition(".")[2].startswith("_")
        for name, function in public_functions(module).items()
    }


NOT_ACTIONS = {
    "operations.whole_body", "matching.reason_json",
    "demo_school.build_demo_school",
}  # fmt: skip
"""Public functions of the layer that write nothing of their own: they form what actions and pages share."""


def test_every_action_is_keyword_only_and_takes_actor_and_now():
    found = all_actions()
    assert set(found) >= NOT_ACTIONS - {"demo_school.build_demo_school"}
    shapes = {name: inspect.signature(f).parameters for name, f in found.items() if name not in NOT_ACTIONS}
    assert len(shapes) >= 38
    wrong = {
        name
        for name, given in shapes.items()
        if any(one.kind is not one.KEYWORD_ONLY for one in given.values()) or not {"actor", "now"} <= set(given)
    }
    assert wrong == set()


def test_actions_take_identifiers_and_no_loaded_rows():
    """Two coordinators published at once because an action took a row that somebody had loaded before."""
    tables = {model.__name__ for model in apps.get_app_config("cheiron").get_models()}
    taking = {
        name
        for name, function in all_actions().items()
        if name not in NOT_ACTIONS
        for one in inspect.signature(function).parameters.values()
        if set(re.findall(r"\w+", str(one.annotation))) & tables
    }
    assert taking == set()


def test_every_action_is_one_transaction():
    """send_letters makes one for each letter, on purpose."""
    plain = {
        f"{path.stem}.{node.name}"
        for path, tree in trees("actions")
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and f"{path.stem}.{node.name}" in all_actions()
        and not any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list)
    }  # fmt: skip
    assert plain - NOT_ACTIONS == {"operations.send_letters"}


# ---------- tables ----------

CLASSES = {"direct", "quasi", "identity", "free_text", "link", "safe"}


def own_models() -> list[type[models.Model]]:
    return list(apps.get_app_config("cheiron").get_models(include_auto_created=True))


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_every_field_has_exactly_one_privacy_class(model):
    privacy = {name: value for name, value in vars(model.Privacy).items() if not name.startswith("__")}
    assert set(privacy) <= CLASSES
    assert "Privacy" in vars(model), "a Privacy class is not inherited"
    sorted_into = Counter(field for fields in privacy.values() for field in fields)
    assert sorted_into == Counter(field.name for field in model._meta.get_fields() if field.concrete)


def test_what_can_name_a_person_is_not_called_safe():
    """Foreign keys to people, addresses and free text cannot hide among the safe fields."""
    people = {"Person", "Member", "Enrollment"}
    wrong = {
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if field.concrete and field.name in vars(model.Privacy).get("safe", ())
        and (
            (field.is_relation and field.related_model.__name__ in people)
            or isinstance(field, models.TextField | models.EmailField | models.BinaryField)
        )
    }  # fmt: skip
    assert wrong == set()


PROTECTED = {
    "Volunteered",
    "OneTimeLink",
    "Letter",
    "ReportingLine",
    "Override",
    "RosterImport",
    "Message",
    "MessageReport",
    "Mute",
}
"""Nothing of a page may lead from a person, a member or a part into these by a dot in a template."""


def test_nothing_walks_backwards_into_protected_tables():
    open_ways = {
        f"{model.__name__}.{way.get_accessor_name()}"
        for model in own_models()
        for way in model._meta.related_objects
        if way.related_model.__name__ in PROTECTED and not way.hidden
    }
    assert open_ways == {"OneTimeLink.letter_of", "Round.overrides"}, "neither starts at a person"


def test_the_protected_tables_refer_to_people_all_the_same():
    """Otherwise there would be nothing to walk into."""
    referring = {
        model.__name__
        for model in own_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model.__name__ in {"Person", "Member", "Enrollment"}
    }
    assert referring >= PROTECTED


def test_templates_do_not_follow_people_into_secrets():
    """No dot in a template leads to what only the core, an action or the person's own form may touch."""
    secret = re.compile(r"\.(volunteered|own_words|password|decline_reason|onetimelink|letter_of|run_by|note)\b")
    inside = re.compile(r"{[{%](.*?)[}%]}", re.DOTALL)
    found = {
        f"{path.relative_to(PACKAGE)}: {word}"
        for path in (PACKAGE / "web").rglob("*.html")
        for tag in inside.findall(path.read_text("utf-8"))
        for word in secret.findall(tag)
    }
    for_staff = {"web/programs/program.html: note", "web/mentorships/pairs.html: decline_reason"}
    assert found == for_staff, "the note of a change for those who settle it, and why a mentor declined"


def test_models_re_export_nothing():
    tree = ast.parse((PACKAGE / "models" / "__init__.py").read_text("utf-8"))
    taken = [name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names]
    assert {name for name in taken if name[:1].isupper()} == set()


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", "cheiron", check=True, dry_run=True, verbosity=0)


# ---------- the log must not undo what is kept apart ----------


def test_the_log_does_not_say_who_volunteers(cast):
    """A line says that somebody of the program did; no field of it, and no time, leads to a person."""
    told = Volunteered.objects.get()
    assert [field.name for field in Volunteered._meta.fields if isinstance(field, models.DateTimeField)] == []
    lines = AuditEvent.objects.filter(verb="self-description.save")
    assert [(line.actor, line.subject, line.detail) for line in lines] == [
        ("nobody", f"program:{cast.program}", {"school": cast.school})
    ]
    member = Member.objects.get(pk=told.member_id)
    parts = set(member.enrollments.values_list("id", flat=True))
    ids = {member.id, member.person_id, told.id, *parts}
    assert not ids & set(re.findall(r"\w+", repr(lines.values())))


def test_no_line_at_the_same_instant_names_the_one_who_volunteers(cast):
    """Two tables joined on time have named a respondent once (the fourth hole of the skeleton)."""
    at = AuditEvent.objects.get(verb="self-description.save").at
    person = Member.objects.get(pk=Volunteered.objects.get().member_id).person_id
    assert person in set(AuditEvent.objects.values_list("actor", flat=True)), "there is somebody to be named"
    assert list(AuditEvent.objects.filter(at=at).exclude(verb="self-description.save")) == []
    dated = [
        (model, field.name)
        for model in own_models()
        for field in model._meta.fields
        if model is not AuditEvent and isinstance(field, models.DateTimeField)
    ]
    assert len(dated) > 10
    same = [(model.__name__, name) for model, name in dated if model._base_manager.filter(**{name: at}).exists()]
    assert same == []


def test_the_log_holds_no_foreign_key():
    assert [field.name for field in AuditEvent._meta.fields if field.is_relation] == []


# ---------- pages ----------

WITHOUT_A_PAGE = {
    "healthz", "sign-out", "password", "program-door", "program-clone", "my-file-take", "wishes", "roster-undo", "roster-drop", "join-link", "join-answer", "roster-template", "dismiss", "draft",
    "weights", "decide", "undo", "redo", "reopen", "round-file", "pairs-file", "queue-ask", "queue-date", "queue-fill", "queue-switch", "wording-reset", "reply", "agenda", "contact", "meeting",
    "meeting-calendar", "change-settle", "letter-retry", "thread-mute", "report-settle", "calendar-feed", "photo", "privacy-uses", "privacy-copy",
}  # fmt: skip
"""These act or hand out a file; where they refuse, the refusal is a page."""

SHORTER = {"roster-upload": "upload", "roster-columns": "columns", "roster-check": "check", "roster-done": "done", "program-new": "new",
           "program-adjust": "adjust", "program-preview": "preview", "program-setup": "setup",
           "program-setup-preview": "preview"}  # fmt: skip
"""The template stands in a folder that says the rest."""


def test_only_listed_pages_are_public():
    public = {route.name for route in routes() if not getattr(route.callback, "login_required", True)}
    assert public == PUBLIC


def test_the_middleware_that_makes_pages_private_is_in_place(settings):
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
    assert "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_no_view_is_freed_from_the_token():
    assert [route.name for route in routes() if getattr(route.callback, "csrf_exempt", False)] == []


def test_the_view_has_the_name_of_its_address():
    wrong = {
        route.name: route.callback.__name__
        for route in routes()
        if route.callback.__name__ not in {route.name.replace("-", "_")}
    }
    assert wrong == {}
    names = Counter(route.name for route in routes())
    assert {name for name, count in names.items() if count > 1} == set()


def test_the_template_has_the_word_of_its_address_and_stands_beside_the_view():
    found = {}
    for route in routes():
        source = inspect.getsource(inspect.unwrap(route.callback))
        drawn = re.findall(r'"(\w+)/(\w+)\.html"', source)
        if drawn:
            noun = route.callback.__module__.split(".")[2]
            word = SHORTER.get(route.name, route.name).replace("-", "_")
            found[route.name] = (noun, word) in drawn
            assert all((PACKAGE / "web" / folder / f"{name}.html").exists() for folder, name in drawn), route.name
    named_for_the_page_that_they_redraw = {"password"}
    assert {name for name, same in found.items() if not same} == named_for_the_page_that_they_redraw
    assert {route.name for route in routes()} - set(found) == WITHOUT_A_PAGE - named_for_the_page_that_they_redraw


def test_every_view_says_which_methods_it_takes():
    """require_GET, require_POST or require_http_methods stands on each view."""
    wrong = {
        node.name
        for path in (PACKAGE / "web").rglob("views.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "request"
        and not node.name.startswith("_")
        and not any(ast.unparse(one).startswith("require_") for one in node.decorator_list)
    }  # fmt: skip
    assert wrong == set()


def test_a_view_writes_only_through_actions():
    """No save, create, update or delete of a row in the web layer."""
    writing = re.compile(r"\.objects\.(create|bulk_create|update|get_or_create)|\.save\(|\.delete\(|\.update\(")
    found = {
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in (PACKAGE / "web").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if writing.search(line) and ".attrs.update(" not in line
    }
    assert found == set()
