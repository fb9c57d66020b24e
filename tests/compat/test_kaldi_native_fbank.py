"""The drop-in for kaldi-native-fbank beside the package itself: rows, methods, errors, options."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import kaldi_native_fbank
import numpy as np
import pytest

import serfast.compat.kaldi_native_fbank as ours
from helpers.processes import printed, refused

BOTH = pytest.mark.parametrize("knf", [ours, kaldi_native_fbank])
PAIRS = {
    "OnlineFbank": "FbankOptions",
    "OnlineMfcc": "MfccOptions",
    "OnlineWhisperFbank": "WhisperFeatureOptions",
}
Y = np.random.default_rng(18).standard_normal(4321).astype(np.float32) * 0.1


def online(knf: Any, name: str = "OnlineFbank", **frame_opts: Any) -> Any:
    """Give an online object without dither."""
    opts = getattr(knf, PAIRS[name])()
    opts.frame_opts.dither = 0
    for field, value in frame_opts.items():
        setattr(opts.frame_opts, field, value)
    return getattr(knf, name)(opts)


def rows_of(feature: Any, chunk: int = 160) -> np.ndarray:
    """Give the rows of the signal in chunks, each when it is ready."""
    rows: list[np.ndarray] = []
    for at in range(0, len(Y), chunk):
        feature.accept_waveform(16000, Y[at : at + chunk].tolist())
        for t in range(len(rows), feature.num_frames_ready):
            rows.append(feature.get_frame(t).copy())
    feature.input_finished()
    rows += [feature.get_frame(t).copy() for t in range(len(rows), feature.num_frames_ready)]
    return np.array(rows)


@pytest.mark.parametrize("snip_edges", [True, False])
@pytest.mark.parametrize("name", PAIRS)
def test_rows_are_those_of_the_package(name: str, snip_edges: bool) -> None:
    expected = rows_of(online(kaldi_native_fbank, name, snip_edges=snip_edges))
    actual = rows_of(online(ours, name, snip_edges=snip_edges), chunk=77)
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() < 1e-4 * np.abs(expected).max()


@BOTH
def test_methods_of_an_online_object(knf: Any) -> None:
    fbank = online(knf)
    assert (fbank.dim, fbank.num_frames_ready) == (23, 0)
    assert fbank.frame_shift_in_seconds == pytest.approx(0.01)
    fbank.accept_waveform(sampling_rate=16000, waveform=Y)
    n = fbank.num_frames_ready
    assert n == 1 + (len(Y) - 400) // 160
    assert not fbank.is_last_frame(n - 1)
    fbank.input_finished()
    assert fbank.is_last_frame(n - 1)
    assert not fbank.is_last_frame(0)
    fourth = fbank.get_frame(4).copy()
    fbank.pop(3)
    assert np.array_equal(fbank.get_frame(4), fourth)
    assert fbank.num_frames_ready == n
    fbank.pop(100)
    assert fbank.num_frames_ready == n


@BOTH
def test_errors_have_the_packages_types(knf: Any) -> None:
    fbank = online(knf)
    fbank.accept_waveform(16000, Y)
    with pytest.raises(ValueError, match="sampling_rate"):
        fbank.accept_waveform(8000, Y)
    with pytest.raises(TypeError):
        fbank.accept_waveform(16000, np.zeros((10, 10)))
    with pytest.raises(IndexError):
        fbank.get_frame(1000)
    fbank.pop(2)
    with pytest.raises(RuntimeError):
        fbank.get_frame(1)
    fbank.input_finished()
    with pytest.raises(RuntimeError):
        fbank.accept_waveform(16000, Y)
    with pytest.raises(TypeError):
        knf.OnlineFbank(knf.MfccOptions())
    opts = knf.FbankOptions()
    with pytest.raises(AttributeError):
        opts.num_bins = 40
    with pytest.raises(TypeError):
        opts.mel_opts.num_bins = "40"
    opts.mel_opts.num_bins = 300
    with pytest.raises(ValueError, match="num_mel_bins"):
        knf.OnlineFbank(opts)


@pytest.mark.parametrize("name", [*PAIRS.values(), "FrameExtractionOptions", "MelBanksOptions"])
def test_options_have_the_packages_fields_and_defaults(name: str) -> None:
    expected, actual = getattr(kaldi_native_fbank, name)(), getattr(ours, name)()
    assert str(actual).split() == str(expected).split() or name == "MfccOptions" or "Whis" in name
    flat = [_flat(one.as_dict()) for one in (expected, actual)]
    assert list(flat[0]) == list(flat[1])
    for key, value in flat[0].items():
        assert flat[1][key] == (pytest.approx(value) if isinstance(value, float) else value)
    assert type(actual).from_dict(expected.as_dict()).as_dict().keys() == actual.as_dict().keys()


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in fields.items():
        inner = isinstance(value, dict)
        flat |= _flat(value, f"{prefix}{key}.") if inner else {prefix + key: value}
    return flat


@BOTH
def test_options_are_copied_and_pickled(knf: Any) -> None:
    opts = knf.FbankOptions(use_energy=True)
    opts.mel_opts.num_bins = 80
    for made in (pickle.loads(pickle.dumps(opts)), knf.FbankOptions.from_dict(opts.as_dict())):
        assert made.as_dict() == opts.as_dict()
        made.mel_opts.num_bins = 40
        assert opts.mel_opts.num_bins == 80


@pytest.mark.parametrize("name", PAIRS.values())
def test_changed_options_make_other_objects(name: str) -> None:
    """Tables are kept by the options' values: what has been changed since must not be used."""
    opts = getattr(ours, name)()
    again = type(opts).of_values(opts.values())
    assert type(again) is type(opts)
    assert again.as_dict() == opts.as_dict()
    opts.frame_opts.dither = 0
    if name != "WhisperFeatureOptions":
        cls = ours.OnlineFbank if name == "FbankOptions" else ours.OnlineMfcc
        plain = rows_of(cls(opts))
        opts.frame_opts.preemph_coeff = 0.5
        changed = rows_of(cls(opts))
        opts.frame_opts.preemph_coeff = 0.97
        assert np.abs(changed - plain).max() > 0.1
        assert np.array_equal(rows_of(cls(opts)), plain)
    assert opts.values() != again.values()


def test_a_deep_copy_is_apart() -> None:
    opts = ours.MfccOptions()
    copy.deepcopy(opts).frame_opts.samp_freq = 8000
    assert opts.frame_opts.samp_freq == 16000


@pytest.mark.parametrize("num_bins", [23, 80])
def test_mel_banks_are_the_packages(num_bins: int) -> None:
    made = []
    for knf in (kaldi_native_fbank, ours):
        opts = knf.MelBanksOptions()
        opts.num_bins = num_bins
        made.append(knf.MelBanks(opts=opts, frame_opts=knf.FrameExtractionOptions()))
    expected, actual = made
    assert actual.dim == expected.dim == num_bins
    np.testing.assert_allclose(actual.get_matrix(), expected.get_matrix(), atol=2e-5)
    power = np.random.default_rng(0).random(257).astype(np.float32)
    np.testing.assert_allclose(actual.compute(power), expected.compute(power), rtol=1e-4)
    assert actual.mel_scale(1000.0) == pytest.approx(expected.mel_scale(1000.0), rel=1e-6)
    assert actual.inverse_mel_scale(800.0) == pytest.approx(expected.inverse_mel_scale(800.0))
    assert actual.mel_scale_slaney(2e3) == pytest.approx(expected.mel_scale_slaney(2e3))


def test_dither_is_left_out_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="dither"):
        ours.OnlineFbank(ours.FbankOptions())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        online(ours)


def options(knf: Any, name: str, **fields: Any) -> Any:
    """Give options without dither; a field is one of the mel banks', or else their own."""
    opts = getattr(knf, name)()
    opts.frame_opts.dither = 0
    for field, value in fields.items():
        setattr(opts.mel_opts if hasattr(opts.mel_opts, field) else opts, field, value)
    return opts


BANKS: dict[str, dict[str, Any]] = {
    "librosa": {"is_librosa": True, "num_bins": 80, "low_freq": 0.0},
    "librosa, many bands": {"is_librosa": True, "num_bins": 128, "low_freq": 0.0},
    "librosa, HTK's scale": {"is_librosa": True, "use_slaney_mel_scale": False, "norm": ""},
    "whole bins": {"is_librosa": True, "floor_to_int_bin": True, "norm": "", "low_freq": 0.0},
    "HTK's first bin": {"htk_mode": True},
    "HTK's floor": {"htk_mode": True, "low_freq": 0.0, "num_bins": 40},
}


@pytest.mark.parametrize("bank", BANKS)
@pytest.mark.parametrize("name", ["Fbank", "Mfcc"])
def test_other_mel_banks_are_the_packages(name: str, bank: str) -> None:
    expected, actual = (
        rows_of(getattr(knf, f"Online{name}")(options(knf, f"{name}Options", **BANKS[bank])))
        for knf in (kaldi_native_fbank, ours)
    )
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() < 1e-4 * np.abs(expected).max()


def test_a_guard_may_be_added_to_the_power() -> None:
    fields = {"use_log_floor": False, "eps": 2.0**-10}
    expected, actual = (
        rows_of(knf.OnlineFbank(options(knf, "FbankOptions", **fields)))
        for knf in (kaldi_native_fbank, ours)
    )
    assert np.abs(actual - expected).max() < 1e-4


@pytest.mark.parametrize("fields", BANKS.values(), ids=BANKS)
@pytest.mark.parametrize("factor", [0.8, 0.93, 1.0, 1.2])
def test_bands_are_warped_as_in_the_package(factor: float, fields: dict[str, Any]) -> None:
    banks = []
    for knf in (kaldi_native_fbank, ours):
        opts = options(knf, "FbankOptions", **fields).mel_opts
        banks.append(knf.MelBanks(opts=opts, vtln_warp_factor=factor))
    expected, actual = (bank.get_matrix() for bank in banks)
    assert np.abs(actual - expected).max() < 3e-5 * max(1.0, expected.max())
    power = np.random.default_rng(0).random(257).astype(np.float32)
    np.testing.assert_allclose(*(bank.compute(power) for bank in banks), rtol=1e-4)


@BOTH
@pytest.mark.parametrize(
    ("factor", "fields"),
    [(0.9, {"vtln_low": 10.0}), (1.1, {"vtln_high": 8000.0}), (1.1, {"vtln_low": 7600.0})],
)
def test_a_warp_beyond_the_edges_is_refused(knf: Any, factor: float, fields: Any) -> None:
    opts = knf.MelBanksOptions()
    for name, value in fields.items():
        setattr(opts, name, value)
    knf.MelBanks(opts=opts)
    with pytest.raises((ValueError, RuntimeError), match="vtln"):
        knf.MelBanks(opts=opts, vtln_warp_factor=factor)


@pytest.mark.parametrize(
    ("refused", "fields"),
    [
        ("norm", {"is_librosa": True, "floor_to_int_bin": True}),
        ("norm", {"is_librosa": True, "norm": "area"}),
        ("htk_mode", {"htk_mode": True, "use_log_fbank": False}),
        ("htk_mode", {"htk_mode": True, "use_log_floor": False}),
    ],
)
def test_what_isnt_there_is_refused(refused: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{refused} must be"):
        ours.OnlineFbank(options(ours, "FbankOptions", **fields))


def test_a_factor_beyond_the_pieces_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^vtln_warp_factor must be"):
        ours.MelBanks(vtln_warp_factor=90.0)


OTHER_BACKEND = """
import sys
sys.modules["serfast._engine"] = None
import numpy as np
import serfast.compat.kaldi_native_fbank as knf

options = knf.FbankOptions()
options.frame_opts.dither = 0
fbank = knf.OnlineFbank(options)
fbank.accept_waveform(16000, (np.arange(800) % 97 - 48.0).tolist())
fbank.input_finished()
print(fbank.num_frames_ready, *fbank.get_frame(2).round(2))
"""


def test_another_back_end_serves_it_without_the_native_module() -> None:
    answer = printed(OTHER_BACKEND, SERFAST_BACKEND="numba").split()
    expected = online(kaldi_native_fbank)
    expected.accept_waveform(16000, (np.arange(800) % 97 - 48.0).tolist())
    assert int(answer[0]) == expected.num_frames_ready == 3
    np.testing.assert_allclose([*map(float, answer[1:])], expected.get_frame(2), atol=0.02)
    message = refused(OTHER_BACKEND)
    assert message.startswith("serfast.errors.BackendError: backend 'native' can't be loaded")


def test_arguments_of_other_types_change_nothing() -> None:
    feature = online(ours)
    feature.accept_waveform(16000, Y)
    before = feature.num_frames_ready
    for call in (
        lambda: feature.accept_waveform(16000, Y.astype(complex)),
        lambda: feature.get_frame(1.5),
        lambda: feature.get_frame("0"),
        lambda: feature.pop(1.5),
        lambda: ours.FbankOptions.from_dict(5),
        lambda: ours.FbankOptions.from_dict({"mel_opts": 5}),
    ):
        with pytest.raises(TypeError):
            call()
    assert feature.num_frames_ready == before
    with pytest.raises(RuntimeError, match="frame must be >= 0, got -1"):
        feature.get_frame(-1)
