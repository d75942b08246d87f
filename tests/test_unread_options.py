"""Which declared options of a project are found unread, and where the analysis keeps silent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support import project_of, source_file, unpacked

from mldebt_lint.analysis.facts import module_fact, vocabulary
from mldebt_lint.analysis.options import (
    OptionSets,
    drifts,
    option_facts,
    option_sets,
    unread,
    unused,
)
from mldebt_lint.registry import Registry

PARSER = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--dead", type=int, default=1)
"""


def sets_of(files: Mapping[str, str], registry: Registry) -> OptionSets:
    parsed = [source_file(text, registry.library, path) for path, text in files.items()]
    facts = {file.path: [vocabulary(file), *option_facts(file)] for file in parsed}
    return option_sets(project_of([module_fact(file) for file in parsed], facts, [], registry.library))


def dead(files: Mapping[str, str] | str, registry: Registry) -> list[str]:
    sets = sets_of({"train.py": files} if isinstance(files, str) else files, registry)
    return sorted([option.dest for option, _ in unread(sets)] + [option.flag for option in unused(sets)])


READ_ONE = {
    "attribute": "args = parser.parse_args()\nfit(args.lr)\n",
    "printed as a whole": "args = parser.parse_args()\nprint(args)\nlogger.info('%s', vars(args))\nfit(args.lr)\n",
    "shown one by one": "args = parser.parse_args()\nfor k, v in vars(args).items():\n    print(k, v)\nfit(args.lr)\n",
    "shown by name": "args = parser.parse_args()\nfor k in vars(args):\n    print(f'{k}: {getattr(args, k)}')\nfit(args.lr)\n",
    "message built from all": (
        "opt = parser.parse_args()\nmessage = ''\nfor k, v in sorted(vars(opt).items()):\n"
        "    message += '{:>25}: {:<30}\\n'.format(str(k), str(v))\nprint(message)\nfit(opt.lr)\n"
    ),
    "converted in place": (
        "args = parser.parse_args()\nfor k, v in vars(args).items():\n    if v == 'None':\n"
        "        setattr(args, k, None)\nfit(args.lr)\n"
    ),
    "key of vars": "params = vars(parser.parse_args())\nfit(params['lr'])\n",
    "get of dict": "params = parser.parse_args().__dict__\nfit(params.get('lr', 0.1))\n",
    "getattr": "args = parser.parse_args()\nfit(getattr(args, 'lr'))\n",
    "getattr in a loop over names": "args = parser.parse_args()\nfor name in ('lr',):\n    fit(getattr(args, name))\n",
    "function": "def main(a):\n    fit(a.lr)\nmain(parser.parse_args())\n",
    "keyword": "def main(*, opt):\n    fit(opt.lr)\nmain(opt=parser.parse_args())\n",
    "spread into parameters": "def main(lr, dead_weight=1):\n    fit(lr)\nmain(**vars(parser.parse_args()))\n",
    "spread into kwargs": "def main(**kwargs):\n    fit(kwargs['lr'])\nargs = parser.parse_args()\nmain(**vars(args))\n",
    "copied": "import copy\nargs = parser.parse_args()\nconf = copy.deepcopy(args)\nfit(conf.lr)\n",
    "updated dict": "config = {}\nargs = parser.parse_args()\nconfig.update(vars(args))\nfit(config['lr'])\n",
    "filtered dict": (
        "args = parser.parse_args()\ngiven = {k: v for k, v in vars(args).items() if v is not None}\nfit(given['lr'])\n"
    ),
    "class": "class T:\n    def __init__(self, args):\n        self.args = args\n    def go(self):\n        fit(self.args.lr)\n"
    "T(parser.parse_args()).go()\n",
    "closure": "def outer():\n    args = parser.parse_args()\n    def inner():\n        fit(args.lr)\n    inner()\n",
    "global": "args = None\ndef main():\n    fit(args.lr)\nif __name__ == '__main__':\n    args = parser.parse_args()\n    main()\n",
    "global statement": "def setup():\n    global args\n    args = parser.parse_args()\ndef main():\n    fit(args.lr)\n",
    "worker": (
        "import torch.multiprocessing as mp\ndef work(rank, args):\n    fit(args.lr)\nargs = parser.parse_args()\n"
        "mp.spawn(work, nprocs=2, args=(args,))\n"
    ),
    "partial": "from functools import partial\ndef work(args, x):\n    fit(args.lr)\nargs = parser.parse_args()\n"
    "list(map(partial(work, args), data))\n",
    "tuple": "def get():\n    return parser, parser.parse_args()\np, options = get()\nfit(options.lr)\n",
    "walrus": "if (args := parser.parse_args()).lr:\n    fit()\n",
    "subscript of a pair": "def get():\n    return 1, parser.parse_args()\na = get()[1]\nfit(a.lr)\n",
    "saved with the model": "import torch\nargs = parser.parse_args()\nfit(args.lr)\ntorch.save({'args': args}, 'x.pt')\n",
    "overwritten": "args = parser.parse_args()\nargs.dead = 3\nfit(args.lr)\n",
    "sub-commands": (
        "subs = parser.add_subparsers(dest='command')\nsub = subs.add_parser('x')\nsub.add_argument('--deep')\n"
        "args = parser.parse_args()\nfit(args.lr, args.deep)\n"
    ),
    "group": (
        "group = parser.add_argument_group('g')\ngroup.add_argument('--more')\nargs = parser.parse_args()\n"
        "fit(args.lr, args.more)\n"
    ),
    "formatted": "args = parser.parse_args()\nname = f'run-{args}'\nfit(args.lr, name)\n",
    "dispatch by default": (
        "def run(args):\n    fit(args.lr)\nparser.set_defaults(func=run)\nargs = parser.parse_args()\nargs.func(args)\n"
    ),
    "lambda": "args = parser.parse_args()\nf = lambda x: x * args.lr\n",
    "template": "args = parser.parse_args()\nname = '{lr}'.format(**vars(args))\n",
    "old template": "args = parser.parse_args()\nname = '%(lr)s' % vars(args)\n",
    "into an object": "class C:\n    pass\nc = C()\nparser.parse_args(namespace=c)\nfit(c.lr)\n",
    "defaults again": "args = parser.parse_args()\nparser.set_defaults(**vars(args))\nfit(args.lr)\n",
    "context manager": "args = parser.parse_args()\nwith open(str(args.lr)) as file:\n    pass\n",
}


@pytest.mark.parametrize("use", READ_ONE.values(), ids=READ_ONE.keys())
def test_an_option_that_nothing_reads_is_found_beside_one_that_is_read(use: str, registry: Registry) -> None:
    assert dead(PARSER + use, registry) == ["dead"]


SILENT = {
    "never parsed": "def get():\n    return parser\n",
    "unknown options allowed": "args, rest = parser.parse_known_args()\nfit(args.lr)\n",
    "another package": "import other\nargs = parser.parse_args()\nother.train(args)\n",
    "unknown function's keywords": "args = parser.parse_args()\nbuild()(**vars(args))\n",
    "another package's keywords": "import other\nargs = parser.parse_args()\nother.Model(**vars(args))\n",
    "computed getattr": "args = parser.parse_args()\nfit(getattr(args, name))\n",
    "computed key": "args = vars(parser.parse_args())\nfit(args[name])\n",
    "all keys used": "args = parser.parse_args()\nfor k, v in vars(args).items():\n    setattr(config, k, v)\n",
    "a command built of all": (
        "args = parser.parse_args()\ncmd = 'train'\nfor k, v in vars(args).items():\n    cmd += f' --{k} {v}'\nos.system(cmd)\n"
    ),
    "tracked": "import wandb\nargs = parser.parse_args()\nwandb.init(config=vars(args))\nfit(args.lr)\n",
    "written to a file": "import json\nargs = parser.parse_args()\njson.dump(vars(args), file)\nfit(args.lr)\n",
    "the rest of the keywords handed on": (
        "import other\ndef run(lr, **more):\n    other.go(more)\nrun(**vars(parser.parse_args()))\n"
    ),
    "matched": "match parser.parse_args():\n    case argparse.Namespace(dead=x):\n        fit(x)\n",
    "globals": "args = parser.parse_args()\nglobals().update(vars(args))\n",
    "star arguments": "args = parser.parse_args()\nrun(*[args])\n",
    "read by a function that nobody calls": "def go(args):\n    fit(args.dead)\nargs = parser.parse_args()\nfit(args.lr)\n",
    "read on one of two ways": "args = parser.parse_args()\nfit(args.lr)\nif x:\n    fit(args.dead)\n",
    "has": "args = parser.parse_args()\nfit(args.lr, 'dead' in args)\n",
    "increment": "args = parser.parse_args()\nargs.dead += 1\nfit(args.lr)\n",
    "exec": "args = parser.parse_args()\nexec(open('configurator.py').read())\nfit(args.lr)\n",
    "eval": "args = parser.parse_args()\nfit(args.lr, eval('args.' + name))\n",
    "unknown method": "args = parser.parse_args()\nengine.launch(args)\nfit(args.lr)\n",
}


@pytest.mark.parametrize("use", SILENT.values(), ids=SILENT.keys())
def test_nothing_is_said_where_the_values_may_be_read_unseen(use: str, registry: Registry) -> None:
    assert dead(PARSER + use, registry) == []


FIELDS = """
from dataclasses import asdict, dataclass
from simple_parsing import ArgumentParser
@dataclass
class Args:
    lr: float = 0.1
    tag: str = "base"
parser = ArgumentParser()
parser.add_arguments(Args, dest="args")
args = parser.parse_args().args
fit(args.lr)
"""


def test_fields_are_read_where_a_dictionary_is_made_of_them(registry: Registry) -> None:
    assert dead(FIELDS.replace("import asdict, ", "import "), registry) == ["tag"]
    assert dead(FIELDS + "save(asdict(args))\n", registry) == []


FIRED = """
import fire
def predict(path, tag=None):
    return path
class Trainer:
    def __init__(self, lr=0.1, seed=3):
        self.lr = lr
    def fit(self, amp=False):
        return self.lr
    def _hidden(self, x):
        return 1
"""


def test_methods_and_dictionaries_are_launched_as_functions_are(registry: Registry) -> None:
    assert dead(FIRED + "fire.Fire(Trainer)\n", registry) == ["amp", "seed"]
    assert dead(FIRED + 'fire.Fire({"predict": predict})\n', registry) == ["tag"]
    assert (
        dead(FIRED.replace("class Trainer", "class Trainer(Base)") + "fire.Fire(Trainer)\n", registry) == []
    )


def first_is_listed(use: str, registry: Registry) -> bool:
    return next(listed for _, listed in unread(sets_of({"train.py": PARSER + use}, registry)))


LISTED = {
    "a loop": "args = vars(parser.parse_args())\nfor k, v in args.items():\n    print(k, v)\nfit(args['lr'])\n",
    "looked up one by one": "args = vars(parser.parse_args())\nfor k in args:\n    print(k, args[k])\nfit(args['lr'])\n",
    "a rest of keywords": "def run(lr, **rest):\n    print(rest)\nrun(**vars(parser.parse_args()))\n",
    "pairs": "args = parser.parse_args()\nprint(dict(args._get_kwargs()))\nfit(args.lr)\n",
}


@pytest.mark.parametrize("use", LISTED.values(), ids=LISTED)
def test_an_option_that_is_only_gone_through_with_all_others_is_told_apart(
    use: str, registry: Registry
) -> None:
    assert first_is_listed(use, registry)


def test_an_option_that_is_printed_with_all_others_is_not(registry: Registry) -> None:
    assert not first_is_listed("args = parser.parse_args()\nprint(args)\nfit(args.lr)\n", registry)


@pytest.mark.parametrize(
    ("default", "own", "is_switch"),
    [("False", "True", True), ("0", "'cpu'", True), ("0", "3", False), ("4", "True", False)],
)
def test_a_default_that_an_option_only_switches_on_is_told_apart(
    default: str, own: str, *, is_switch: bool, registry: Registry
) -> None:
    code = (
        "import argparse\nparser = argparse.ArgumentParser()\n"
        f"parser.add_argument('--mode', default={default})\nargs = parser.parse_args()\n"
        f"def run(mode={own}):\n    return mode\nrun(mode=args.mode)\n"
    )
    (drift,) = drifts(sets_of({"train.py": code}, registry))
    assert drift.switch is is_switch


def test_the_facts_of_a_file_survive_packing(registry: Registry) -> None:
    text = (
        PARSER + "args = parser.parse_args()\nargs.lr = 0.5\nrun(1, **vars(args), x=getattr(args, 'y', 1))\n"
    )
    facts = option_facts(source_file(text, registry.library, "train.py"))
    assert sorted(map(repr, unpacked(facts))) == sorted(map(repr, facts))
