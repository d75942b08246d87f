"""Whether the program itself opens the path that an expression is, told by what it is given to or called."""

from __future__ import annotations

import re

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role

# Words of a parameter or name that say: what is meant here is a path that the program opens.
PATH_WORDS = frozenset(
    {
        *("path", "paths", "dir", "dirs", "directory", "folder", "folders", "root", "file", "files"),
        *("filename", "fname", "filepath", "data", "dataset", "datasets", "location", "checkpoint"),
        *("ckpt", "csv", "weights", "model", "models", "train", "test", "val", "valid", "base", "output"),
        *("out", "input", "cache", "log", "logs", "logdir", "images", "save", "load", "pretrained"),
        *("home", "workdir", "dest", "src", "source", "target", "prefix", "storage"),
    }
)
OTHER_MACHINE = frozenset(
    {
        *("mount", "container", "docker", "sandbox", "remote", "url", "route", "alias", "image", "pod"),
    }
)
FILE_MODULES = (
    "os.",
    "posix.",
    "glob.",
    "pathlib.",
    "shutil.",
    "io.",
    "builtins.open",
    "sys.path",
    "tarfile.",
)
FILE_ROLES = frozenset(
    {
        *(Role.DATA_SOURCE, Role.DATA_SINK, Role.ARTEFACT_SAVE, Role.ARTEFACT_LOAD, Role.DATASET),
        *(Role.DATA_LOADER, Role.CONFIG_LOAD, Role.OPTION, Role.ENVIRONMENT),
    }
)
FILE_VERB = re.compile(r"(?<!th)(?<!sp)read|load|open|save|write|glob|dump|import|copy|listdir|chdir")
FILE_CLASS = re.compile(r"(?i)dataset|loader|reader|folder")
TAKEN_APART = (cst.Element, cst.StarredElement, cst.List, cst.Tuple, cst.Set, cst.IfExp)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_opened(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the program itself opens the path, told by the function it goes to or the name it is given."""
    below = node
    for ancestor in file.index.ancestors(node):
        match ancestor:
            case cst.Arg(keyword=cst.Name(value=name)):
                return _is_path_argument(file, name, file.index.parent(ancestor))
            case cst.Arg():
                return takes_files(file, file.index.parent(ancestor))
            case cst.AssignTarget() | cst.Subscript():
                return False
            case cst.Assign():
                return any(_says_path(last_name(target.target)) for target in ancestor.targets)
            case cst.AnnAssign():
                return _says_path(last_name(ancestor.target))
            case cst.Param():
                return _says_path(ancestor.name.value)
            case cst.DictElement(key=cst.SimpleString() as key) if key is not below:
                return _says_path(key.raw_value)
            case _ if not isinstance(ancestor, TAKEN_APART):
                return False
        below = ancestor
    return False


def _is_path_argument(file: SourceFile, name: str, call: cst.CSTNode | None) -> bool:
    if not isinstance(call, cst.Call) or _words(name) & OTHER_MACHINE:
        return False
    if name == "default" and call.args and (option := file.constant(call.args[0].value)):
        return isinstance(option, str) and _says_path(option)
    return _says_path(name) or takes_files(file, call)


def takes_files(file: SourceFile, call: cst.CSTNode | None) -> bool:
    """Whether a call opens or lists the paths that it is given."""
    if not isinstance(call, cst.Call) or _is_on_other_machine(call.func):
        return False
    api = file.api(call)
    if api is not None:
        return api.role in FILE_ROLES
    name = file.qualified(call.func)
    if name is not None and name.startswith(FILE_MODULES):
        return True
    known = name is not None or isinstance(call.func, cst.Name)
    called = last_name(call.func)
    pattern = FILE_VERB if called[:1].islower() else FILE_CLASS
    return known and pattern.search(called) is not None


def _is_on_other_machine(function: cst.BaseExpression) -> bool:
    receiver = last_name(function.value) if isinstance(function, cst.Attribute) else ""
    return bool((_words(last_name(function)) | _words(receiver)) & OTHER_MACHINE)


def _says_path(name: str) -> bool:
    words = _words(name)
    return bool(words & PATH_WORDS) and not words & OTHER_MACHINE


def _words(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}


def last_name(node: cst.CSTNode) -> str:
    """Return the last word of a name, an attribute or a subscript by a literal key, empty for anything else."""
    match node:
        case cst.Attribute():
            return node.attr.value
        case cst.Name():
            return node.value
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return key.raw_value
    return ""
