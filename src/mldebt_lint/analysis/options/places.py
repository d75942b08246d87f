"""Names for where option values can be in one file, and for what is called there (see `facts`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.names import Binds

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Words in the names of variables, attributes and functions that hold, or return, options. What is called otherwise
# is followed only where this file itself puts a parser or a namespace into it.
LIKELY = frozenset(
    "arg args argument arguments argparser argsparser opt opts option options flag flags cfg cfgs conf config configs "
    "configuration param params parameters hparam hparams hp hps setting settings namespace ns cli parse parser "
    "parsers parsed ap argparse subparser subparsers kwargs kw kwds argv".split()
)
# Those of them that hardly anything but parsed options is called.
NAMESPACES = frozenset("args arguments opt opts options flags cli".split())
NAMESPACE_TYPES = frozenset({"Namespace", "ArgumentParser", "Values", "OptionParser"})
SELVES = frozenset({"self", "cls"})
OWNERS = (cst.FunctionDef, cst.ClassDef)


class Places:
    """Names the places of one file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.index, self.names = file.index, file.names
        self.followed: set[str] = set()
        self._likely: dict[str, bool] = {}
        self._labels: dict[cst.CSTNode, str] = {}
        self._temporary: dict[cst.CSTNode, str] = {}
        self._count = count()

    def is_likely(self, identifier: str) -> bool:
        """Whether a variable, attribute or function of this name may hold or return options."""
        known = self._likely.get(identifier)
        if known is None:
            words = {word.lower() for word in WORD.findall(identifier)}
            known = self._likely[identifier] = not words.isdisjoint(LIKELY)
        return known or identifier in self.followed

    def is_namespace(self, place: str) -> bool:
        """Whether a place is called like parsed options, and not like just any configuration."""
        words = WORD.findall(re.split(r"[.:]", place)[-1])
        return bool(words) and words[-1].lower() in NAMESPACES

    def returns_options(self, function: str) -> bool:
        """Whether a function's name says that it returns options, and not what is made from them."""
        words = [word.lower() for word in WORD.findall(function)]
        return bool(words) and (words[-1] in LIKELY or words[0] in LIKELY)

    def temporary(self, node: cst.CSTNode) -> str:
        """Return the place of a call's or tuple's value."""
        if node not in self._temporary:
            self._temporary[node] = f"t:{next(self._count)}"
        return self._temporary[node]

    # -- variables --------------------------------------------------------------------------------------

    def label(self, scope: cst.CSTNode) -> str:
        """Return the dotted name of a scope within the file, empty for the top level."""
        if scope not in self._labels:
            self._labels[scope] = ".".join(reversed(list(self._label_parts(scope))))
        return self._labels[scope]

    def _label_parts(self, scope: cst.CSTNode) -> Iterator[str]:
        node: cst.CSTNode | None = scope
        while node is not None and not isinstance(node, cst.Module):
            yield node.name.value if isinstance(node, OWNERS) else f"<{next(self._count)}>"
            node = self.index.enclosing(node, *OWNERS)

    def variable(self, name: cst.Name) -> str | None:
        """Return the place of a variable, None for builtins and names that nothing binds."""
        scope, bindings = self.names.bindings(name.value, name)
        if scope is None:
            return f"g:*.{name.value}" if self.names.stars else None
        if all(b.how is Binds.IMPORT for b in bindings):
            is_module = all(isinstance(b.node, cst.Import) for b in bindings)
            return None if is_module else f"g:{bindings[0].target}"
        if isinstance(scope, cst.ClassDef):
            return f"a:{self.label(scope)}.{name.value}"
        return f"v:{self.label(scope)}:{name.value}"

    def attribute(self, node: cst.Attribute, stored: bool = False) -> str:
        """Return the place of an attribute."""
        name, base = node.attr.value, node.value
        owner = self.owner(node) if isinstance(base, cst.Name) and base.value in SELVES else None
        if owner is not None:
            return f"a:{self.label(owner)}.{name}"
        if isinstance(base, cst.Name | cst.Attribute):
            whole = self.file.qualified(node)
            if whole is not None and self.file.library.find(whole) is not None:
                return f"g:{self.file.library.canonical(whole)}"
            qualified = self.file.qualified(base)
            if qualified is not None and not self._is_instance(base):
                own = self._own(qualified)
                return f"g:{own or qualified}.{name}"
            kind = self.file.type_of(base)
            own = self._own(kind) if kind is not None else None
            if own is not None:
                return f"a:{own[1:]}.{name}"
        return f"a:{'!' if stored else '?'}.{name}"

    def _is_instance(self, base: cst.BaseExpression) -> bool:
        root = base
        while isinstance(root, cst.Attribute):
            root = root.value
        if not isinstance(root, cst.Name):
            return True
        _, bindings = self.names.bindings(root.value, root)
        return any(b.how not in (Binds.IMPORT, Binds.DEFINITION) for b in bindings)

    def owner(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """Return the class in whose method a node stands."""
        function = self.index.function(node)
        while function is not None:
            around = self.index.enclosing(function, *OWNERS)
            if isinstance(around, cst.ClassDef):
                return around
            function = around if isinstance(around, cst.FunctionDef) else None
        return None

    def function_label(self, node: cst.CSTNode) -> str | None:
        """Return the name of the function whose body holds a node."""
        function = self.index.function(node)
        return self.label(function) if function is not None else None

    # -- callees ----------------------------------------------------------------------------------------

    def callee(self, function: cst.BaseExpression) -> str:
        """Return what is called."""
        if isinstance(function, cst.Name):
            return self._reference(function) or "?"
        if not isinstance(function, cst.Attribute):
            return "?"
        name, base = function.attr.value, function.value
        if isinstance(base, cst.Call):
            if isinstance(base.func, cst.Name) and base.func.value == "super":
                owner = self.owner(function)
                return f"^{self.label(owner)}.{name}" if owner is not None else f"*.{name}"
            maker = self._reference(base.func)
            return f"{maker}().{name}" if maker is not None and maker[:1] not in "*^" else f"*.{name}"
        if isinstance(base, cst.Name) and base.value in SELVES:
            owner = self.owner(function)
            return f".{self.label(owner)}.{name}" if owner is not None else f"*.{name}"
        return self._reference(function) or f"*.{name}"

    def _reference(self, expression: cst.BaseExpression) -> str | None:
        if isinstance(expression, cst.Name):
            _, bindings = self.names.bindings(expression.value, expression)
            definitions = [b for b in bindings if b.how is Binds.DEFINITION]
            if definitions and len(definitions) == len(bindings):
                return f".{self.label(definitions[0].node)}"
        qualified = self.file.qualified(expression)
        if qualified is None:
            return None
        own = self._own(qualified)
        return own if own is not None else self.file.library.canonical(qualified)

    def class_reference(self, expression: cst.BaseExpression) -> str | None:
        """Return the callee that a class is."""
        if (text := string_value(expression)) is not None:
            return f".{text}" if text in self.names.top else None
        if isinstance(expression, cst.Subscript):
            return self.class_reference(expression.value)
        return self._reference(expression)

    def _own(self, qualified: str) -> str | None:
        """Return `.<name>` for a qualified name of this file's own definitions."""
        module = self.names.module_name
        rest = qualified.removeprefix(f"{module}.") if module else qualified
        if rest == qualified and module:
            return None
        bindings = self.names.top.get(rest.partition(".")[0], ())
        return f".{rest}" if any(b.how is Binds.DEFINITION for b in bindings) else None
