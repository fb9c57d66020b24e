"""How scores of known speakers are read, beside scikit-learn's discriminant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from serfast_svm import known_speakers
from serfast_svm.inference import softmax
from serfast_svm.known_speakers import FEWEST, HELD, fit_known_speakers
from serfast_svm.speaker_means import SpeakerMeans
from serfast_svm.training import about_known_speakers, means_of, train
from svm_examples import examples

NEUTRAL = np.array([0.5, -1.0, 2.0])


def drawn(speakers: int = 6, each: int = 60, loud: float = 8.0, seed: int = 0):
    """Scores of speakers whose offsets drown the direction that tells two of three classes apart.

    Gives scores (n, 3), classes, and each score's speaker.
    """
    random = np.random.default_rng(seed)
    codes = random.choice(3, size=speakers * each, p=[0.5, 0.3, 0.2])
    centres = np.array([[2.0, 0.0, 0.0], [0.0, 1.0, -1.0], [0.0, -1.0, 1.0]])
    speaker = np.repeat(np.arange(speakers), each)
    offsets = loud * random.normal(size=(speakers, 1)) * np.array([0.0, 1.0, -1.0])
    noise = random.normal(size=(len(codes), 3)) @ np.diag([1.0, 0.4, 0.6])
    return centres[codes] + offsets[speaker] + noise + NEUTRAL, codes, speaker


@pytest.mark.parametrize("weighted", [True, False])
def test_it_is_scikit_learns_discriminant_of_what_is_relative(weighted):
    """Up to the number that all scores are multiplied by, and what softmax can't tell."""
    scores, codes, speaker = drawn()
    means = SpeakerMeans(speaker)
    matrix = fit_known_speakers(scores, codes, means, NEUTRAL, weighted=weighted)
    relative = np.concatenate(
        [scores[speaker == s] - scores[speaker == s].mean(axis=0) for s in range(6)]
    )
    priors = np.full(3, 1 / 3) if weighted else np.bincount(codes) / len(codes)
    # A share h of the mean variance that is added is a shrinkage of h / (1 + h), which makes the
    # covariance smaller by 1 / (1 + h) too.
    peer = LinearDiscriminantAnalysis(
        solver="lsqr", shrinkage=HELD / (1 + HELD), priors=priors
    ).fit(relative, codes)
    expected = (peer.decision_function(relative) - np.log(priors)) / (1 + HELD) + np.log(priors)
    ours = (relative + NEUTRAL) @ matrix[:, :-1].T + matrix[:, -1]
    ours, expected = (a - a.mean(axis=1, keepdims=True) for a in (ours, expected))
    scale = (ours * expected).sum() / np.square(expected).sum()
    assert scale > 0
    assert ours == pytest.approx(scale * expected, abs=1e-9)


def test_a_direction_that_speakers_drown_is_found_again():
    scores, codes, speaker = drawn()
    matrix = fit_known_speakers(scores, codes, SpeakerMeans(speaker), NEUTRAL)
    strange, true, who = drawn(seed=1)
    said = strange.argmax(axis=1)
    relative = SpeakerMeans(who).relative(strange) + NEUTRAL
    known = relative @ matrix[:, :-1].T + matrix[:, -1]
    assert (said == true).mean() < 0.6
    assert (known.argmax(axis=1) == true).mean() > 0.9


def test_probabilities_of_known_speakers_are_as_often_right_as_they_say():
    scores, codes, speaker = drawn(each=400, loud=1.0)
    matrix = fit_known_speakers(scores, codes, SpeakerMeans(speaker), NEUTRAL, weighted=False)
    strange, true, who = drawn(each=400, loud=1.0, seed=1)
    relative = SpeakerMeans(who).relative(strange) + NEUTRAL
    probabilities = softmax(relative @ matrix[:, :-1].T + matrix[:, -1])
    right = probabilities.argmax(axis=1) == true
    assert probabilities.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.02)


def test_examples_of_few_of_a_speaker_change_nothing():
    scores, codes, speaker = drawn()
    expected = fit_known_speakers(scores, codes, SpeakerMeans(speaker), NEUTRAL)
    few = np.flatnonzero(speaker == 0)[: FEWEST - 1]
    more = np.concatenate([scores, scores[few] + 100])
    means = SpeakerMeans(np.append(speaker, np.full(len(few), 6)))
    assert np.array_equal(
        fit_known_speakers(more, np.append(codes, codes[few]), means, NEUTRAL), expected
    )


def test_without_two_known_speakers_of_all_classes_there_is_none():
    scores, codes, speaker = drawn(each=FEWEST)
    alone = SpeakerMeans(np.arange(len(scores)))
    assert fit_known_speakers(scores, codes, alone, NEUTRAL) is None
    one = speaker == 0
    assert fit_known_speakers(scores[one], codes[one], SpeakerMeans(speaker[one]), NEUTRAL) is None
    two = codes < 2
    many = SpeakerMeans(np.zeros(two.sum(), np.intp) + np.arange(two.sum()) % 2)
    assert fit_known_speakers(scores[two], codes[two], many, NEUTRAL) is None
    assert fit_known_speakers(scores * 0, codes, SpeakerMeans(speaker), NEUTRAL) is None


def test_a_speakers_offset_changes_nothing():
    scores, codes, speaker = drawn()
    expected = fit_known_speakers(scores, codes, SpeakerMeans(speaker), NEUTRAL)
    shifted = scores + np.random.default_rng(2).normal(size=(6, 3))[speaker]
    found = fit_known_speakers(shifted, codes, SpeakerMeans(speaker), NEUTRAL)
    assert found == pytest.approx(expected, abs=1e-8)


def test_training_keeps_it_if_the_speakers_are_known():
    data = examples()
    weights = train(data)
    assert weights.arrays["speaker_matrix"].shape == (4, 5)
    of_few = replace(data, speakers=np.array([f"{i // 4}" for i in range(len(data))]))
    assert "speaker_matrix" not in train(of_few).arrays


def test_of_one_speaker_alone_there_is_none():
    scores, codes, _ = drawn(speakers=3)
    data = examples(n=len(scores))
    texts = np.array(list("ab"))[np.arange(len(data)) % 2]
    means = means_of(replace(data, speakers=np.full(len(data), "a"), texts=texts))
    assert not about_known_speakers(scores, codes, means, NEUTRAL, weighted=True)


def test_the_covariance_may_be_singular(monkeypatch):
    """Scores of which one says nothing more than the others."""
    monkeypatch.setattr(known_speakers, "FEWEST", 2)
    scores, codes, speaker = drawn()
    scores[:, 2] = scores[:, 0]
    assert np.isfinite(fit_known_speakers(scores, codes, SpeakerMeans(speaker), NEUTRAL)).all()
