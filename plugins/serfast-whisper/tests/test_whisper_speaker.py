"""A speaker of the model that comes with the package."""

from __future__ import annotations

from helpers.bad_hearing import check_bad_hearing


def test_silence_nan_and_files_of_other_models_leave_the_speaker_as_he_was(emodb, tmp_path):
    check_bad_hearing("whisper", "svm", emodb, tmp_path)
