"""What may be told about groups of people: fixed tables, made once, checked against everything told before.

A threshold alone protects nobody: whoever sees enough tables, or the same one twice with one person moved, subtracts
(``trust.md``, rule 1). So figures about people by group leave Cheiron only as a ``SafeTable``:

1. ``catalog``: which tables there are at all. Nobody composes one, and there are no filters.
2. ``suppress``: counts are rounded, extremes coded, small ones hidden, and others with them, until an attacker with a
   linear program cannot narrow a hidden one down to fewer than ``threshold``.
3. ``ledger``: what was released, about whom; ``audit`` refuses what together with it would tell too much.

``attack`` is that attacker: somebody who knows everybody by name, who has a mentor and who has not, and everything
released so far, and does not know who stands in which group.
"""
