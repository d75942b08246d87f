"""Which rows values hold and what went into them: cuts, names, columns, copies, and what functions change."""

from __future__ import annotations

import pytest
from test_flow import flow_of, known, learners

from mldebt_lint.analysis.flow import Happens, Part, Resampled
from mldebt_lint.analysis.flow.sides import part_of_name
from mldebt_lint.analysis.library import Library
from mldebt_lint.registry import Registry


@pytest.fixture
def library(registry: Registry) -> Library:
    return registry.library


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *((name, Part.TRAIN) for name in ("X_train", "xtrain", "trainX", "x_tr", "train_df")),
        *((name, Part.TEST) for name in ("X_test", "ytest", "testX", "te", "holdout", "test_set", "df_test")),
        *((name, Part.VALIDATION) for name in ("X_val", "valid_df", "dev_set", "x_valid")),
        *((name, None) for name in ("latest", "contest", "train_test", "value", "interval", "device", "X")),
    ],
)
def test_names_say_which_side_of_a_split_they_are(name: str, part: Part | None) -> None:
    assert part_of_name(name) is part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("df = pd.read_csv('a')\na, b = df[:n], df[n:]\nprobe(b)", Part.TEST),
        ("df = pd.read_csv('a')\ntest, train = df[:n], df[n:]\nprobe(test)", Part.TEST),
        ("df = pd.read_csv('a')\nX_test = df.iloc[-n:]\nX_train = df.iloc[:-n]\nprobe(X_train)", Part.TRAIN),
        ("df = pd.read_csv('a')\ntrain = df[mask]\ntest = df[~mask]\nprobe(test)", Part.TEST),
        ("df = pd.read_csv('a')\ntest = df.drop(train.index)\nprobe(test)", Part.TEST),
        ("x, x_val = train_test_split(pd.read_csv('a'))\nprobe(x_val)", Part.VALIDATION),
        ("(a_train, b), (a_test, c) = np.load('a')\nprobe(a_test)", Part.TEST),
    ],
)
def test_splits_by_hand_have_sides(library: Library, text: str, part: Part) -> None:
    assert known(library, text).parts_of_split == {part}


@pytest.mark.parametrize(
    "text", ["probe(df[:5])", "first, rest = df[:1], df[1:]\nprobe(rest)", "probe(df[2:n])"]
)
def test_a_stretch_of_rows_is_no_side(library: Library, text: str) -> None:
    assert known(library, f"df = pd.read_csv('a')\n{text}").parts_of_split == frozenset()


def test_two_selections_with_names_are_a_split(library: Library) -> None:
    found = flow_of(library, "df = pd.read_csv('a')\ntrain = df[df.y < 9]\ntest = df[df.y >= 9]")
    assert len(found.of(Happens.SPLIT)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("df['y'] = df['y'] - df['y'].mean()\nprobe(df.drop(columns='y'))", []),
        ("df['y'] = df['y'] - df['y'].mean()\nprobe(df[['a', 'y']])", ["mean"]),
        ("df['y'] = df['y'] - df['y'].mean()\nprobe(df['a'])", []),
        ("df['a'].fillna(df['a'].median(), inplace=True)\nprobe(df)", ["median"]),
        ("df.a.fillna(df.a.mode()[0], inplace=True)\nprobe(df)", ["mode"]),
        ("df['b'] = df['k'].map(df.groupby('k')['y'].mean())\nprobe(df)", ["mean"]),
        ("df['b'] = df.groupby('k')['b'].transform(lambda x: x.fillna(x.mean()))\nprobe(df)", ["fillna"]),
        ("probe(df.mean(axis=1))", []),
        ("probe(df - np.mean(df, axis=1))", []),
        ("df = df[df.a < df.a.quantile(0.9)]\nprobe(df)", []),
        ("for name in df.columns:\n    df[name] = df[name] / df[name].std()\nprobe(df)", ["std"]),
    ],
)
def test_what_was_learnt_goes_where_its_column_goes(library: Library, text: str, expected: list[str]) -> None:
    assert learners(known(library, f"df = pd.read_csv('a')\n{text}")) == expected


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("probe(pd.concat([df, df[df.y == 1]]))", True),
        ("probe(np.concatenate([df, df[:, ::-1]]))", True),
        ("probe(df.sample(10, replace=True))", True),
        ("probe(df.sample(10))", False),
        ("probe(pd.concat([df, df], axis=1))", False),
        ("probe(pd.concat([df['a'], df['b']]))", False),
        ("probe(pd.concat([df[df.y == 1], df[df.y == 0]]))", False),
        ("rows = [pd.read_csv(path) for path in paths]\nprobe(pd.concat(rows))", False),
    ],
)
def test_rows_that_are_there_twice_are_known(library: Library, text: str, *, copied: bool) -> None:
    found = known(library, f"df = pd.read_csv('a')\n{text}")
    assert bool(found.of(Resampled)) is copied


def test_what_a_function_changes_in_place_has_changed_for_its_caller(library: Library) -> None:
    text = """
        def scale(frame, name):
            frame[name] = frame[name] / frame[name].std()

        df = pd.read_csv("a")
        scale(df, "age")
        probe(df)
    """
    assert learners(known(library, text)) == ["std"]


def test_who_passes_a_transformer_does_not_get_the_one_for_others(library: Library) -> None:
    text = """
        def scaled(X, scaler=None):
            if scaler is None:
                scaler = StandardScaler()
                scaler.fit(X)
            return scaler.transform(X), scaler

        X, scaler = scaled(pd.read_csv("a"))
        other, _ = scaled(pd.read_csv("b"), scaler)
        probe(X)
    """
    assert learners(known(library, text)) == ["StandardScaler"]
    fits = [event for event in flow_of(library, text).of(Happens.FIT) if event.via]
    assert len(fits) == 1
