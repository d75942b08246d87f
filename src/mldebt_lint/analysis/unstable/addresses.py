"""Addresses of data and models, and whether what stands behind them can change."""

from __future__ import annotations

import re
from dataclasses import dataclass

REMOTE = re.compile(r"(?i)(?:https?|ftp|s3a?|gs|gcs|abfss?|wasbs?|hdfs|az|adl|dbfs)://")
WEB = re.compile(r"(?i)(?:https?|ftp)://")
HERE = re.compile(r"(?i)^\w+://(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|\[::1\]|host\.docker)")
HASH = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![0-9A-Za-z])")
# A branch, tag or commit in the addresses of the usual places for code and models.
REFERENCES = (
    re.compile(r"raw\.githubusercontent\.com/[^/]+/[^/]+/(?:refs/(?:heads|tags)/)?([^/]+)/"),
    re.compile(r"github\.com/[^/]+/[^/]+/(?:raw|blob)/(?:refs/(?:heads|tags)/)?([^/]+)/"),
    re.compile(
        r"github\.com/[^/]+/[^/]+/(?:archive|zipball|tarball)/(?:refs/(?:heads|tags)/)?([^/]+?)(?:\.(?:zip|tar\.gz))?$"
    ),
    re.compile(r"(?:gitlab|bitbucket|gitee)[^/]*/.+?/(?:-/)?(?:raw|blob)/([^/]+)/"),
    re.compile(r"(?:huggingface\.co|hf\.co)/.+?/(?:resolve|raw|blob)/([^/]+)/"),
    re.compile(r"(?:cdn\.jsdelivr\.net)/gh/[^/]+/[^/@]+@([^/]+)/"),
)
LATEST = re.compile(r"(?i)(?:^|[/_.=:@-])(?:latest|newest|current)(?:$|[/_.?&-])")
DATED = re.compile(
    r"(?<!\d)(?:19[5-9]|20[0-4])\d(?:[-_./]?(?:0[1-9]|1[0-2])(?:[-_./]?(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)
VERSION = re.compile(
    r"(?i)(?:^|[/_.=@-])(?:v\.?\d+(?:[._]\d+)*|version[-_/=]?\d+(?:\.\d+)*|\d+(?:\.\d+)+)(?=$|[/_.?&-])"
)
ITEM = re.compile(r"/\d{4,}(?:/|$|\?)|[?&](?:version|versionId|sha|rev|generation)=\w|doi\.org/")
INTERFACE = re.compile(
    r"(?i)^api\.[^/]*(?:/v?\d[\w.]*)?|\bapi/v?\d[\w.]*"
)  # the version of an interface is none of its data
SUFFIX = re.compile(r"\.(\w{1,8})(?:\.(gz|bz2|xz|zst|zip))?$")
MODELS = re.compile(r"(?i)/models?/|(?:weights|checkpoint|[_-]model)[^/]*$")
NO_DATA = frozenset(
    """py ipynb sh r js css html htm php md rst yml yaml toml cfg ini whl exe deb rpm jar proto jinja jinja2 ttf otf
    jpg jpeg png gif svg bmp ico webp mp4 avi mov mp3 wav flac pdf""".split()
)
WEIGHTS = frozenset(
    """pt pth ckpt onnx safetensors bin caffemodel prototxt weights pb tflite keras pdparams pdmodel params model gguf ggml
    torch t7 cfg index meta msgpack""".split()
)
DATA = frozenset(
    """csv tsv json jsonl ndjson txt zip gz tgz tar bz2 xz 7z rar zst parquet feather arrow xls xlsx npz npy pkl pickle
    h5 hdf5 data dat arff libsvm svm xml mat nc db sqlite tfrecord tfrecords test train names all""".split()
)


@dataclass(frozen=True, slots=True)
class Address:
    """What stands where: `reason` says why it can change, and is empty where it cannot, or nobody knows."""

    text: str
    reason: str

    @property
    def suffix(self) -> str:
        """The kind of file by its name, without what compressed it."""
        path = self.text.partition("?")[0].partition("#")[0].rstrip("/")
        found = SUFFIX.search(path.rpartition("/")[2].lower())
        if found is None:
            return ""
        inner, packed = found.groups()
        return packed if packed and inner not in DATA | NO_DATA | WEIGHTS else inner

    @property
    def is_weights(self) -> bool:
        """Whether it names a model's weights, or another file of a model."""
        return self.suffix in WEIGHTS or MODELS.search(self.text) is not None

    @property
    def may_be_data(self) -> bool:
        """Whether nothing says that it is an image, a page, code or weights."""
        return self.suffix not in NO_DATA and not self.is_weights

    @property
    def is_data(self) -> bool:
        """Whether its name says that it is data."""
        return self.suffix in DATA and not self.is_weights


def address(text: str, hole: str) -> Address:
    """Return what is known of a text that may be an address; `hole` stands in it for what is not known."""
    text = text.strip()
    if not REMOTE.match(text) or HERE.match(text):
        return Address(text, "")
    return Address(text, _reason(text, hole))


def is_version(reference: str) -> bool:
    """Whether a branch, tag or revision is fixed by its form: a commit, a version, a date."""
    return bool(HASH.fullmatch(reference) or VERSION.search(reference) or DATED.search(reference))


def is_commit(revision: str) -> bool:
    """Whether a revision is a commit: seven hexadecimal digits or more."""
    return re.fullmatch(r"[0-9a-fA-F]{7,64}", revision) is not None


def _reason(text: str, hole: str) -> str:
    known = text.partition(hole)[0]
    for pattern in REFERENCES:
        found = pattern.search(known)
        if found is not None:
            branch = found.group(1)
            return "" if is_version(branch) else f"it follows the branch `{branch}`"
    path = text.partition("://")[2]
    if LATEST.search(path.partition(hole)[0]):
        return "it is whatever is latest"
    if hole in text or not WEB.match(text) or is_fixed(path):
        return ""
    return "no version or checksum fixes it"


def is_fixed(path: str) -> bool:
    """Whether a path names one version of what it holds: by a hash, a date, a version or a number."""
    path = INTERFACE.sub("", path)
    return any(pattern.search(path) for pattern in (HASH, DATED, VERSION, ITEM))
