"""Training: what is drawn, what is minimised, when it stops, and how it goes on."""

from __future__ import annotations

import errno
from collections import Counter

import numpy as np
import pytest
import torch
from torch.nn import functional

import serfast
from serfast import FeatureSpec, LogMel
from serfast.models.plugin import Run
from serfast_onnx import PLUGIN
from serfast_onnx.train import checkpoint, loop, train
from serfast_onnx.train.augment import RowAugmentation, mask
from serfast_onnx.train.batches import padded, shuffled
from serfast_onnx.train.dropout import Dropout
from serfast_onnx.train.front import Front
from serfast_onnx.train.loop import Training
from serfast_onnx.train.loss import Loss
from serfast_onnx.train.mixing import Mixing
from serfast_onnx.train.network import as_network, logits_of, make_network
from serfast_onnx.train.runner import Runner
from serfast_onnx.train.split import held_out
from serfast_onnx.training_options import NETWORKS, TrainingOptions
from training_examples import SPEC, examples, rows

QUICK = TrainingOptions(network="recurrent", width=8, epochs=6, rate=1e-2, patience=100)
NOTHING = TrainingOptions(stretch=0, warp=0, gain=0)


def same(one, other) -> bool:
    return dict(one.files) == dict(other.files) and dict(one.card) == dict(other.card)


def test_it_learns_and_says_so():
    told = []
    run = Run(tell=lambda share, text: told.append((share, text)))
    weights = train(
        examples(), TrainingOptions(network="recurrent", width=8, epochs=25, rate=1e-2), run
    )
    assert weights.card["validation_uar"] > 0.9
    assert weights.card["held_out"] == ["b"] or len(weights.card["held_out"]) == 1
    assert weights.card["float32_graphs_to_torch"] < 1e-5
    assert [share for share, _ in told] == pytest.approx(np.arange(1, 26) / 25)
    assert "epoch 25/25, loss" in told[-1][1]
    assert "validation UAR" in told[-1][1]


def test_the_pooled_network_learns_too():
    """Asked about other recordings than it was trained on, by the graph that it wrote."""
    options = TrainingOptions(epochs=25, rate=1e-3, validation=0)
    weights = train(examples(120), options, Run())
    assert weights.card["network"] == "pooled"
    assert weights.card["float32_graphs_to_torch"] < 1e-5
    others, runner = examples(60, seed=1), Runner(weights.files)
    said = [others.classes[runner.whole(x).argmax()] for x in others.inputs]
    assert np.mean(np.array(said) == others.labels) > 0.8  # chance is a third


def test_same_seed_same_weights_another_seed_others():
    one, two = (train(examples(), QUICK, Run(seed=1)) for _ in range(2))
    assert same(one, two)
    assert not same(one, train(examples(), QUICK, Run(seed=2)))


def test_torchs_generator_and_threads_are_left_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state().clone(), torch.get_num_threads()
    train(examples(), TrainingOptions(network="recurrent", width=8, epochs=1), Run())
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


class Stop(Exception):
    """Somebody pulls the plug."""


@pytest.mark.parametrize("epoch", [1, 4])
def test_an_interrupted_training_goes_on_as_if_it_had_not_been(tmp_path, epoch):
    def plug(share, text):
        if f"epoch {epoch}/" in text:
            raise Stop

    with pytest.raises(Stop):
        train(examples(), QUICK, Run(folder=tmp_path, tell=plug))
    told = []
    run = Run(folder=tmp_path, tell=lambda share, text: told.append(text))
    resumed = train(examples(), QUICK, run)
    assert len(told) == QUICK.epochs - epoch  # it didn't begin again
    assert same(resumed, train(examples(), QUICK, Run()))
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("module", ["checkpoint", "pictures"])
def test_a_full_disk_does_not_end_a_training(tmp_path, monkeypatch, module):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(f"serfast_onnx.train.{module}.replacing", full)
    what = "curves.png" if module == "pictures" else "checkpoint.pt"
    with pytest.warns(UserWarning, match=rf"{module} not written: .*{what}: No space") as caught:
        weights = train(examples(), QUICK, Run(folder=tmp_path))
    assert same(weights, train(examples(), QUICK, Run()))
    assert len(caught) == (1 if module == "pictures" else QUICK.epochs)


def test_a_finished_training_is_not_run_again(tmp_path, monkeypatch):
    first = train(examples(), QUICK, Run(folder=tmp_path))
    monkeypatch.setattr(loop.Training, "run_epoch", None)
    assert same(first, train(examples(), QUICK, Run(folder=tmp_path)))


@pytest.mark.parametrize(
    ("data", "options", "seed"),
    [
        (examples(seed=1), QUICK, 0),
        (examples(), TrainingOptions(network="recurrent", width=9, epochs=6), 0),
        (examples(), QUICK, 1),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(tmp_path, data, options, seed):
    train(examples(), QUICK, Run(folder=tmp_path))
    with pytest.raises(serfast.ParameterError, match="must be of a training with the same"):
        train(data, options, Run(folder=tmp_path, seed=seed))


def test_a_checkpoint_of_an_earlier_build_is_refused(tmp_path, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(checkpoint, "NETWORKS", checkpoint.NETWORKS - 1)
        train(examples(), QUICK, Run(folder=tmp_path))
    with pytest.raises(serfast.ParameterError, match="must be of a training with the same"):
        train(examples(), QUICK, Run(folder=tmp_path))


def test_a_damaged_checkpoint_is_refused(tmp_path):
    train(examples(), QUICK, Run(folder=tmp_path))
    path = tmp_path / checkpoint.NAME
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(serfast.ParameterError, match="must be a whole checkpoint"):
        train(examples(), QUICK, Run(folder=tmp_path))


def test_it_stops_early_and_keeps_the_best(monkeypatch):
    recalls = iter([0.2, 0.6, 0.6, 0.5, 0.4, 0.3, 0.9])
    monkeypatch.setattr(loop.Training, "_recall", lambda self: next(recalls))
    options = TrainingOptions(network="recurrent", width=8, epochs=50, patience=3)
    card = train(examples(), options, Run()).card
    assert card["kept_epoch"] == 3  # the later one of two alike
    assert card["epochs"] == 6
    assert card["validation_uar"] == 0.6


def test_without_validation_the_last_weights_are_kept():
    card = train(
        examples(), TrainingOptions(network="recurrent", width=8, epochs=3, validation=0), Run()
    ).card
    assert card["epochs"] == 3
    assert "held_out" not in card


def test_held_out_speakers_are_not_learned_from(monkeypatch):
    seen = []
    original = loop.Training.__post_init__
    monkeypatch.setattr(
        loop.Training, "__post_init__", lambda self: (seen.append(self), original(self))[1]
    )
    train(examples(), TrainingOptions(network="recurrent", width=8, epochs=1, validation=2), Run())
    (training,) = seen
    learned, judged = set(training.learned.speakers), set(training.judged.speakers)
    assert len(judged) == 2
    assert not learned & judged
    assert not training.judged.altered.any()


def test_every_class_stays_with_those_who_are_learned_from():
    data = examples()
    data.labels[data.speakers != "a"] = "calm"
    assert all("a" not in held_out(data, 1, np.random.default_rng(s)) for s in range(20))
    with pytest.raises(serfast.ParameterError, match="validation must leave speakers with all"):
        held_out(data, 3, np.random.default_rng(0))


def test_balanced_loss_by_hand():
    loss = Loss(np.array([0, 0, 0, 1]), 2, focal=False)
    logits = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    p = np.array([np.e / (np.e + 1), np.e**2 / (np.e**2 + 1)])
    expected = np.mean([4 / 2 / 3 * -np.log(p[0]), 4 / 2 / 1 * -np.log(p[1])])
    assert float(loss(logits, targets)) == pytest.approx(expected)
    focal = Loss(np.array([0, 0, 0, 1]), 2, focal=True)
    expected = np.mean(
        [4 / 6 * -((1 - p[0]) ** 2) * np.log(p[0]), 2 * -((1 - p[1]) ** 2) * np.log(p[1])]
    )
    assert float(focal(logits, targets)) == pytest.approx(expected)


def test_batches_hold_everybody_once_with_lengths_alike():
    lengths = np.random.default_rng(0).integers(50, 500, size=100)
    batches = list(shuffled(lengths.tolist(), 16, np.random.default_rng(1)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(100))
    spread = np.mean([np.ptp(np.log(lengths[b])) for b in batches])
    assert spread < 0.5 * np.ptp(np.log(lengths))
    assert [b.tolist() for b in batches] != sorted(b.tolist() for b in batches)


def test_a_last_batch_of_one_is_left_out():
    assert [len(b) for b in shuffled([10] * 9, 4, np.random.default_rng(0))] == [4, 4]


def test_padding():
    x, present = padded([np.ones((3, 2), np.float32), np.full((9, 2), 2, np.float32)], 4)
    assert x.shape == (2, 2, 8)
    assert present[:, 0].sum(dim=1).tolist() == [4, 8]
    assert x[0, 0].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


def test_rows_without_augmentation_are_a_part_of_the_recording():
    x = rows(np.random.default_rng(0), 200)
    found = RowAugmentation(SPEC, NOTHING)(x, np.random.default_rng(1))
    assert 0.7 * 199 - 1 <= len(found) < 200
    begin = int(np.flatnonzero((x == found[0]).all(axis=1))[0])
    np.testing.assert_array_equal(found, x[begin : begin + len(found)])  # no row is between two


@pytest.mark.parametrize(("log", "unit"), [("ln", np.log(10) / 10), ("db", 1.0)])
def test_gain_moves_levels_alike(log, unit):
    spec = FeatureSpec(features=(serfast.RMS(), LogMel(n_mels=4, log=log), serfast.YIN()))
    x = np.ones((60, 7), np.float32)
    options = TrainingOptions(stretch=0, warp=0, gain=10)
    found = RowAugmentation(spec, options)(x, np.random.default_rng(2))[0]
    decibel = 20 * np.log10(found[0])
    assert abs(decibel) > 0.1
    np.testing.assert_allclose(found[1:5], 1 + decibel * unit, rtol=1e-4)
    assert found[5:].tolist() == [1, 1]


def test_tempo_changes_the_length():
    lengths = [
        len(RowAugmentation(None, TrainingOptions(stretch=0.3))(np.zeros((300, 2), np.float32), r))
        for r in map(np.random.default_rng, range(50))
    ]
    assert min(lengths) < 0.7 * 300
    assert max(lengths) > 300


def test_warp_moves_a_peak_along_the_bands():
    spec = FeatureSpec(features=(LogMel(n_mels=64),))
    x = np.tile(np.exp(-((np.arange(64) - 30) ** 2) / 20), (50, 1)).astype(np.float32)
    options = TrainingOptions(stretch=0, gain=0, warp=0.2)
    peaks = [
        RowAugmentation(spec, options)(x, np.random.default_rng(s))[0].argmax() for s in range(40)
    ]
    assert 30 * np.exp(-0.2) - 1 <= min(peaks) < 27
    assert 33 < max(peaks) <= 30 * np.exp(0.2) + 1


def test_masks_blank_stretches_of_rows_and_columns():
    blank_rows, blank_columns = 0, 0
    for seed in range(50):
        x = np.ones((200, 40), np.float32)
        mask(x, 2, np.random.default_rng(seed))
        blank_rows += (x == 0).all(axis=1).sum()
        blank_columns += (x == 0).all(axis=0).sum()
        assert (x == 0).mean() < 0.7
    assert blank_rows / 50 > 5
    assert blank_columns / 50 > 3


@pytest.mark.parametrize("length", [1, 2, 5])
def test_very_short_recordings_bear_everything(length):
    augmentation = RowAugmentation(SPEC, TrainingOptions(masks=10))
    for seed in range(20):
        random = np.random.default_rng(seed)
        found = augmentation(rows(random, length), random)
        mask(found, 10, random)
        assert len(found) >= 1
        assert np.isfinite(found).all()


def test_dropout_keeps_the_mean():
    dropout = Dropout(0.4)
    x = torch.ones(1000, 1000)
    found = dropout(x)
    assert float((found == 0).float().mean()) == pytest.approx(102 / 256, abs=2e-3)
    assert float(found.mean()) == pytest.approx(1, abs=5e-3)
    assert torch.equal(dropout.eval()(x), x)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epoch": "3"}, "option must be one of network, width"),
        ({"epochs": "many"}, "epochs must be of int, got 'many'"),
        ({"epochs": "0"}, "epochs must be from 1 to 10000, got 0"),
        ({"dropout": "nan"}, "dropout must be from 0.0 to 0.9"),
        ({"network": "transformer"}, "network must be pooled or recurrent or baseline"),
        ({"precision": "int4"}, "precision must be float32 or int8"),
        (
            {"precision": "int8"},
            "precision must be float32 for the network pooled, got 'int8': all",
        ),
    ],
)
def test_bad_options(values, message):
    with pytest.raises(serfast.ParameterError, match=message):
        PLUGIN.with_training_options(values)


def test_networks_with_convolutions_may_be_of_int8():
    for network in ("recurrent", "baseline"):
        wanted = {"precision": "int8", "network": network}
        assert PLUGIN.with_training_options(wanted).training.precision == "int8"


def test_training_without_torch_says_what_to_install(monkeypatch):
    import sys

    for name in [n for n in sys.modules if n.startswith("serfast_onnx.train.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "serfast_onnx.train", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"pip install torch onnx"):
        PLUGIN.train(examples())


def test_means_of_the_scores_are_kept_for_speakers():
    """By the graph that is written, in float32: the whole recordings' log probabilities."""
    made = examples(24)
    weights = train(made, TrainingOptions(epochs=2, validation=0), Run(seed=1))
    runner = Runner(weights.files)
    scores = np.array([np.log(np.maximum(runner.whole(x), 1e-9)) for x in made.inputs])
    np.testing.assert_allclose(weights.arrays["neutral_scores"], scores.mean(axis=0), atol=1e-4)
    for name, row in zip(made.classes, weights.arrays["class_scores"], strict=True):
        expected = scores[made.labels == name].mean(axis=0)
        np.testing.assert_allclose(row, expected, atol=1e-4)


def test_plain_loss_counts_every_example_alike():
    loss = Loss(np.array([0, 0, 0, 1]), 2, focal=False, weighted=False)
    logits = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    expected = functional.cross_entropy(logits, torch.tensor([0, 1]))
    assert float(loss(logits, torch.eye(2))) == pytest.approx(float(expected))


def test_balanced_sampling_shows_each_class_as_often():
    data = examples()
    rare = np.flatnonzero(data.labels == data.classes[0])[3:]
    data = data.where(~np.isin(np.arange(len(data)), rare))
    options = TrainingOptions(sampling="balanced", epochs=2)
    front = Front.fit(list(data.inputs), data.spec)
    training = Training(data, data.where(np.zeros(len(data), bool)), front, options, seed=0)
    chosen = [training._chosen(number) for number in (0, 0, 1)]
    assert np.array_equal(chosen[0], chosen[1])
    assert not np.array_equal(chosen[0], chosen[2])
    counts = Counter(data.labels[chosen[0]].tolist())
    assert set(counts.values()) == {int((~data.altered).sum()) // len(data.classes)}
    assert training._loss._weights.tolist() == [1] * len(data.classes)


def test_the_pooled_network_mixes_statistics_and_others_mix_rows():
    """By hand: with the share 0.25, of a batch of two in which each has the other mixed in."""
    torch.manual_seed(0)
    mixing = Mixing(0.25, torch.tensor([1, 0]))
    x, present = torch.randn(2, 5, 16), torch.ones(2, 1, 16)
    present[1, 0, 8:] = 0
    for name in NETWORKS:
        module = make_network(5, 3, TrainingOptions(network=name, width=8)).eval()
        network = as_network(module)
        logits = logits_of(network, x, present, mixing)
        if name == "pooled":  # in inference all that follows the statistics is affine
            expected = mixing(logits_of(network, x, present))
        else:
            expected = network(0.25 * x + 0.75 * x.flip(0), torch.ones(2, 1, 16))
        torch.testing.assert_close(logits, expected)
        assert not torch.allclose(logits, logits_of(network, x, present))
