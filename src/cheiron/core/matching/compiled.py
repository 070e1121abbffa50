"""Kernels are compiled where numba is at hand (the extra ``scale``); without it the same functions run as Python.

A kernel is a plain function over numpy arrays and numbers. What it computes is defined by its twin beside it, which
the tests hold equal to it; small rounds go to the twin, so that nobody waits for a compiler.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

AVAILABLE = find_spec("numba") is not None


def compiled(kernel: Kernel) -> Kernel:
    """The kernel as machine code, compiled at its first call and then kept beside the source; itself without numba."""
    if not AVAILABLE:
        return kernel
    from numba import njit

    return cast(Kernel, njit(cache=True, nogil=True)(kernel))
