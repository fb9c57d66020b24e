"""The graphs written from a network: torch's probabilities, whole and step by step."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import scipy.fft
import torch
from torch import nn

import serfast
from serfast.errors import ModelError
from serfast_onnx.card import MEMBER, Card
from serfast_onnx.train.check import check_export
from serfast_onnx.train.export import members_of
from serfast_onnx.train.front import LIMIT, Front
from serfast_onnx.train.loop import probabilities
from serfast_onnx.train.network import make_network
from serfast_onnx.train.pooling import LEAST_SPREAD, Pooling, SlopePooling
from serfast_onnx.train.quantise import quantised
from serfast_onnx.train.runner import Runner
from serfast_onnx.training_options import NETWORKS, TrainingOptions
from training_examples import SPEC, rows

CLASSES = 4
POOLED = TrainingOptions(network="pooled")


def network_and_front(name: str, seed: int = 0) -> tuple[nn.Module, Front]:
    """A network whose weights, normalisations too, are nothing like where they begin."""
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    front = Front.fit([rows(random, 200)], SPEC)
    network = make_network(front.n_heard, CLASSES, TrainingOptions(network=name, width=24))
    for values in network.state_dict().values():
        if values.is_floating_point():
            values.mul_(2.0)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.bias.data.normal_()
    return network, front


@pytest.fixture(params=NETWORKS)
def exported(request):
    network, front = network_and_front(request.param)
    return network, front, members_of(network, front, CLASSES)


def test_whole_equals_torch(exported):
    network, front, members = exported
    random = np.random.default_rng(1)
    runner, worst, spread = Runner(members), 0.0, []
    for length in (4, 5, 37, 100, 313, 1000):
        x = rows(random, length, random.normal())
        x[: length // 3, 20:40] -= 50
        expected = probabilities(network, [front(x)])[0]
        spread.append(expected.max())
        worst = max(worst, np.abs(runner.whole(x) - expected).max())
    print(f"worst difference {worst:.1e}")
    assert worst < 1e-5
    assert max(spread) < 0.999  # not saturated: a difference would show


def test_every_step_equals_the_whole_so_far(exported):
    _, _, members = exported
    x = rows(np.random.default_rng(2), 240)
    runner, step = Runner(members), Card.from_bytes(members[MEMBER]).step.rows
    found = runner.steps(x)
    assert len(found) == 240 // step
    worst = max(np.abs(p - runner.whole(x[: (i + 1) * step])).max() for i, p in enumerate(found))
    print(f"worst difference {worst:.1e}")
    assert worst < 1e-5
    assert np.ptp(np.array(found), axis=0).max() > 0.01  # it changes on the way


def test_padding_a_batch_changes_nothing(exported):
    network, front, _ = exported
    random = np.random.default_rng(3)
    batch = [front(rows(random, n)) for n in (40, 97, 201)]
    together = probabilities(network, batch)
    alone = np.concatenate([probabilities(network, [x]) for x in batch])
    np.testing.assert_allclose(together, alone, atol=3e-6)  # sums in another order


def test_opset_is_what_is_stated(exported):
    from serfast_onnx.train.writer import OPSET

    for name in ("model.onnx", "step.onnx"):
        model = onnx.load_from_string(exported[2][name])
        assert [(o.domain, o.version) for o in model.opset_import] == [("", OPSET)] == [("", 17)]


def test_a_wrong_export_is_refused(exported):
    network, front, members = exported
    x = rows(np.random.default_rng(4), 80)
    assert check_export(members, network, front, [x]) < 1e-5
    with torch.no_grad():
        network.dense.bias += torch.tensor([3.0, 0, -3, 0])
    with pytest.raises(ModelError, match="must give torch's probabilities within 1e-05, got"):
        check_export(members, network, front, [x])


def test_a_network_without_convolutions_is_not_quantised():
    """All its weights are in the dense layer, which stays as it is; scales would only be added."""
    network, front = network_and_front("pooled")
    members, random = members_of(network, front, CLASSES), np.random.default_rng(5)
    with pytest.raises(ModelError, match=r"onnx must be smaller in int8 than its \d+ bytes"):
        quantised(members, [rows(random, 100) for _ in range(5)])


@pytest.mark.parametrize("name", ["recurrent", "baseline"])
def test_int8_is_small_and_near(name):
    network, front = network_and_front(name)
    members = members_of(network, front, CLASSES)
    random = np.random.default_rng(5)
    known = [rows(random, 100, random.normal()) for _ in range(30)]
    small = quantised(members, known)
    for name in ("model.onnx", "step.onnx"):
        weights = {
            key: sum(len(t.raw_data) for t in onnx.load_from_string(m[name]).graph.initializer)
            for key, m in (("float32", members), ("int8", small))
        }
        assert weights["int8"] < 0.4 * weights["float32"]
    before, after = Runner(members), Runner(small)
    x = [rows(random, 100, random.normal()) for _ in range(30)]
    change = np.abs([after.whole(r) - before.whole(r) for r in x]).max()
    steps = np.abs([after.steps(r)[-1] - after.whole(r) for r in x]).max()
    print(f"int8 to float32 {change:.1e}, steps to whole {steps:.1e}")
    assert change < 0.1
    assert steps < 1e-5


def test_front_by_its_formula():
    """Means and deviations by NumPy in float64, columns by the formulas of the docstring."""
    random = np.random.default_rng(6)
    known = [rows(random, n) for n in (50, 120)]
    known[0][3:40, 10:20] = -70
    front = Front.fit(known, SPEC)
    x = np.concatenate(known).astype(np.float64)
    x[:, 2:66] = np.maximum(x[:, 2:66], -45)
    voiced = np.clip(1 - x[:, 67], 0, 1)
    x[:, 66] = np.log(x[:, 66] / 180) * voiced
    x[:, 67] = voiced
    x = x[:, 1:]  # RMS is the gate's
    expected = (x - x.mean(axis=0)) / x.std(axis=0)
    found = np.concatenate([front(r) for r in known])
    np.testing.assert_allclose(found, np.clip(expected, -6, 6), atol=1e-4)


def test_front_bears_what_no_voice_gives():
    front = Front.fit([rows(np.random.default_rng(7), 50)], SPEC)
    for x in (np.zeros((3, 68)), np.full((3, 68), -1e30), np.full((3, 68), 1e30)):
        found = front(x.astype(np.float32))
        assert np.abs(found).max() <= LIMIT


def test_constant_columns_stay_zero():
    x = rows(np.random.default_rng(8), 50)
    x[:, 5] = -3
    assert not Front.fit([x], SPEC)([x][0])[:, 4].any()


def test_rms_is_heard_without_relative_levels():
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=2), serfast.RMS()])
    x = np.abs(np.random.default_rng(9).normal(size=(80, 3))).astype(np.float32) + 0.01
    front = Front.fit([x], spec)
    level = np.log(x[:, 2].astype(np.float64))
    assert front.n_heard == front.n_columns == 3
    np.testing.assert_allclose(front(x)[:, 2], (level - level.mean()) / level.std(), atol=1e-4)


def test_gain_changes_nothing_that_the_network_gets():
    x = rows(np.random.default_rng(10), 80)
    louder = x.copy()
    louder[:, 0] *= 30
    front = Front.fit([x], SPEC)
    assert front.n_heard == front.n_columns - 1 == 67
    np.testing.assert_array_equal(front(louder), front(x))


@pytest.mark.parametrize(
    ("pooling", "heads"), [(Pooling(3), 1), (SlopePooling(3), 1), (SlopePooling(3, 2), 2)]
)
def test_pooling_by_its_formula(pooling, heads):
    """Weighted mean and deviation in two passes, the line by NumPy's least squares; in float64."""
    torch.manual_seed(0)
    pooling.weigh.reset_parameters()
    x = torch.randn(1, 3, 450)
    mask = torch.ones(1, 1, 450)
    mask[0, 0, 400:] = 0
    found = pooling(x, mask).detach().numpy().reshape(heads, -1)
    values = x.numpy()[0, :, :400].astype(np.float64)
    kernel, bias = (p.detach().numpy().astype(np.float64) for p in pooling.weigh.parameters())
    for head in range(heads):
        weight = 1 / (1 + np.exp(-(kernel[head, :, 0] @ values + bias[head])))
        mean = np.average(values, axis=1, weights=weight)
        variance = np.average((values - mean[:, np.newaxis]) ** 2, axis=1, weights=weight)
        expected = [*mean, *np.sqrt(variance + 1e-2)]
        if isinstance(pooling, SlopePooling):
            time = np.arange(400) / 128
            rise, _ = np.polyfit(time, values.T, 1, w=np.sqrt(weight))
            spread = np.average((time - np.average(time, weights=weight)) ** 2, weights=weight)
            expected += [*(rise * spread / (spread + LEAST_SPREAD))]
            assert np.abs(expected[-3:]).max() > 0.01
        np.testing.assert_allclose(found[head], expected, atol=1e-5)


def test_a_streams_sums_are_as_good_as_double():
    """Beside torch in float64, after 40 s; added up in float32 they are eight times as far off."""
    network, front = network_and_front("pooled", 15)
    network.dense.weight.data *= 0.1  # so that no probability is 1
    runner = Runner(members_of(network, front, CLASSES))
    x = rows(np.random.default_rng(15), 4000, 0.3)
    scaled = torch.from_numpy(front(x).T[np.newaxis].astype(np.float64))
    with torch.no_grad():
        expected = network.double()(scaled, torch.ones(1, 1, 4000).double()).softmax(1)[0].numpy()
    off = [np.abs(found - expected).max() for found in (runner.steps(x)[-1], runner.whole(x))]
    print(f"steps are off by {off[0]:.1e}, the whole by {off[1]:.1e}")
    assert runner.whole(x).dtype == np.float64
    assert expected.max() < 0.99
    assert off[0] < 8e-9
    assert off[1] < 1e-5


def test_one_head_looks_at_the_voiced_moments():
    """Rows of two kinds: the mean of a column over the voiced ones is what a head gives."""
    front = Front.fit([rows(np.random.default_rng(11), 200)], SPEC)
    assert front.voicing == front.n_heard - 1 == 66  # aperiodicity is the last column
    torch.manual_seed(0)
    network = make_network(front.n_heard, CLASSES, POOLED, front.voicing)
    pooling = network.pooling
    voiced = torch.arange(200) % 4 == 0
    x = torch.zeros(1, pooling.channels, 200)
    x[0, front.voicing] = torch.where(voiced, 2.0, -2.0)
    x[0, 5] = torch.where(voiced, 1.0, 0.0)
    assert not any(p.requires_grad for p in pooling.parameters())
    with torch.no_grad():
        heads = pooling(x, torch.ones(1, 1, 200)).reshape(pooling.heads, 3, -1)
    share = 1 / (1 + np.exp(-6)), 1 / (1 + np.exp(6))  # weights of a voiced and another moment
    assert heads[-1, 0, 5] == pytest.approx(share[0] / (share[0] + 3 * share[1]), abs=1e-5)
    assert heads[0, 0, 5] == pytest.approx(0.25, abs=1e-6)


def test_rows_without_a_pitch_have_no_voicing():
    x = rows(np.random.default_rng(12), 50)
    assert Front.fit([x], None).voicing is None
    make_network(68, CLASSES, POOLED, None)


@pytest.mark.parametrize("n_columns", [1, 2, 20])
def test_pooling_few_columns(n_columns):
    random = np.random.default_rng(14)
    x = random.normal(size=(50, n_columns)).astype(np.float32)
    front = Front.fit([x], None)
    torch.manual_seed(0)
    network = make_network(n_columns, CLASSES, POOLED)
    members = members_of(network, front, CLASSES)
    assert check_export(members, network, front, [x, x[:3]]) < 1e-5


def test_cosines_are_those_of_scipy():
    network = make_network(67, CLASSES, POOLED)
    x = np.random.default_rng(13).normal(size=(67, 9))
    expected = scipy.fft.dct(x, norm="ortho", axis=0)[1:21] / 2.5
    np.testing.assert_allclose(network.cosines.numpy() @ x, expected, atol=1e-5)
