"""The lottery of a seed: everybody's lot by SHA-256 over ``seed:id``, so that it favors no letter of the alphabet.

Whoever holds seed and ids draws the same. The checks draw for themselves and share nothing with this.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def each_lot(seed: int, names: Sequence[str]) -> "NDArray[np.int64]":
    """The place of each name in the lottery, from 0; the same name has the same lot. int64 (names,)."""
    import numpy as np

    order = sorted(set(names), key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    place = {name: at for at, name in enumerate(order)}
    return np.array([place[name] for name in names], dtype=np.int64)


def drawn_order(seed: int, names: Sequence[str]) -> "NDArray[np.int64]":
    """Positions in the order of the lots: int64 (names,)."""
    import numpy as np

    order: NDArray[np.int64] = np.argsort(each_lot(seed, names), kind="stable")
    return order
