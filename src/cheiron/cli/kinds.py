"""The kinds of problem files: each is read, solved, checked and told in its own way, and known by its ``format``."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cheiron.cli.claims import claims, fingerprints
from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.matching import files
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.core.text import Text, say


@dataclass(frozen=True)
class Kind:
    """Everything the command line does with one kind; problems and results are the kind's own."""

    problem_format: str
    result_format: str
    methods: tuple[str, ...]
    read_problem: Callable[[object], Any]
    read_result: Callable[[object], Any]
    result_to_json: Callable[[Any], Mapping[str, object]]
    asked: Callable[[Any, str], Any]
    """The problem, to be answered by this method."""
    solve: Callable[[Any], Any]
    verify: Callable[[Any, Any], tuple[Issue, ...]]
    claims: Callable[[Any, Any], tuple[str, ...]]
    told: Callable[[Any, Any, str, str], Iterator[str]]
    """What ``explain`` says of two people."""
    fingerprints: Callable[[Any], tuple[str, ...]] = fingerprints


def rounds() -> Kind:
    """Plain rounds: one mentor each."""
    from cheiron.cli.explain import told
    from cheiron.core.matching.solve import solve
    from cheiron.core.matching.verify import verify

    return Kind(
        problem_format=files.PROBLEM_FORMAT,
        result_format=files.RESULT_FORMAT,
        methods=tuple(str(one) for one in ROUND_METHODS),
        read_problem=files.problem_from_json,
        read_result=files.result_from_json,
        result_to_json=files.result_to_json,
        asked=lambda problem, method: replace(problem, method=Method(method)),
        solve=solve,
        verify=verify,
        claims=claims,
        told=told,
    )


def _networks() -> Kind:
    from cheiron.cli import networks

    return networks.kind()


def _groups() -> Kind:
    from cheiron.cli import groups

    return groups.kind()


KINDS: tuple[Callable[[], Kind], ...] = (rounds, _networks, _groups)
"""In the order in which a method is looked for; imported when they are asked for."""


def parsed(path: Path) -> object:
    """The JSON of a file. Raises ``Invalid``."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        issue = Issue(
            say("“%(name)s” is not a JSON file.", name=path.name), say("Choose the file that was saved here.")
        )
        raise Invalid(say("This file cannot be read as it stands."), (issue,)) from None


def kind_of(obj: object, of_result: bool = False) -> Kind:
    """The kind whose format the file names; a round for anything unknown, whose reader then says what is wrong."""
    written_as = obj.get("format") if isinstance(obj, dict) else None
    for made in KINDS:
        kind = made()
        if written_as == (kind.result_format if of_result else kind.problem_format):
            return kind
    return rounds()


def problem_in(obj: object, method: str | None) -> tuple[Kind, Any]:
    """The problem of a file, to be answered by ``method``. A round is a network too, for a method of networks only."""
    kind = kind_of(obj)
    problem = kind.read_problem(obj)
    if method is None or method in kind.methods:
        return kind, problem if method is None else kind.asked(problem, method)
    if kind.problem_format == files.PROBLEM_FORMAT and method == Method.AUCTION:
        from cheiron.core.matching.network.problem import network_of

        return _networks(), network_of(problem, Method.AUCTION)
    raise Invalid(
        say("A problem of this kind is not solved by the method “%(method)s”.", method=method),
        (Issue(say("The file is of the format “%(format)s”.", format=kind.problem_format), _use(kind)),),
    )


def _use(kind: Kind) -> Text:
    return say("Use one of: %(methods)s.", methods=kind.methods)


def certified_in(problem_obj: object, result_obj: object) -> tuple[Kind, Any, Any]:
    """Problem and result, after the independent check. Raises ``Invalid`` or ``Conflict``."""
    told_by = kind_of(result_obj, of_result=True)
    result = told_by.read_result(result_obj)
    kind, problem = problem_in(problem_obj, None)
    if kind.problem_format != told_by.problem_format:
        kind, problem = problem_in(problem_obj, str(result.method) if hasattr(result, "method") else None)
    if kind.problem_format != told_by.problem_format:
        issue = Issue(
            say("The result is of another kind than the problem."), say("Choose the files that belong together.")
        )
        raise Invalid(say("This file cannot be read as it stands."), (issue,))
    refuse_uncertified(kind, problem, result, say("Not certified: this result does not hold for this problem."))
    return kind, problem, result


def refuse_uncertified(kind: Kind, problem: Any, result: Any, sentence: Text) -> None:
    """Raise ``Conflict`` unless the result passes the independent check."""
    issues = kind.verify(problem, result)
    if issues:
        raise Conflict(sentence, issues)
