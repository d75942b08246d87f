"""Which functions of a program can run: a call graph by name, from the entry point on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt_lint.analysis.facts import Fact
from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.names import dotted_name
from mldebt_lint.analysis.project import Program, Project

Place = tuple[str, str]
GUARD = "<main>"
PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic", "Enum", "NamedTuple"})
# Decorators that leave it to the program's own code to call what they decorate.
PLAIN_DECORATORS = frozenset(
    (
        *(
            "staticmethod",
            "classmethod",
            "property",
            "cached_property",
            "setter",
            "abstractmethod",
            "overload",
        ),
        *(
            "lru_cache",
            "cache",
            "wraps",
            "contextmanager",
            "dataclass",
            "no_grad",
            "inference_mode",
            "autocast",
        ),
        *("function", "jit", "njit", "vectorize", "script", "compile", "checkpoint", "override", "profile"),
    )
)
# Names that run functions which the text does not name.
OPAQUE = frozenset({"globals", "Fire", "fire", "locals", "exec", "eval"})


@dataclass(frozen=True, slots=True)
class Block(Fact):
    """One function, class, main guard or top level of a file, and the names that it may run.

    `name` is dotted within the file: empty for the top level, `<main>` for main guards, `Net.forward` for a
    method. `uses` are what it calls, hands over or derives from: `:name` of the same file, `.name` of some object,
    `?name` that a star import may have brought, else an imported dotted name. `hook` is true for what others call
    without naming it: decorated functions, special methods, methods of a subclass.
    """

    path: str
    name: str
    is_class: bool
    hook: bool
    uses: frozenset[str]


def blocks(file: SourceFile) -> Iterator[Block]:
    """Collect the blocks of one file."""
    used = _uses(file)
    yield Block(file.path, "", False, True, frozenset(used.pop("", ())))
    yield Block(file.path, GUARD, False, True, frozenset(used.pop(GUARD, ())))
    for node in (*file.index.of(cst.ClassDef), *file.index.of(cst.FunctionDef)):
        name = block_name(file, node.body)
        yield Block(
            file.path,
            name,
            isinstance(node, cst.ClassDef),
            _is_hook(file, node),
            frozenset(used.get(name, ())),
        )


def block_name(file: SourceFile, node: cst.CSTNode) -> str:
    """Return the name of the block in whose body a node stands."""
    parts: list[str] = []
    below = node
    guarded = False
    for ancestor in file.index.ancestors(node):
        if isinstance(ancestor, cst.FunctionDef | cst.ClassDef) and below is ancestor.body:
            parts.append(ancestor.name.value)
        elif isinstance(ancestor, cst.If) and below is ancestor.body and is_main_guard(ancestor):
            guarded = True
        below = ancestor
    if parts:
        return ".".join(reversed(parts))
    return GUARD if guarded else ""


def is_main_guard(node: cst.If) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, alone or with further conditions."""
    test = node.test
    while isinstance(test, cst.BooleanOperation):
        test = test.left
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(side, cst.Name) and side.value == "__name__" for side in sides)


def _uses(file: SourceFile) -> dict[str, set[str]]:
    """Map each block to what it calls or hands over."""
    imported = _imported(file)
    own = {node.name.value for kind in (cst.FunctionDef, cst.ClassDef) for node in file.index.of(kind)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    home = _homes(file)
    for name in file.index.of(cst.Name):
        if (name.value in own or name.value in imported or name.value in OPAQUE) and _is_read(file, name):
            found[home(name)].add(imported.get(name.value) or f":{name.value}")
    for attribute in file.index.of(cst.Attribute):
        parent = file.index.parent(attribute)
        if isinstance(parent, cst.Call) or (isinstance(parent, cst.Arg) and attribute.attr.value != "seed"):
            head, _, rest = dotted_name(attribute).partition(".")
            target = f"{imported[head]}.{rest}" if head in imported else f".{attribute.attr.value}"
            found[home(attribute)].add(target)
    if file.names.stars:
        for call in file.calls:
            if (
                isinstance(call.func, cst.Name)
                and call.func.value not in own
                and call.func.value not in imported
            ):
                found[home(call)].add(f"?{call.func.value}")
    return found


def _homes(file: SourceFile) -> Callable[[cst.CSTNode], str]:
    """Return the function from a node to its block; a base belongs to the class that derives from it."""
    known: dict[cst.CSTNode, str] = {}

    def home(node: cst.CSTNode) -> str:
        derived = _derived(file, node)
        if derived is not None:
            return derived
        statement = file.index.statement(node)
        if not isinstance(statement, cst.SimpleStatementLine):
            return block_name(file, node)
        if statement not in known:
            known[statement] = block_name(file, node)
        return known[statement]

    return home


def _imported(file: SourceFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for plain in file.index.of(cst.Import):
        for alias in plain.names:
            target = dotted_name(alias.name)
            if alias.asname is not None:
                found[dotted_name(alias.asname.name)] = target
            else:
                found[target.partition(".")[0]] = target.partition(".")[0]
    for node in file.index.of(cst.ImportFrom):
        base = file.names.absolute(node)
        for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
            local = alias.asname.name if alias.asname is not None else alias.name
            found[dotted_name(local)] = f"{base}.{dotted_name(alias.name)}".strip(".")
    return found


def _is_read(file: SourceFile, name: cst.Name) -> bool:
    parent = file.index.parent(name)
    if isinstance(parent, cst.FunctionDef | cst.ClassDef | cst.Param):
        return parent.name is not name
    if isinstance(parent, cst.Attribute):
        return parent.value is name
    if isinstance(parent, cst.Arg):
        return parent.keyword is not name
    return not isinstance(
        parent, cst.ImportAlias | cst.AsName | cst.AssignTarget | cst.Annotation | cst.ImportFrom
    )


def _derived(file: SourceFile, node: cst.CSTNode) -> str | None:
    """Return the class that a base belongs to: deriving from a class runs it when the subclass runs."""
    parent = file.index.parent(node)
    owner = file.index.parent(parent) if isinstance(parent, cst.Arg) else None
    return block_name(file, owner.body) if isinstance(owner, cst.ClassDef) else None


def _is_hook(file: SourceFile, node: cst.FunctionDef | cst.ClassDef) -> bool:
    if any(_decorator(d) not in PLAIN_DECORATORS for d in node.decorators):
        return True
    if isinstance(node, cst.ClassDef):
        return False
    name = node.name.value
    if name.startswith("__") and name.endswith("__"):
        return True
    body = file.index.parent(node)
    owner = file.index.parent(body) if body is not None else None
    if not isinstance(owner, cst.ClassDef):
        return False
    bases = {dotted_name(arg.value).rpartition(".")[2] for arg in owner.bases}
    return not bases <= PLAIN_BASES


def _decorator(decorator: cst.Decorator) -> str:
    node = decorator.decorator
    return dotted_name(node.func if isinstance(node, cst.Call) else node).rpartition(".")[2]


class Reach:
    """Answers which blocks of a program can run, by the blocks of all files."""

    def __init__(self, project: Project, known: Iterable[Block]) -> None:
        self._project = project
        self._by_name: defaultdict[str, list[Block]] = defaultdict(list)
        self._children: defaultdict[Place, list[Block]] = defaultdict(list)
        self._own: defaultdict[Place, list[Block]] = defaultdict(list)
        self._of: dict[Place, Block] = {}
        self._resolved: dict[tuple[str, str], list[Block]] = {}
        for block in known:
            self._of.setdefault((block.path, block.name), block)
            parent, _, own = block.name.rpartition(".")
            if block.name not in ("", GUARD):
                self._by_name[own].append(block)
                self._own[block.path, own].append(block)
                self._children[block.path, parent].append(block)
        self._mentioned = self._all_mentioned()

    def _all_mentioned(self) -> dict[Place, set[str]]:
        """For each block, the files that mention it outside main guards and outside its own body."""
        found: defaultdict[Place, set[str]] = defaultdict(set)
        for block in self._of.values():
            for used in block.uses if block.name != GUARD else ():
                for other in self.candidates(block, used):
                    if other is not block:
                        found[other.path, other.name].add(block.path)
        return found

    def live(self, program: Program) -> frozenset[Place]:
        """Return the (path, block name) pairs that the program may run, as far as names tell.

        In an entry file that runs nothing by itself (a console script, an app) or by computed names, every
        function may run.
        """
        return _Search(self, program).run()

    def of(self, path: str, name: str) -> Block | None:
        """Return one block."""
        return self._of.get((path, name))

    def named(self, name: str) -> list[Block]:
        """Return the functions and classes whose own name this is."""
        return self._by_name.get(name, [])

    def children(self, path: str, name: str) -> list[Block]:
        """Return the blocks directly inside a block; those of a main guard belong to the top level."""
        return self._children.get((path, name), [])

    def candidates(self, user: Block, used: str) -> list[Block]:
        """Return the blocks that one of a block's `uses` may mean, in any file."""
        key = (user.path, used)
        if key not in self._resolved:
            self._resolved[key] = self._candidates(user.path, used)
        return self._resolved[key]

    def _candidates(self, path: str, used: str) -> list[Block]:
        kind, name = used[0], used[1:]
        if kind == ":":
            return self._own.get((path, name), [])
        if kind == ".":
            return [block for block in self.named(name) if "." in block.name]
        if kind == "?":
            return [block for block in self.named(name) if "." not in block.name]
        return self._imported(used, path)

    def _imported(self, dotted: str, importer: str, depth: int = 0) -> list[Block]:
        """Follow an imported name to the file that defines it, through packages that hand it on."""
        path = self._project.resolve(dotted, importer)
        own = dotted.rpartition(".")[2]
        if path is None or depth > 4:
            return []
        if found := self._own.get((path, own)):
            return found
        for item in self._project.modules[path].imports:
            target = f"{item.target}.{own}" if item.star else item.target
            if item.star or item.target.rpartition(".")[2] == own:
                if found := self._imported(target, path, depth + 1):
                    return found
        return self.named(own) if depth == 0 else []

    def is_mentioned(self, program: Program, path: str, name: str) -> bool:
        """Whether a block stands in the entry file, or something in the program, dead or alive, names it."""
        if path == program.entry or name == "":
            return True
        if name == GUARD:
            return False
        prefix = ""
        for part in name.split("."):
            prefix = f"{prefix}.{part}" if prefix else part
            block = self._of.get((path, prefix))
            if (
                block is not None
                and not block.hook
                and not self._mentioned.get((path, prefix), set()) & program.files
            ):
                return False
        return True


class _Search:
    """One traversal: what live code uses becomes live, and uses more."""

    def __init__(self, reach: Reach, program: Program) -> None:
        self._reach = reach
        self._program = program
        self._methods: set[str] = set()
        self._wanted: set[Place] = set()
        self._live: set[Place] = set()
        self._todo: list[Block] = []

    def run(self) -> frozenset[Place]:
        entry = self._program.entry
        for path in sorted(self._program.files):
            self._start(path, "")
        self._start(entry, GUARD)
        if self._is_open(entry):
            for block in self._reach.children(entry, ""):
                self._add(block)
        while self._todo:
            self._spread(self._todo.pop())
        return frozenset(self._live)

    def _is_open(self, entry: str) -> bool:
        used = {name for part in ("", GUARD) if (b := self._reach.of(entry, part)) for name in b.uses}
        own = {f":{block.name}" for block in self._reach.children(entry, "")}
        return not used & own

    def _start(self, path: str, name: str) -> None:
        block = self._reach.of(path, name)
        if block is not None:
            self._add(block)

    def _add(self, block: Block) -> None:
        if (block.path, block.name) not in self._live:
            self._live.add((block.path, block.name))
            self._todo.append(block)

    def _spread(self, block: Block) -> None:
        for child in self._reach.children(block.path, block.name):
            own = child.name.rpartition(".")[2]
            if child.hook or own in self._methods or (child.path, child.name) in self._wanted:
                self._add(child)
        if block.path == self._program.entry and any(name[1:] in OPAQUE for name in block.uses):
            for child in self._reach.children(block.path, ""):
                self._add(child)
        for used in block.uses:
            if used[0] == ".":
                if used[1:] in self._methods:
                    continue
                self._methods.add(used[1:])
            for other in self._reach.candidates(block, used):
                self._want(other)

    def _want(self, block: Block) -> None:
        """Make a block live, now or as soon as what it stands in is."""
        if block.path not in self._program.files:
            return
        self._wanted.add((block.path, block.name))
        parent = block.name.rpartition(".")[0]
        if (block.path, parent) in self._live:
            self._add(block)
