"""Every constant of a spec in plain words, with its unit, and what a toolkit has otherwise."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import _checks as checks
from ..features import catalogue
from ..features.base import Feature
from ..features.order import every_feature
from ..features.spec import FeatureSpec
from .htk import htk_mfcc
from .kaldi import kaldi_fbank, kaldi_mfcc
from .librosa import librosa
from .nemo import nemo_mel
from .psf import python_speech_features
from .torchaudio import torchaudio_mel, torchaudio_mfcc
from .whisper import whisper

__all__ = ["TOOLKITS", "Constant", "Difference", "constants", "differences"]


class Constant(NamedTuple):
    """One constant of a spec."""

    where: str
    """"rows" for what all features share, else the feature: "MFCC", or "MFCC voice" by its name."""
    field: str
    """The field's name in the spec."""
    value: Any
    """What takes effect: where a field is None, what that stands for."""
    unit: str
    """"Hz", "samples", "dB" and so on; "" for a number without one."""
    words: str
    """What it is."""


class Difference(NamedTuple):
    """A constant that a toolkit has otherwise by default."""

    where: str
    field: str
    value: Any
    theirs: Any
    unit: str
    words: str


TOOLKITS: dict[str, tuple[Callable[..., FeatureSpec], ...]] = {
    "kaldi": (kaldi_mfcc, kaldi_fbank),
    "librosa": (librosa,),
    "torchaudio": (torchaudio_mfcc, torchaudio_mel),
    "whisper": (lambda rate: whisper(),),
    "htk": (htk_mfcc,),
    "nemo": (nemo_mel,),
    "psf": (python_speech_features, lambda rate: python_speech_features(rate, numcep=None)),
}
"""For each toolkit, what gives its defaults as specs at a sample rate."""

_WORDS: dict[str, tuple[str, str]] = {
    "sample_rate": ("samples per second of the signal", "Hz"),
    "hop_length": ("from one row to the next", "samples"),
    "center": ("frames have their middle at the row's moment, and padding at both ends", ""),
    "center_offset": ("the frame's middle comes so much later than the row's moment", "samples"),
    "min_row_samples": ("so much of the signal must follow a row's moment at the end", "samples"),
    "first_row_samples": ("a signal needs so much to have a row at all", "samples"),
    "pad_mode": ("what stands beyond the ends of the signal", ""),
    "sample_scale": ("samples in [-1, 1) are multiplied by it (32768: 16-bit integers)", ""),
    "signal_preemphasis": ("pre-emphasis of the whole signal, before it is framed", ""),
    "frame_length": ("length of a frame", "samples"),
    "n_fft": ("length of the transform", "samples"),
    "win_length": ("length of the window", "samples"),
    "window": ("window function", ""),
    "window_periodic": ("the window is periodic (else symmetric: its ends are the same)", ""),
    "preemphasis": ("pre-emphasis inside each frame", ""),
    "remove_dc": ("the mean of each frame is subtracted first", ""),
    "power": ("exponent of the magnitude: 2 is power, 1 is magnitude", ""),
    "n_mels": ("number of mel bands", ""),
    "htk": ("mel scale is HTK's (else Slaney's, linear below 1 kHz)", ""),
    "mel_norm": ("scale of the triangles: 'slaney' is the same area, None the same peak of 1", ""),
    "triangle_axis": ("the axis over which the triangles' sides are straight", ""),
    "edge_rounding": ("what the edges of the bands are rounded to", ""),
    "first_bin": ("lower bins count in no band", "bin"),
    "last_bin": ("higher bins count in no band", "bin"),
    "log": ("unit of the logarithm: decibel, natural, or to base 10", ""),
    "ref": ("the power whose logarithm is 0", ""),
    "amin": ("smaller powers are raised to it before the logarithm", ""),
    "power_offset": ("is added to each band's power before the logarithm", ""),
    "log_gain": ("factor on the logarithm", ""),
    "log_bias": ("is added to the logarithm after that factor", ""),
    "n_mfcc": ("number of coefficients", ""),
    "first_mfcc": ("number of the first coefficient", ""),
    "dct_type": ("type of the cosine transform", ""),
    "dct_norm": ("scale of the cosine transform", ""),
    "lifter": ("length of the lifter (0: none)", ""),
    "lifter_start": ("where on the lifter's sine coefficient 0 stands", ""),
    "energy_gain": ("factor on the energy before its logarithm", ""),
    "name": ("name of the columns", ""),
}
"""The words and the unit of fields that toolkits differ in; other fields have their docstring's."""

_MEL_WORDS = {
    "fmin": ("lower edge of the first band", "Hz"),
    "fmax": ("upper edge of the last band", "Hz"),
    "top_db": ("values are raised to so much below the recording's loudest", "dB"),
}
"""Those of features with mel bands; what others have under these names is another thing."""

_SPEC_FIELDS = [f.name for f in dataclasses.fields(FeatureSpec) if f.name != "features"]


def constants(spec: FeatureSpec) -> list[Constant]:
    """Give every constant of a spec: those of its grid of rows, then those of each feature.

    Parameters
    ----------
    spec : FeatureSpec
        What is explained.

    Returns
    -------
    list of Constant

    Examples
    --------
    >>> from serfast import presets
    >>> [(c.value, c.unit) for c in constants(presets.whisper()) if c.field == "fmax"]
    [(8000.0, 'Hz')]
    """
    if not isinstance(spec, FeatureSpec):
        checks.fail("spec", "a FeatureSpec", spec)
    entries = [Constant("rows", f, getattr(spec, f), *_words(spec, f)) for f in _SPEC_FIELDS]
    for feature in every_feature(spec.features):
        for name, value in _effective(feature, spec).items():
            entries.append(Constant(_where(feature), name, value, *_words(feature, name)))
    return entries


def differences(spec: FeatureSpec, like: str) -> list[Difference]:
    """Give what a toolkit has otherwise by default, at the spec's sample rate.

    Parameters
    ----------
    spec : FeatureSpec
        What is compared.
    like : {"kaldi", "librosa", "torchaudio", "whisper", "htk", "nemo", "psf"}
        The toolkit.

    Returns
    -------
    list of Difference
        The grid of rows comes first; then each feature that the toolkit has too. A feature that it
        lacks has one entry, whose field is "".

    Raises
    ------
    ParameterError
        If there is no such toolkit, or the sample rate is impossible for its defaults.

    Examples
    --------
    >>> from serfast import presets
    >>> [(d.value, d.theirs) for d in differences(presets.kaldi_mfcc(num_ceps=20), "kaldi")]
    [(19, 12)]
    """
    checks.choice("like", like, tuple(TOOLKITS))
    theirs = [make(spec.sample_rate) for make in TOOLKITS[like]]
    features = every_feature(spec.features)
    partner = {f: _partner(f, spec, theirs) for f in features}
    grid = next((pair[0] for pair in partner.values() if pair is not None), theirs[0])
    entries = []
    for name in _SPEC_FIELDS:
        ours, other = getattr(spec, name), getattr(grid, name)
        if ours != other:
            unit, words = _words(spec, name)
            entries.append(Difference("rows", name, ours, other, unit, words))
    for feature in features:
        entries += _against(feature, spec, partner[feature], like)
    return entries


def _against(
    feature: Feature, spec: FeatureSpec, pair: tuple[FeatureSpec, Feature] | None, like: str
) -> list[Difference]:
    """Give what the toolkit's feature has otherwise."""
    where = _where(feature)
    if pair is None:
        return [
            Difference(where, "", type(feature).__name__, None, "", f"{like} has no such feature")
        ]
    other = _effective(pair[1], pair[0])
    return [
        Difference(where, name, value, other[name], *_words(feature, name))
        for name, value in _effective(feature, spec).items()
        if value != other[name] and name != "name"
    ]


def _partner(
    feature: Feature, spec: FeatureSpec, specs: list[FeatureSpec]
) -> tuple[FeatureSpec, Feature] | None:
    """Give the toolkit's feature of the same kind that differs least, with its spec."""
    pairs = [(s, other) for s in specs for other in s.features if type(other) is type(feature)]
    ours = _effective(feature, spec)

    def unlike(pair: tuple[FeatureSpec, Feature]) -> int:
        theirs = _effective(pair[1], pair[0])
        return sum(value != theirs[name] for name, value in ours.items())

    return min(pairs, key=unlike, default=None)


def _effective(feature: Feature, spec: FeatureSpec) -> dict[str, Any]:
    """Give a feature's fields, with what None stands for where it stands for a number."""
    values = {f.name: getattr(feature, f.name) for f in dataclasses.fields(feature) if f.init}
    defaults = {
        "pad_mode": spec.pad_mode,
        "frame_length": feature.length,
        "win_length": feature.length,
        "fmax": spec.sample_rate / 2,
        "last_bin": values.get("n_fft", 0) // 2,
        "name": re.sub(r"_\d+$", "", feature.columns[0]),
    }
    named = {k: defaults[k] if v is None and k in defaults else v for k, v in values.items()}
    nested = {k: _where(v) for k, v in named.items() if isinstance(v, Feature)}
    return {**named, **nested}


def _where(feature: Feature) -> str:
    kind = type(feature).__name__
    return kind if feature.name is None else f"{kind} {feature.name}"


def _words(thing: Any, field: str) -> tuple[str, str]:
    """Give a field's unit and what it is; a docstring says it where there are no words here."""
    table = {**_WORDS, **_MEL_WORDS} if hasattr(thing, "n_mels") else _WORDS
    if field in table:
        words, unit = table[field]
        return unit, words
    text = next(filter(None, (_documented(c, field) for c in type(thing).__mro__)), "")
    named = re.search(r"\[([A-Za-zµ %/²]+)\]", text)
    words = re.sub(
        r"\s*\[[^\]]*\]|`|:\w+:(?=`)", "", re.split(r"(?<=[a-z)\]])[.;:] ", text)[0]
    ).rstrip(".")
    words = re.sub(r"^(It is|They are|This is|These are) ", "", words)
    return (named[1] if named else ""), words or field.replace("_", " ")


def _documented(cls: type[Any], field: str) -> str:
    """Give what a class's docstring says of one field, on one line; nothing if it doesn't.

    Where it says that the field means what another class's does, that one's is given.
    """
    lines = inspect.cleandoc(cls.__doc__ or "").splitlines()
    for i, line in enumerate(lines):
        if re.match(rf"(\w+, )*{re.escape(field)}(, \w+)*( : |$)", line):
            rest = lines[i + 1 :]
            end = next((j for j, text in enumerate(rest) if text[:1].strip()), len(rest))
            says = " ".join(text.strip() for text in rest[:end]).strip()
            other = re.match(r"(?:It means|They mean) the same as in :class:`serfast\.(\w+)`", says)
            return _documented(getattr(catalogue, other[1]), field) if other else says
    return ""
