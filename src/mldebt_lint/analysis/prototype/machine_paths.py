"""Whether a text is a path that exists on one person's, lab's or platform's machine only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Whose machine a path belongs to; the value says it in a message."""

    HOME = "in somebody's home directory"
    WINDOWS = "on somebody's Windows drive"
    COLAB = "in somebody's Google Drive"
    KAGGLE = "on Kaggle's machines"
    DISK = "on the disk of one machine or cluster"


@dataclass(frozen=True, slots=True)
class MachinePath:
    """A path and what it is rooted in.

    `root` is what repeats of one debt share: the place and the first folder in it. `sure` is false where the same
    text may be a container's mount or a placeholder, so that how it is used has to decide.
    """

    text: str
    place: Place
    root: str
    sure: bool = True


# Any literal that could become such a path, told by its first characters; cheap enough for every string.
CANDIDATE = re.compile(
    r"""[rRbBuUfF]{0,2}("{3}|'{3}|["'])(?:file://)?"""
    r"(?:/(?:home|Users|private/home|mnt|media|run/media|Volumes|content|gdrive|kaggle|data\w*|scratch|gpfs|lustre"
    r"|nfs|raid|fsx|checkpoint|datasets\d|ssd|hdd|nvme|disk|storage|cluster|nas)|[A-Za-z]:[\\/])"
)
# Accounts that an image or a hosted platform makes: the path is the same for everybody.
IMAGE_USERS = frozenset(
    {
        *("jovyan", "airflow", "appuser", "app", "runner", "circleci", "vscode", "vcap", "spark"),
        *("hadoop", "docker", "nonroot", "model-server", "sagemaker-user", "gradle", "node", "site"),
        *("mambauser", "micromamba", "conda", "linuxbrew", "azureuser", "trusted-service-user", "gitpod"),
        *("codespace", "dagster", "prefect", "mlflow"),
    }
)
PLACEHOLDERS = frozenset(
    {
        *("user", "username", "user_name", "user-name", "users", "you", "your", "yourname", "your_name"),
        *("your-name", "yourusername", "your_username", "me", "xxx", "xx", "xxxx", "name", "someone"),
        *("foo", "myuser", "myname", "public", "shared", "guest"),
    }
)
SYSTEM_FOLDERS = re.compile(
    r"(?i)(?:windows|winnt|program files(?: \(x86\))?|program~\d|programdata|temp|tmp|nvidia|msys\d*|cygwin\d*|mingw[\w-]*"
    r"|python\d*|\$recycle\.bin|path)$"
)
SEPARATORS = re.compile(r"[\\/]+")
WINDOWS = re.compile(r"(?P<drive>[A-Za-z]):(?P<sep>[\\/]{1,4})(?P<rest>[^\\/:*?\"<>|\n].*)")
# More than one word between separators happens; a sentence, a pattern or code does not look like a path.
PROSE = re.compile(r"[`\n\t<>|;\"']|[.,:!?] |\(\?|\\[dwsb][+*]|&&| -")
NOT_A_NAME = re.compile(r"[{}$%*<>\[\]()]|^\.+$|^\s*$")
DISKS = re.compile(
    r"/(?:data\w{0,2}|datasets\d\w*|scratch\w*|gpfs\w*|lustre\w*|nfs\w*|raid\w*|fsx|checkpoint|ssd\w*|hdd\w*"
    r"|nvme\w*|disk\w*|storage\w*|cluster|nas\w*|mnt/(?:sd[a-z]\d*|hdd\w*|ssd\w*|nvme\w*|disk\w*|nas\w*|nfs\w*"
    r"|storage\w*|lustre\w*|gpfs\w*|raid\w*|scratch\w*|home|data\d+|cephfs|beegfs)|media/\w+|run/media/\w+)$"
)

CLUSTER = re.compile(
    r"/(?:scratch|gpfs|lustre|nfs|raid|fsx|datasets\d|ssd|hdd|nvme|mnt/(?:sd[a-z]|[hs]dd|nvme|lustre|gpfs))"
)


def machine_path(text: str) -> MachinePath | None:
    """Return what kind of machine path a text is, None for every other text.

    A text that ends before it names an owner (`/home/`, `C:/`) is none: what is joined to it decides.
    """
    text = text.removeprefix("file://")
    if len(text) > 300 or PROSE.search(text):
        return None
    windows = WINDOWS.match(text)
    if windows is not None:
        return _windows(text, windows["drive"], SEPARATORS.split(windows["rest"]))
    if not text.startswith("/") or text.startswith("//"):
        return None
    return _posix(text, [part for part in text.split("/") if part])


def _windows(text: str, drive: str, parts: list[str]) -> MachinePath | None:
    first = parts[0]
    if len(first) < 2 or SYSTEM_FOLDERS.match(first) or NOT_A_NAME.search(first):
        return None
    if first.lower() != "users":
        return MachinePath(text, Place.WINDOWS, f"{drive.upper()}:/{first}", len(parts) > 1 or "." in first)
    owner = parts[1] if len(parts) > 1 else ""
    if not owner or NOT_A_NAME.search(owner) or owner.lower() == "public":
        return None
    return MachinePath(
        text, Place.WINDOWS, _root(f"{drive.upper()}:/Users/{owner}", parts[2:]), not _is_placeholder(owner)
    )


def _posix(text: str, parts: list[str]) -> MachinePath | None:
    match parts:
        case ["mnt", drive, *rest] if len(drive) == 1 and drive.isalpha() and rest:
            inner = _windows(text, drive, rest)
            return MachinePath(text, Place.WINDOWS, f"/mnt/{inner.root}", inner.sure) if inner else None
        case ["private", "home", owner, *rest]:
            return _home(text, f"/private/home/{owner}", owner, rest)
        case ["home" | "Users" as top, owner, *rest]:
            return _home(text, f"/{top}/{owner}", owner, rest)
        case ["content", "drive" | "gdrive" as drive, *rest] if rest:
            return MachinePath(text, Place.COLAB, _root(f"/content/{drive}/{rest[0]}", rest[1:]))
        case ["gdrive", "MyDrive" | "My Drive" as drive, *rest]:
            return MachinePath(text, Place.COLAB, _root(f"/gdrive/{drive}", rest))
        case ["kaggle", "input" | "working" | "temp" | "lib" | "usr" as top, *_]:
            return MachinePath(text, Place.KAGGLE, f"/kaggle/{top}")
    return _disk(text, parts)


def _home(text: str, root: str, owner: str, rest: list[str]) -> MachinePath | None:
    if owner in IMAGE_USERS or "@" in owner or NOT_A_NAME.search(owner) or not re.search(r"\w", owner):
        return None
    return MachinePath(text, Place.HOME, _root(root, rest), bool(rest) and not _is_placeholder(owner))


def _is_placeholder(owner: str) -> bool:
    return owner.lower() in PLACEHOLDERS


def _disk(text: str, parts: list[str]) -> MachinePath | None:
    """A path on a mounted disk counts from two folders below it: `/data/train.csv` is what images mount."""
    for depth in (1, 2, 3):
        root = "/" + "/".join(parts[:depth])
        rest = parts[depth:]
        if DISKS.match(root) and len(rest) >= 2 and not NOT_A_NAME.search(rest[0]):
            return MachinePath(text, Place.DISK, _root(root, rest), CLUSTER.match(root) is not None)
    return None


def _root(base: str, rest: list[str]) -> str:
    """The first folder below an owner: what repeats of one debt share. A file's own name is no folder."""
    folders = rest[:-1]
    return f"{base}/{folders[0]}" if folders else base
