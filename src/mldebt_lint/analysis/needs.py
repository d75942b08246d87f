"""What must stand in a file's text before a rule can have anything to do with it: asked before the file is parsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mldebt_lint.analysis.library import Library, Role
from mldebt_lint.reading.document import Document


@dataclass(frozen=True, slots=True)
class Needs:
    """At least one of the words must stand in the text, as a word or within one, in letters of whatever case, and one of
    those `beside` where there are any.

    A role stands for the last part of the name of every API that has it (`np.random.rand`: `rand`): however an API is
    imported, its own name is written somewhere. Without `words` and `roles` any `text` will do; without that, too, even
    an empty Python file is seen.
    """

    text: bool = True
    words: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()
    beside: frozenset[str] = frozenset()

    def in_text(self, library: Library) -> Wanted:
        """Return what is to be looked for, with the roles spelled out."""
        named = (name for name, api in library.apis.items() if api.role in self.roles)
        return Wanted(self.text, self.words, (name.rpartition(".")[2] for name in named), beside=self.beside)


EVERY_FILE = Needs(text=False)
ANY_TEXT = Needs()


class Wanted:
    """The words of one rule, ready to be looked for in many texts."""

    def __init__(self, text: bool, *words: Iterable[str], beside: Iterable[str] = ()) -> None:
        self._text = text
        self._words = tuple(sorted({word.lower() for some in words for word in some}))
        self._beside = tuple(sorted(word.lower() for word in beside))

    def is_in(self, text: str) -> bool:
        """Whether a text that `small_text` returned may concern the rule."""
        if not self._text:
            return True
        if not self._words:
            return bool(text)
        if self._beside and not any(word in text for word in self._beside):
            return False
        return any(word in text for word in self._words)


def small_text(document: Document) -> str:
    """Return the text of a document's code cells in small letters; empty for a Python file of white space alone.

    A notebook is never empty: there is more to it than its code.
    """
    text = "\n".join(cell.original for cell in document.cells).lower()
    return f"{text}\n" if document.is_notebook else text.strip()
