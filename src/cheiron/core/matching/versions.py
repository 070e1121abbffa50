"""What solved a problem, for the record of a result."""

OR_TOOLS = "ortools"


def with_or_tools(own: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """This package and the solver behind it, each as (name, version)."""
    import ortools

    return own, (OR_TOOLS, str(vars(ortools)["__version__"]))
