"""What names mean at one point of the flow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mldebt_lint.analysis.flow.model import Value, join

ROOT = re.compile(r"[^.\[]+")


@dataclass(slots=True)
class Environment:
    """What names mean at one point of the flow: `self.model`, `df['x']` and plain names alike.

    `dead` after a return, a raise, a break. `roots` are the names of which attributes or items may be known.
    """

    known: dict[str, Value] = field(default_factory=dict)
    dead: bool = False
    roots: set[str] = field(default_factory=lambda: {"self"})

    def copy(self) -> Environment:
        """Return another one that may go on differently."""
        return Environment(dict(self.known), self.dead, set(self.roots))

    def get(self, key: str) -> Value | None:
        """Return what a name means, None when nothing is known."""
        return self.known.get(key)

    def put(self, key: str, value: Value) -> None:
        """Give a name a new meaning; what was known of its attributes and items is forgotten."""
        root = ROOT.match(key)
        if root is not None and root[0] in self.roots:
            for other in [k for k in self.known if k.startswith((f"{key}.", f"{key}["))]:
                del self.known[other]
        if root is not None and root[0] != key:
            self.roots.add(root[0])
        self.known[key] = value

    def joined(self, other: Environment) -> Environment:
        """Return what is known after either."""
        if self.dead or other.dead:
            return other if self.dead else self
        known = dict(self.known)
        for key, value in other.known.items():
            mine = known.get(key)
            if mine is not value:
                known[key] = value if mine is None else join(mine, value)
        return Environment(known, roots=self.roots | other.roots)
