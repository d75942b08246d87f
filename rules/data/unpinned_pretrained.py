"""MLD302: pretrained weights by a name behind which others may stand tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt_lint.rule import (
    HOLE,
    Bad,
    Debt,
    Fetch,
    FileRule,
    Finding,
    Good,
    Needs,
    Pin,
    Profile,
    Role,
    Severity,
    SourceFile,
    Told,
    address,
    fetches,
    is_fetching_place,
    is_hub_id,
    is_showing,
    literals,
    made_here,
    template,
)

LOADS = frozenset({Role.ARTEFACT_LOAD, Role.LAYER})
FROM_HUB = re.compile(r"^hf[-_]hub:")
REPOSITORY = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?::(?P<tag>.+))?")
REGISTERED = re.compile(
    rf"models:/(?:[^/@{HOLE}]+|{HOLE})(?:/(?P<version>[^/{HOLE}]+)|@(?P<alias>[^/{HOLE}]+))"
)
WEB = re.compile(r"(?i)https?://")
BRANCHES = frozenset({"main", "master", "head", "latest", "dev", "develop"})


@dataclass(frozen=True, slots=True)
class _Loose:
    """Something loaded by a name that does not fix it: which, why, where the name is written."""

    fetch: Fetch
    name: str
    why: str
    told: Told | None = None
    severity: Severity | None = None
    profile: Profile | None = None


class UnpinnedPretrained(FileRule):
    """Pretrained weights are loaded from a hub by a name alone, without a revision that cannot move.

    Why it is debt
    A name on a hub is a signal that somebody else owns: its files can be replaced over night, and the same commit
    of this project then trains on, or serves, another model. Nothing fails, the numbers merely change. It is the
    paper's unstable data dependency (§3): "a versioned copy" is what it asks for.

    What to do instead
    Pass the commit (`revision="86b5e093…"`); name a tag for `torch.hub` (`"owner/repo:v1.0"`), a version for
    TF-Hub and model registries (`models:/churn/3`). `revision="main"` is the default and fixes nothing.

    Known limits
    Names are followed within one file: constants, tables, what callers pass. Those from options, configuration, the
    environment or another file are silent, folders too. A tag of the hub is info: its owner can move it. Names that
    the installed library resolves, examples, and defaults of parameters without callers are strict.

    References
    Sculley et al. 2015, §3 Unstable data dependencies.
    """

    code = "MLD302"
    name = "unpinned-pretrained"
    debt = Debt.UNSTABLE_DATA
    severity = Severity.WARNING
    needs = Needs(roles=frozenset({Role.ARTEFACT_LOAD}), words=frozenset({"create_model"}))
    effort_minutes = 5
    examples = (
        Bad(
            """
            from transformers import AutoModel, AutoTokenizer as Tokenizer

            NAME = "bert-base-uncased"
            tokenizer = Tokenizer.from_pretrained(NAME)  # bad
            model = AutoModel.from_pretrained(NAME)
            other = AutoModel.from_pretrained("google/flan-t5-base", revision="main")  # bad
            """
        ),
        Bad(
            """
            from transformers import BartForConditionalGeneration

            def build(size):
                assert size in {"facebook/bart-base", "facebook/bart-large"}
                return BartForConditionalGeneration.from_pretrained(size)  # bad
            """
        ),
        Bad(
            """
            import torch
            from sentence_transformers import SentenceTransformer

            class Encoder:
                def __init__(self, name):
                    self.model = SentenceTransformer(name)  # bad
                    self.backbone = torch.hub.load("facebookresearch/dinov2", "dinov2_vits14")  # bad

            encoder = Encoder("all-MiniLM-L6-v2")
            """
        ),
        Bad(
            files={
                "serve.ipynb": """
                # %%
                import mlflow
                import tensorflow_hub as hub
                # %%
                name = "churn"
                model = mlflow.pyfunc.load_model(f"models:/{name}/Production")  # bad
                # %%
                layer = hub.KerasLayer("https://tfhub.dev/google/mobilenet_v2_100_224")  # bad
                """
            }
        ),
        Bad(
            """
            from huggingface_hub import hf_hub_download, snapshot_download
            from transformers import pipeline

            path = hf_hub_download("acme/churn", "model.bin", revision="v1.0")  # bad
            folder = snapshot_download(repo_id="acme/prices")  # bad
            classify = pipeline("text-classification", model="acme/tone")  # bad
            """
        ),
        Good(
            """
            import argparse
            from transformers import AutoModel

            parser = argparse.ArgumentParser()
            parser.add_argument("--model", default="bert-base-uncased")
            model = AutoModel.from_pretrained(parser.parse_args().model)
            """
        ),
        Good(
            """
            import os
            from transformers import AutoModel

            REVISION = "86b5e0934494bd15c9632b12f734a8a67f723594"
            AutoModel.from_pretrained("bert-base-uncased", revision=REVISION)
            best = AutoModel.from_pretrained(os.path.join("checkpoints", "best"))
            other = AutoModel.from_pretrained(os.environ.get("MODEL", "roberta-base"))
            """
        ),
        Good(
            """
            import mlflow
            import tensorflow_hub as hub
            import torch

            model = mlflow.pyfunc.load_model("models:/churn/3")
            layer = hub.KerasLayer("https://tfhub.dev/google/nnlm-en-dim50/2")
            net = torch.hub.load("pytorch/vision:v0.10.0", "resnet18")
            mine = torch.hub.load("nets/mine", "resnet18", source="local")
            """
        ),
        Good(
            """
            from transformers import AutoModel

            AutoModel.from_pretrained("acme/base", **settings).save_pretrained("acme/tuned")
            again = AutoModel.from_pretrained("acme/tuned")
            """
        ),
    )

    def check(self, file: SourceFile) -> Iterator[Finding]:
        """Report each name once, at the first call that loads it."""
        if not is_fetching_place(file.path):
            return
        groups: dict[tuple[str, str, Severity | None], list[_Loose]] = {}
        for fetch in fetches(file):
            if fetch.api.role in LOADS and fetch.pin not in (Pin.FIXED, Pin.UNKNOWN):
                loose = _loose(file, fetch)
                if loose is not None:
                    groups.setdefault((loose.name, loose.why, loose.severity), []).append(loose)
        for first, *others in groups.values():
            yield self._finding(file, first, others)

    def _finding(self, file: SourceFile, loose: _Loose, others: list[_Loose]) -> Finding:
        call = loose.fetch.call
        related = []
        if loose.told is not None and file.index.statement(loose.told.node) is not file.index.statement(call):
            related.append(file.at(loose.told.node, "the name is written here"))
        related += [file.at(other.fetch.call, "loaded here, too") for other in others]
        profile = Profile.STRICT if is_showing(file.path) else loose.profile
        message = f"`{loose.name}` is loaded {loose.why}"
        return self.found(file.at(call), message, tuple(related), severity=loose.severity, profile=profile)


def _loose(file: SourceFile, fetch: Fetch) -> _Loose | None:
    traits = fetch.api.traits
    if "repository" in traits:
        return _of_repository(file, fetch)
    if "registry" in traits:
        return _of_registry(file, fetch)
    if "hub-id" in traits:
        return _of_hub(file, fetch)
    if "pretrained" in traits and "bare-names" in traits:
        return _of_library(file, fetch)
    if traits & {"versioned-url", "version-word", "weights-url"}:
        return _of_address(file, fetch)
    return None


def _of_hub(file: SourceFile, fetch: Fetch) -> _Loose | None:
    own = file.once(made_here)
    any_bare = "bare-names" in fetch.api.traits
    for told in literals(file, fetch.id):
        name, _, revision = FROM_HUB.sub("", told.text).partition("@")
        if told.text.rstrip("/") in own or revision:
            continue
        if is_hub_id(name, file.library.moving, any_bare=any_bare):
            profile = Profile.STRICT if told.default else None
            if fetch.pin is Pin.TAG:
                why = f"by the tag `{fetch.revision}`, which its owner can move: name the commit"
                return _Loose(fetch, name, why, told, Severity.INFO, profile)
            how = f"with `{fetch.revision}` for a revision" if fetch.revision else "without a revision"
            return _Loose(fetch, name, f"{how}: its owner can replace it at any time", told, None, profile)
    return None


def _of_repository(file: SourceFile, fetch: Fetch) -> _Loose | None:
    source = fetch.arguments.get("source")
    if source is not None and file.constant(source) != "github":
        return None
    for told in literals(file, fetch.id):
        found = REPOSITORY.fullmatch(told.text)
        if found is None or not is_hub_id(found["name"], frozenset()):
            continue
        tag = found["tag"] or ""
        if not tag or tag.lower() in BRANCHES:
            return _Loose(fetch, told.text, "from the tip of a branch: name a tag or commit", told)
    return None


def _of_registry(file: SourceFile, fetch: Fetch) -> _Loose | None:
    text = template(file, fetch.id)
    found = REGISTERED.fullmatch(text) if text is not None else None
    if text is None or found is None:
        return None
    version = found["version"] or found["alias"]
    if found["version"] and version.isdecimal():
        return None
    shown = text.replace(HOLE, "…")
    return _Loose(fetch, shown, f"by `{version}`, which can be another version tomorrow")


def _of_library(file: SourceFile, fetch: Fetch) -> _Loose | None:
    """`create_model("resnet50", pretrained=True)`: the library decides which weights these are."""
    flag = fetch.arguments.get("pretrained")
    if flag is None or file.constant(flag) is not True:
        return None
    for told in literals(file, fetch.id):
        name = FROM_HUB.sub("", told.text)
        if name != told.text:
            fixed = "@" in name or not is_hub_id(name, frozenset())
            why = "without a revision: its owner can replace it at any time"
            return None if fixed else _Loose(fetch, name, why, told)
        if is_hub_id(name, frozenset(), any_bare=True):
            why = "by a name that the installed library resolves: the weights change with it"
            return _Loose(fetch, name, why, told, None, Profile.STRICT)
    return None


def _of_address(file: SourceFile, fetch: Fetch) -> _Loose | None:
    newest = "without a version: the newest one is taken"
    for told in literals(file, fetch.id):
        known = address(told.text, HOLE)
        last = told.text.partition("?")[0].rstrip("/").rpartition("/")[2]
        if "weights-url" in fetch.api.traits:
            if "branch" in known.reason or "latest" in known.reason:
                return _Loose(fetch, _short(told.text), f"although {known.reason}", told)
        elif "version-word" in fetch.api.traits:
            if "/" in told.text and not last.isdecimal():
                return _Loose(fetch, told.text, newest, told)
        elif WEB.match(told.text) and not last.isdecimal() and not known.suffix:
            return _Loose(fetch, _short(told.text), newest, told)
    return None


def _short(text: str) -> str:
    bare = text.partition("://")[2] or text
    return bare if len(bare) <= 60 else f"{bare[:28]}…{bare[-28:]}"
