"""Which constants of tied modules are told to disagree."""

from __future__ import annotations

import pytest
from support import project_of, source_file

from mldebt_lint.analysis.facts import Fact, module_fact, vocabulary
from mldebt_lint.analysis.settings import conflicts, model_facts, setting_facts
from mldebt_lint.registry import Registry

TRAIN = "import torch\nfrom torchvision.transforms import Normalize, v2\n{}\ntorch.save(fit(), 'best.pt')\n"
SERVE = "import torch\nfrom torchvision import transforms\n{}\nmodel = torch.load('best.pt')\n"


def meanings(train: str, serve: str, registry: Registry) -> list[str]:
    files = {"train.py": TRAIN.format(train), "serve.py": SERVE.format(serve)}
    parsed = [source_file(text, registry.library, path) for path, text in files.items()]
    facts: dict[str, list[Fact]] = {
        f.path: [vocabulary(f), *setting_facts(f), *model_facts(f)] for f in parsed
    }
    project = project_of([module_fact(file) for file in parsed], facts, [], registry.library)
    return [item.meaning for item in conflicts(project)]


def test_a_path_that_is_put_together_ties_modules(registry: Registry) -> None:
    train = "import os\nSEQ_LEN = 9\ntorch.save(net, os.path.join('models', 'best.pt'))\n"
    serve = "from pathlib import Path\nSEQ_LEN = 8\nnet = torch.load(Path('models') / 'best.pt')\n"
    parsed = [
        source_file(t, registry.library, p) for p, t in (("src/train.py", train), ("app/main.py", serve))
    ]
    facts: dict[str, list[Fact]] = {
        f.path: [vocabulary(f), *setting_facts(f), *model_facts(f)] for f in parsed
    }
    project = project_of([module_fact(file) for file in parsed], facts, [], registry.library)
    assert [item.tie.name for item in conflicts(project)] == ["'models/best.pt'"]


@pytest.mark.parametrize(
    ("train", "serve", "found"),
    [
        (
            "Normalize([0.4, 0.5], [0.1, 0.2])",
            "transforms.Normalize(mean=(0.5, 0.5), std=(0.5, 0.5))",
            ["mean"],
        ),
        (
            "Normalize([0.4, 0.5], [0.1, 0.2])",
            "transforms.Normalize((0.4, 0.5), (0.5, 0.5))",
            ["standard deviation"],
        ),
        ("Normalize([0.4, 0.5], [0.1, 0.2])", "transforms.Normalize(MEAN, STD)", []),
        ("IMG_HEIGHT = 224\nIMG_WIDTH = 224", "IMG_HEIGHT = 160\nIMG_WIDTH = 160", ["image height"]),
        ("def tf(img_size=224): pass\ntf()", "def tf(img_size=299): pass\ntf()", ["image size"]),
        ("def tf(img_size=224): pass\ntf()", "def tf(img_size=299): pass\ntf(224)", []),
        ("def tf(img_size=224): pass\ntf()", "def tf(img_size=299): pass\ntf(**options)", []),
        ("LABEL2ID = {'no': 0, 'yes': 1}", "id2label = {0: 'yes', 1: 'no'}", ["labels"]),
        ("LABEL2ID = {'no': 0, 'yes': 1}", "classes = ['no', 'yes']", []),
        ("classes = ['no', 'yes']", "classes = ['nein', 'ja']", []),
        (
            "@dataclass\nclass Config:\n    max_len: int = 9",
            "parser.add_argument('--max-len', default=8)",
            ["max length"],
        ),
        ("def tf(img_size=224): pass", "def tf(img_size=299): pass", []),
        ("Tokenizer.from_pretrained('acme/bert')", "Tokenizer.from_pretrained('acme/gpt')", ["tokenizer"]),
        (
            "tok = Tokenizer.from_pretrained('acme/bert')\ntok.save_pretrained('out/tok')",
            "Tokenizer.from_pretrained('out/tok')",
            [],
        ),
    ],
)
def test_what_one_artefact_is_made_and_used_with_is_compared(
    train: str, serve: str, found: list[str], registry: Registry
) -> None:
    assert meanings(train, serve, registry) == found
