"""What the name of a setting says: the hyperparameter it means, and the stage of a program it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Form(StrEnum):
    """What the value of a setting must look like."""

    NUMBER = "number"
    SIZE = "size"  # a number, or a pair or triple of them
    LIST = "list"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Concept:
    """A hyperparameter under all the names that people give it.

    `staged` are the stages between which it differs on purpose (the batch size of training and validation);
    `built` ones describe the inside of a network and differ between its layers. `plain` is true where the word is
    unusual enough that any variable of that name is the setting.
    """

    name: str
    form: Form = Form.NUMBER
    staged: frozenset[str] = frozenset()
    built: bool = False
    plain: bool = True


_TRAINS = frozenset({"pretrain", "train", "finetune"})
_USES = frozenset({"validate", "predict"})
_RUN = {
    "batch_size": "batchsize bs bsz minibatch_size mini_batch_size batch per_device_batch_size",
    "max_new_tokens": "",
    "temperature": "",
}
_TRAINING = {
    "learning_rate": "lr learningrate learn_rate base_lr init_lr initial_lr lr_init initial_learning_rate",
    "epochs": "n_epochs num_epochs nb_epoch nb_epochs max_epochs nepochs no_epochs num_train_epochs number_of_epochs epoch_count",
    "weight_decay": "wd l2_reg",
    "max_steps": "n_steps num_steps total_steps num_iters n_iters num_iterations n_iterations max_iters",
    "warmup_steps": "warmup num_warmup_steps n_warmup_steps warmup_iters",
    "patience": "early_stopping_patience es_patience early_stopping_rounds",
    "momentum": "",
    "gradient_clip": "grad_clip clip_grad max_grad_norm gradient_clip_val clip_norm grad_norm_clip clip_value",
    "gradient_accumulation_steps": "accumulation_steps grad_accum accum_steps grad_accumulation",
}
_DATA = {
    "seed": "random_state random_seed rng_seed manual_seed rand_seed global_seed split_seed",
    "num_classes": "n_classes nb_classes no_classes num_labels n_labels class_count number_of_classes",
    "n_features": "num_features nb_features n_feature num_feature feature_dim input_dim in_features n_inputs",
    "vocab_size": "n_vocab num_words max_words n_tokens vocabulary_size vocab_len num_tokens",
    "test_size": "test_split test_ratio test_frac test_fraction",
    "validation_size": "val_size val_split validation_split valid_size val_ratio val_frac val_fraction",
    "train_size": "train_split train_ratio train_frac train_fraction",
    "n_splits": "n_folds num_folds k_folds nfolds k_fold n_fold num_splits kfold",
    "sample_rate": "sampling_rate sr samplerate",
    "n_mels": "num_mels n_mel_channels",
    "n_fft": "fft_size",
    "hop_length": "hop_size",
    "window_size": "lookback look_back window_length",
    "max_length": "max_len maxlen max_seq_len max_seq_length max_sequence_length sequence_length seq_len seq_length "
    "max_token_length max_token_len",
    "context_length": "block_size context_size n_ctx context_window",
    "chunk_size": "",
    "chunk_overlap": "",
    "threshold": "thresh thres thr confidence_threshold conf_threshold conf_thres score_threshold decision_threshold "
    "prob_threshold probability_threshold cutoff",
}
_SIZES = {
    "image_size": "img_size imgsz im_size image_dim img_dim img_shape image_shape input_shape target_size",
    "image_height": "img_height img_h",
    "image_width": "img_width img_w",
    "crop_size": "",
    "input_size": "",
}
_MODEL = {
    "hidden_size": "hidden_dim hidden_units n_hidden num_hidden hidden_dims hidden_sizes hid_dim hidden_layer_size",
    "embedding_dim": "embed_dim embedding_size emb_dim emb_size embed_size embedding_dims d_model n_embd model_dim",
    "latent_dim": "z_dim latent_size",
    "num_layers": "n_layers n_layer nlayers num_hidden_layers",
    "num_heads": "n_heads n_head nhead num_attention_heads",
    "dropout": "dropout_rate dropout_prob drop_rate dropout_p p_dropout",
}
_TREES = {
    "n_estimators": "num_trees n_trees num_boost_round",
    "max_depth": "",
    "min_samples_leaf": "",
    "num_leaves": "",
    "n_neighbors": "num_neighbors",
    "n_clusters": "num_clusters",
    "n_components": "num_components",
}
_LISTS = {
    "features": "feature_columns feature_cols feature_names features_list feature_list columns_to_use num_cols cat_cols "
    "numeric_features categorical_features numerical_features num_features_list numeric_columns categorical_columns "
    "numerical_columns cat_features numerical_cols categorical_cols numeric_cols",
    "class_names": "classes labels label_names label_list target_names class_labels categories",
    "mean": "img_mean image_mean imagenet_mean pixel_mean norm_mean normalize_mean means",
    "std": "img_std image_std imagenet_std pixel_std norm_std normalize_std stds",
}
_TEXTS = {
    "model_name": "model_id model_checkpoint base_model base_model_name pretrained_model pretrained_model_name "
    "model_name_or_path backbone encoder_name embedding_model embedding_model_name checkpoint_name llm_model",
    "tokenizer_name": "tokenizer tokenizer_id tokenizer_path",
    "target": "target_column target_col label_column label_col target_name label_name",
}
# Words that name other things as well: they count as constants and arguments, not as any local variable.
_COMMON = frozenset(
    (
        "threshold temperature momentum input_size window_size n_features class_names mean std target "
        "features chunk_size n_components hidden_size num_layers context_length patience"
    ).split()
)
# As the name of a local variable or an argument, these are something else more often than not.
_SHORT = frozenset(
    {"batch", "bs", "wd", "thr", "cutoff", "labels", "classes", "categories", "tokenizer", "backbone"}
)


def _concepts() -> dict[str, Concept]:
    known: dict[str, Concept] = {}
    for table, form, staged, built in (
        (_RUN, Form.NUMBER, _TRAINS | _USES, False),
        (_TRAINING, Form.NUMBER, _TRAINS, False),
        (_DATA, Form.NUMBER, frozenset[str](), False),
        (_SIZES, Form.SIZE, frozenset[str](), False),
        (_MODEL, Form.SIZE, frozenset[str](), True),
        (_TREES, Form.NUMBER, frozenset[str](), False),
        (_LISTS, Form.LIST, frozenset[str](), False),
        (_TEXTS, Form.TEXT, frozenset[str](), False),
    ):
        for name, others in table.items():
            concept = Concept(name, form, staged, built, name not in _COMMON)
            known.update((spelling, concept) for spelling in (name, *others.split()))
    return known


_KNOWN = _concepts()
_GENERAL_PREFIXES = ("per_device_", "default_", "config_", "cfg_", "model_", "my_", "_")
STAGES = {
    "pretrain": "pretrain pretraining pretrained",
    "train": "train training trainer fit trn",
    "finetune": "finetune finetuning tune tuning",
    "validate": "val valid validate validation validator dev eval evaluate evaluation evaluator test testing tester "
    "benchmark score scoring",
    "predict": "predict prediction predictor predictions infer inference serve serving server app api deploy "
    "deployment demo handler generate sample endpoint submission submit",
    "prepare": "prepare preparation preprocess preprocessing ingest ingestion download etl featurize featurise "
    "make_dataset dataset data process processing clean cleaning split extract",
}
NAMES_KEPT = 10_000  # the names of a project come again and again
_STAGE_OF = {word: stage for stage, words in STAGES.items() for word in words.split()}


def words(name: str) -> list[str]:
    """Split a name into its lower-case words."""
    return [word.lower() for word in WORD.findall(name)]


def normal(name: str) -> str:
    """Return a name in lower case with underscores between its words."""
    return "_".join(words(name)) if not name.islower() else name.strip("_")


@lru_cache(maxsize=NAMES_KEPT)
def stage_of(name: str) -> str:
    """Return the stage that a name speaks of, empty when it speaks of none or of several."""
    found = {_STAGE_OF[word] for word in words(name) if word in _STAGE_OF}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=NAMES_KEPT)
def concept_of(name: str) -> tuple[Concept, str] | None:
    """Return the hyperparameter a name means, and the stage that the name itself gives it, or None."""
    text = normal(name)
    if text in _KNOWN:
        return _KNOWN[text], ""
    for prefix in _GENERAL_PREFIXES:
        if text.startswith(prefix) and len(text) > len(prefix):
            return concept_of(text.removeprefix(prefix))
    first, _, rest = text.partition("_")
    if first in _STAGE_OF and rest in _KNOWN:
        return _KNOWN[rest], _STAGE_OF[first]
    return None


def is_common_word(name: str) -> bool:
    """Whether a name, as it is spelt, means other things as often as the hyperparameter."""
    return name in _SHORT
