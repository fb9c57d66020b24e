"""A speaker of the network that comes with the plugin."""

from __future__ import annotations

from helpers.bad_hearing import check_bad_hearing


def test_silence_nan_and_files_of_other_models_leave_the_speaker_as_he_was(emodb, tmp_path):
    check_bad_hearing("onnx", "svm", emodb, tmp_path)
