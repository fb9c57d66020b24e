"""The exceptions that serfast raises: one root, one class per kind of cause."""

from __future__ import annotations

__all__ = [
    "AudioError",
    "AudioWarning",
    "BackendError",
    "FeatureWarning",
    "MissingDecoderError",
    "ModelError",
    "ParameterError",
    "SerfastError",
    "UnknownPluginError",
]


class SerfastError(Exception):
    """Root of every exception that serfast raises on purpose."""


class ParameterError(SerfastError, ValueError):
    """An argument breaks its rule; the message names argument, rule and value."""


class AudioError(SerfastError):
    """A recording can't be read or holds no usable audio."""


class MissingDecoderError(AudioError, ImportError):
    """A recording's format needs a library that isn't there; the message says what to install."""


class ModelError(SerfastError):
    """A model bundle is damaged, unsafe, too new, or doesn't fit the features."""


class BackendError(SerfastError, ImportError):
    """A back end isn't there; the message says what to install."""


class UnknownPluginError(SerfastError, LookupError):
    """No installed distribution offers a plugin of that name."""


class FeatureWarning(RuntimeWarning):
    """A function of one's own failed in some rows, which hold NaN (or infinity) in its columns."""


class AudioWarning(UserWarning):
    """Part of a recording's file was passed over, or may be missing; the message names the file."""
