"""The option of training: how classes of different sizes are treated."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import serfast
from serfast.models.plugin import Examples, with_options
from serfast_svm import PLUGIN, SvmPlugin
from svm_examples import examples


def long_tailed() -> Examples:
    """Give examples of which most are of one class, and a seventh of that of another."""
    data = examples(n=400)
    kept = {"fear": 1.0, "joy": 0.5, "rage": 0.3, "shame": 0.15}
    random = np.random.default_rng(0)
    return data.where(np.array([random.random() < kept[label] for label in data.labels]))


def said(plugin: SvmPlugin, data: Examples, seed: int = 0) -> Counter[str]:
    arrays = plugin.train(data, seed=seed).arrays
    scores = data.inputs @ arrays["weights"].T + arrays["intercepts"]
    return Counter(np.array(data.classes)[scores.argmax(axis=1)].tolist())


def option(balance: str) -> SvmPlugin:
    return with_options("svm", PLUGIN, {"balance": balance})


def test_the_default_is_weights_and_any_other_is_kept() -> None:
    assert PLUGIN.training_options() == {"balance": "weights"}
    assert option("none").training_options() == {"balance": "none"}
    assert type(option("sampling")) is SvmPlugin


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_a_rare_class_is_answered_more_often_than_without_balance(balance: str) -> None:
    data = long_tailed()
    rare, common = Counter(data.labels.tolist()).most_common()[-1][0], "fear"
    plain, balanced = said(option("none"), data), said(option(balance), data)
    assert balanced[rare] > plain[rare]
    assert balanced[common] < plain[common]


def test_sampling_draws_every_class_as_often_by_the_seed() -> None:
    data = long_tailed()
    drawn = [option("sampling").drawn(data, seed) for seed in (1, 1, 2)]
    each = len(data) // 4
    assert Counter(drawn[0].labels.tolist()) == dict.fromkeys(data.classes, each)
    assert np.array_equal(drawn[0].inputs, drawn[1].inputs)
    assert not np.array_equal(drawn[0].inputs, drawn[2].inputs)
    assert option("weights").drawn(data, 1) is data
    assert said(option("sampling"), data, 1) == said(option("sampling"), data, 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"balance": "weight"}, "balance must be weights or sampling or none, got 'weight'"),
        ({"balanse": "none"}, "option must be balance, got 'balanse'; did you mean 'balance'?"),
        ({"x" * 200: "none"}, "option must be balance, got 'x{79}"),
    ],
)
def test_bad_options(values: dict[str, str], message: str) -> None:
    with pytest.raises(serfast.ParameterError, match=message):
        with_options("svm", PLUGIN, values)
