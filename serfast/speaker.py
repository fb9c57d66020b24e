"""A speaker: a recognizer that gets used to one voice and its channel."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from .models.judge import is_strange
from .models.loaded import LoadedModel
from .models.result import Result
from .streaming.speaker_file import read_moments, write_moments
from .streaming.speaker_state import PRIOR, SpeakerState

__all__ = ["Speaker"]


class Speaker:
    """A recognizer that hears one speaker for a while, and gets used to voice and channel.

    :meth:`serfast.Recognizer.speaker` makes it. Of everything it hears it keeps a mean per class
    and a count, no audio (:class:`serfast.streaming.speaker_state.SpeakerState` has the formula).

    What there is nothing to hear in (no sample above -60 dB of full scale, or less than a frame),
    and what is unlike the speech that the model was trained on (`strangeness` above 1), is judged
    but not learned from.

    Parameters
    ----------
    model : LoadedModel
        Its classifier is adaptable.
    prior : float
        The training's mean counts for so many utterances, > 0: with more, it adapts more slowly.

    Raises
    ------
    ParameterError
        If the classifier isn't :class:`serfast.models.Adaptable`, or prior breaks its rule.

    Notes
    -----
    The same utterances in the same order give the same answers, bit for bit. An error leaves the
    state as it was. Threads may share a speaker: its state is whole at any time, but if two learn
    at once, one of the utterances may be lost. A pickle holds the model's bundle and the state.

    The idea is that of centring each speaker's features, as in Schuller et al., "Cross-corpus
    acoustic emotion recognition: variances and strategies" (IEEE Trans. Affect. Comput. 1 (2010),
    119-131), with a prior as in maximum a posteriori adaptation.
    """

    def __init__(self, model: LoadedModel, prior: float = PRIOR) -> None:
        self._model = model
        self._state = SpeakerState(model.judge, prior)

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self._model, "prior": self._state.prior, "moments": self._state.moments}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["model"], state["prior"])  # type: ignore[misc]
        self._state.moments = state["moments"]

    def __repr__(self) -> str:
        plugin = self._model.bundle.plugin
        return f"<Speaker for {plugin!r}: {self.n:g} utterances heard, prior {self.prior:g}>"

    @property
    def n(self) -> float:
        """So many utterances were heard; of a stream, each window counts for a part of one."""
        return self._state.moments.n

    @property
    def prior(self) -> float:
        """The training's mean counts for so many utterances."""
        return self._state.prior

    @property
    def state(self) -> SpeakerState:
        """What is known of the speaker; a stream shares it."""
        return self._state

    def is_of(self, model: LoadedModel) -> bool:
        """Tell whether it adapts this model, or an equal one."""
        return self._model is model or self._model.bundle.identity() == model.bundle.identity()

    def predict(self, y: Any, sample_rate: float | None = None) -> Result:
        """Tell the class of one recording of this speaker, and learn from it.

        The recording itself is the last one of those that the speaker's mean is of. Parameters,
        errors and warnings are those of :meth:`serfast.Recognizer.predict`; after an error the
        state is what it was.

        Returns
        -------
        Result
        """
        x, has_speech = self._model.input_of(y, sample_rate)
        judge = self._model.judge
        strangeness = judge.strangeness(x)
        learn = has_speech and not is_strange(strangeness)
        return judge.result(self._state.probabilities(judge.scores(x), learn=learn), strangeness)

    def enrol(
        self,
        y: Any,
        sample_rate: float | None = None,
        *,
        label: str | None = None,
        weight: float = 1.0,
    ) -> bool:
        """Hear a recording without judging it, such as a few calm sentences at the beginning.

        Parameters
        ----------
        y, sample_rate
            As for :meth:`predict`.
        label : str or None
            Its class, if that is known. Then only what it has beyond the training's mean for this
            class counts, so calm sentences alone don't make calm the speaker's mean.
        weight : float
            It counts for so many utterances, > 0.

        Returns
        -------
        bool
            False if it was not learned from; a warning says why.

        Raises
        ------
        ParameterError
            If an argument breaks its rule, or the model can't use a label: it has no
            `class_scores`.
        AudioError, ModelError
            As for :meth:`predict`. After any error the state is what it was.
        """
        self._state.check(weight, label)
        x, has_speech = self._model.input_of(y, sample_rate)
        judge = self._model.judge
        if not has_speech:  # a warning has said so
            return False
        if is_strange(strangeness := judge.strangeness(x)):
            warnings.warn(f"y is {judge.reason(1.0, strangeness)}: not learned", stacklevel=2)
            return False
        self._state.learn(judge.scores(x), weight, label)
        return True

    def reset(self) -> None:
        """Forget the speaker."""
        self._state.reset()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write what is known of the speaker: a few hundred bytes of JSON, whole or not at all.

        The file says what it holds; there is no audio in it. It is for this model alone.

        Raises
        ------
        ModelError
            If it can't be written.
        """
        bundle = self._model.bundle
        moments = self._state.moments
        return write_moments(path, moments, bundle.plugin, bundle.classes, bundle.identity())

    def load(self, path: str | os.PathLike[str]) -> Speaker:
        """Go on with what a file says, and forget what was known; give this speaker.

        Raises
        ------
        ModelError
            If the file is missing, damaged, of another model, or newer than this serfast. The
            state is then what it was.
        """
        bundle = self._model.bundle
        moments = read_moments(path, bundle.plugin, bundle.classes, bundle.identity())
        self._state.moments = moments
        return self
