"""Literals that name a place outside the program: URLs, buckets, data files, models of a hub."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role
from mldebt_lint.analysis.literals import string_value
from mldebt_lint.analysis.paths import is_test_path
from mldebt_lint.analysis.prototype.path_use import last_name
from mldebt_lint.analysis.settings.facts import NamedPlace
from mldebt_lint.analysis.settings.names import words
from mldebt_lint.analysis.settings.owned import is_owned

_DATA = (
    r"csv|tsv|parquet|feather|arrow|pkl|pickle|joblib|npy|npz|h5|hdf5|pt|pth|ckpt|onnx|db|sqlite3?|jsonl|xlsx?|zip|gz"
    r"|tar|tfrecords?|safetensors|keras|pb|dat|mat|txt|json|bin|model|lmdb|avro|orc|duckdb|weights"
)
# A bare file name of these kinds is the program's own; `config.json` or `README.txt` is a convention.
_OWN_FILE = re.compile(
    r"[\w-][\w.-]*\.(?:csv|tsv|parquet|feather|pkl|pickle|joblib|npy|npz|h5|hdf5|pt|pth|ckpt|onnx|db|sqlite3?|jsonl|xlsx?"
    r"|safetensors|keras)$"
)
_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{1,20})://(?P<rest>[^\s<>{}]+)$")
_STORE = re.compile(r"(?:s3[an]?|gs|gcs|abfss?|wasbs?|oss|minio|r2)://(?P<name>[\w.@-]{3,})/")
_PATH = re.compile(r"(?:~|\.{1,2})?/?(?:[\w.@=-]+(?: [\w.@=-]+)*/)+(?:[\w.@=-]+(?: [\w.@=-]+)*)?/?$")
_FILE_END = re.compile(rf"\.(?:{_DATA})$")
_HUB = re.compile(r"[\w.-]+(?:/[\w.-]+)?$")
_PLACEHOLDER = re.compile(
    r"(?i)your|path/to|example\.(?:com|org)|placeholder|xxx|<|\bfoo\b|changeme|/dev/null|/tmp/?$"
)
# What every machine of a kind has: programs, devices, the kernel's files.
_OF_THE_SYSTEM = re.compile(r"/(?:s?bin|usr/(?:local/)?s?bin|dev|proc|sys|etc)/")
_PORT = re.compile(r":\d+/?$")
_OWN_HOSTS = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)(?:[:/]|$)")
# Addresses that are read by people, or that name a vocabulary.
_READ_BY_PEOPLE = re.compile(
    r"(?:[\w.-]+\.)?(?:arxiv\.org|w3\.org|wikipedia\.org|shields\.io|readthedocs\.io|twitter\.com|medium\.com"
    r"|stackoverflow\.com|schema\.org|schemas\.\w+|json-schema\.org|opensource\.org|apache\.org/licenses|doi\.org"
    r"|colab\.research\.google\.com|discord\.(?:gg|com)|pytorch\.org/docs|docs\.[\w.-]+)(?:/|$)"
    r"|github\.com/(?![^?#]+/(?:raw|releases/download|archive)/)|gitlab\.com/(?![^?#]+/raw/)"
)
_SILENT_ROLES = frozenset({Role.OPTION, Role.OPTION_PARSER, Role.PLOT, Role.TRACKER, Role.METRIC})
_SPEAKING = frozenset(
    (
        "print info debug warning warn error exception critical markdown write log startswith endswith "
        "replace split match sub search compile add_argument route get post put delete field Field option "
        "Option Argument echo header join add_scalar add_scalars add_image add_histogram log_metric scalar "
        "mount pop setdefault"
    ).split()
)
_PROSE_KEYWORDS = frozenset(
    {"help", "description", "epilog", "usage", "metavar", "title", "label", "doc", "reference"}
)
_BUCKET = frozenset({"bucket", "container", "topic", "dsn"})
_DATA_ROLES = frozenset(
    {Role.DATA_SOURCE, Role.DATA_SINK, Role.ARTEFACT_LOAD, Role.ARTEFACT_SAVE, Role.DATASET, Role.CONFIG_LOAD}
)


def places(file: SourceFile) -> tuple[NamedPlace, ...]:
    """Return the places that the literals of one file name; a test's are none."""
    return () if is_test_path(file.path) else tuple(_places(file))


def _places(file: SourceFile) -> Iterator[NamedPlace]:
    yield from _stores(file)
    exported = any("# In[" in cell.text for cell in file.document.cells)
    for node in file.index.of(cst.SimpleString):
        raw = node.value
        if len(raw) < 6 or len(raw) > 300 or "\n" in raw:
            continue
        if not ("/" in raw or "." in raw or _may_be_named(file, node)):
            continue
        text = string_value(node)
        kind = _kind(file, node, text) if text is not None else None
        if kind is not None and text is not None and (_is_used(file, node) or _is_option(file, node)):
            if kind[1] or not isinstance(file.index.parent(node), cst.Param):
                option = _is_option(file, node)
                where, own = file.at(node), is_owned(file, node)
                yield NamedPlace(text, kind[0], kind[1] and not exported, where, own, option)


def _stores(file: SourceFile) -> Iterator[NamedPlace]:
    """Yield the buckets that begin texts with holes."""
    for node in file.index.of(cst.FormattedString):
        first = node.parts[0] if node.parts else None
        store = _STORE.match(first.value) if isinstance(first, cst.FormattedStringText) else None
        if store is not None and not _PLACEHOLDER.search(store.group()) and _is_used(file, node):
            yield NamedPlace(store.group(), "URL", True, file.at(node), is_owned(file, node))


def store_of(text: str) -> str:
    """Return the bucket or container of an object store's URL, empty for every other text."""
    store = _STORE.match(text)
    return store["name"] if store is not None else ""


def _kind(file: SourceFile, node: cst.SimpleString, text: str) -> tuple[str, bool] | None:
    """Return what a text names and whether it says so on its own."""
    if _PLACEHOLDER.search(text) or _OF_THE_SYSTEM.match(text):
        return None
    url = _URL.match(text)
    if url is not None:
        return _url_kind(url["scheme"], url["rest"])
    if _may_be_named(file, node) and re.fullmatch(r"[\w.-]{3,63}", text):
        return "bucket", True
    hub = _hub_call(file, node)
    if hub is not None and _HUB.match(text) and not _FILE_END.search(text):
        return ("data set" if last_name(hub.func) == "load_dataset" else "model"), False
    if _PATH.match(text):
        return _path_kind(text) or (("path", False) if _is_saved(file, node) else None)
    if _OWN_FILE.match(text):
        return "file", False
    return ("artefact", False) if _FILE_END.search(text) and _is_artefact(file, node) else None


def _is_artefact(file: SourceFile, node: cst.SimpleString) -> bool:
    """Whether a model is saved in a file of this name, or loaded from it."""
    arg = file.index.parent(node)
    call = file.index.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    api = file.api(call)
    roles = (Role.ARTEFACT_LOAD, Role.ARTEFACT_SAVE)
    return last_name(call.func) in ("save_model", "load_model") or (api is not None and api.role in roles)


def _url_kind(scheme: str, rest: str) -> tuple[str, bool] | None:
    if scheme in ("http", "https"):
        is_bare = "/" not in rest.rstrip("/") and not _PORT.search(rest)
        if _OWN_HOSTS.match(rest) or _READ_BY_PEOPLE.match(rest) or is_bare:
            return None
        return "URL", True
    if _OWN_HOSTS.match(rest) or scheme in ("file", "ws", "wss", "tcp", "env", "udp"):
        return None
    return "URL", True


def _path_kind(text: str) -> tuple[str, bool] | None:
    parts = [part for part in text.split("/") if part not in ("", ".", "..", "~")]
    if _FILE_END.search(text):
        return ("path", len(parts) > 1) if parts else None
    is_rooted = text.startswith(("/", "~/", "./", "../"))
    return ("path", len(parts) > 1) if is_rooted and len(parts) > 1 and not _is_system(text) else None


def _is_system(text: str) -> bool:
    return text.startswith(
        ("/usr/", "/etc/", "/dev/", "/proc/", "/sys/", "/bin/", "/opt/ml", "/var/run", "/v1/", "/api/")
    )


def _may_be_named(file: SourceFile, node: cst.SimpleString) -> bool:
    """Whether the literal is given to a name that says bucket."""
    parent = file.index.parent(node)
    match parent:
        case cst.Arg(keyword=cst.Name(value=name)):
            return bool(_BUCKET.intersection(words(name)))
        case cst.Arg():
            call = file.index.parent(parent)
            return isinstance(call, cst.Call) and _is_bucket_argument(file, call, parent)
        case cst.Assign():
            return any(_BUCKET.intersection(words(last_name(target.target))) for target in parent.targets)
        case cst.Param():
            return bool(_BUCKET.intersection(words(parent.name.value)))
    return False


def _is_bucket_argument(file: SourceFile, call: cst.Call, arg: cst.Arg) -> bool:
    """Whether a positional argument is a bucket: `Bucket("x")`, or by the callee's parameters."""
    if last_name(call.func).lower() in ("bucket", "get_bucket"):
        return True
    place = next(n for n, other in enumerate(call.args) if other is arg)
    if place > 1 or not isinstance(call.func, cst.Attribute):
        return False
    api = file.api(call)
    params = api.params if api is not None else ()
    return place < len(params) and bool(_BUCKET.intersection(words(params[place])))


def _hub_call(file: SourceFile, node: cst.SimpleString) -> cst.Call | None:
    """Return the call that loads a model of this name from a hub."""
    arg = file.index.parent(node)
    call = file.index.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg):
        return None
    if arg.keyword is None and call.args[0] is not arg:
        return None
    if arg.keyword is not None and "name" not in words(arg.keyword.value) and arg.keyword.value != "model":
        return None
    if last_name(call.func) in ("from_pretrained", "load_dataset"):
        return call
    api = file.api(call)
    return call if api is not None and "hub" in api.traits and api.role is Role.ARTEFACT_LOAD else None


def _is_saved(file: SourceFile, node: cst.SimpleString) -> bool:
    """Whether a model is saved in a folder of this name."""
    arg = file.index.parent(node)
    call = file.index.parent(arg) if isinstance(arg, cst.Arg) else None
    return isinstance(call, cst.Call) and last_name(call.func) == "save_pretrained"


def _is_option(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the literal is the default of a command-line option."""
    arg = file.index.parent(node)
    call = file.index.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg) or arg.keyword is None:
        return False
    if arg.keyword.value != "default":
        return False
    api = file.api(call)
    return last_name(call.func) == "add_argument" or (api is not None and api.role is Role.OPTION)


def _is_used(file: SourceFile, node: cst.CSTNode) -> bool:
    """Whether the program goes to the place: the literal is given a name or an argument, and is not only spoken of."""
    below = node
    for ancestor in file.index.ancestors(node):
        match ancestor:
            case cst.Arg():
                return _is_taken(file, ancestor)
            case cst.BinaryOperation():
                if ancestor.left is not below and not isinstance(ancestor.operator, cst.Divide):
                    return False
            case cst.ConcatenatedString() | cst.FormattedString() | cst.Comparison() | cst.ComparisonTarget():
                return False
            case cst.DictElement():
                if ancestor.key is below:
                    return False
            case cst.Assign() | cst.AnnAssign() | cst.Param() | cst.Return():
                return not isinstance(ancestor, cst.AnnAssign) or ancestor.value is below
            case cst.Element() | cst.List() | cst.Tuple() | cst.Dict() | cst.Set() | cst.IfExp():
                pass
            case _:
                return False
        below = ancestor
    return False


def _is_taken(file: SourceFile, arg: cst.Arg) -> bool:
    call = file.index.parent(arg)
    if not isinstance(call, cst.Call):
        return False
    if arg.keyword is not None and arg.keyword.value in _PROSE_KEYWORDS:
        return False
    api = file.api(call)
    if api is not None:
        return api.role not in _SILENT_ROLES
    method = last_name(call.func)
    if method in ("get", "post", "put", "join"):  # of a session, of a path: not of a dict
        receiver = last_name(call.func.value) if isinstance(call.func, cst.Attribute) else ""
        is_first = call.args[0] is arg or receiver == "path"
        return is_first and receiver in ("requests", "session", "httpx", "client", "path")
    if isinstance(file.index.parent(call), cst.Raise):
        return False
    return method not in _SPEAKING and not method.startswith(("suggest_", "DEFINE_"))
