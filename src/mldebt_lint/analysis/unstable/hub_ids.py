"""Names of models and data sets on hubs, told from folders on a disk."""

from __future__ import annotations

import re

from mldebt_lint.analysis.file import SourceFile
from mldebt_lint.analysis.library import Role

ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
BARE = re.compile(r"[A-Za-z][\w.-]*")
FILE = re.compile(
    r"(?i)\.(?:pt|pth|bin|ckpt|json|jsonl|csv|tsv|txt|parquet|model|pkl|h5|safetensors|gguf|onnx|tar|gz|zip|py|ya?ml|vocab)$"
)
FOLDERS = frozenset(
    """output outputs out model models checkpoint checkpoints ckpt ckpts data dataset datasets result results save saved
    saves saved_model saved_models run runs log logs weights weight pretrained pretrained_models pretrain tmp temp
    experiment experiments exp exps artifact artifacts cache src lib assets resources resource local trained finetuned
    finetune train training static files input inputs home workspace content mnt root opt var drive exports export
    build dist trainer models_hf hf_models lora loras adapters adapter bert embeddings tokenizer tokenizers llm llms
    path""".split()
)
PLACEHOLDER = re.compile(
    r"(?i)\byour?\b|your[-_]|[-_]here\b|^(?:user|username|org|organization|account|owner|me|foo)/|\.\.\.|<|>|\{|xxx"
)
SAVING = frozenset(
    {"output_dir", "save_directory", "local_dir", "out_dir", "output_path", "save_dir", "cache_folder"}
)
BRANCHED = re.compile(r"^(?:hf[-_]hub:)?(?P<id>[^@]+)(?:@(?P<revision>[^@]+))?$")


def is_hub_id(text: str, bare: frozenset[str], *, any_bare: bool = False) -> bool:
    """Whether a text names something on a hub and no folder.

    `owner/name` does, unless the owner is called as folders are; a name alone only if it is among `bare`, or if
    `any_bare` and it is not called as a folder is.
    """
    if FILE.search(text) or PLACEHOLDER.search(text):
        return False
    if ID.fullmatch(text):
        return text.partition("/")[0].lower() not in FOLDERS
    if not any_bare:
        return text in bare
    return BARE.fullmatch(text) is not None and text.lower() not in FOLDERS


def made_here(file: SourceFile) -> frozenset[str]:
    """Return the texts under which the file saves something: what it loads by these names is its own."""
    found: set[str] = set()
    for call in file.calls:
        api = file.api(call)
        saves = api is not None and api.role is Role.ARTEFACT_SAVE
        for place, arg in enumerate(call.args):
            keyword = arg.keyword.value if arg.keyword is not None else ""
            if keyword in SAVING or (saves and place < 2):
                constant = file.constant(arg.value)
                if isinstance(constant, str):
                    found.add(constant.rstrip("/"))
    return frozenset(found)
