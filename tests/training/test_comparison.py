"""Two evaluations side by side."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from serfast.cli.main import main
from serfast.errors import ParameterError
from serfast.training.comparison import compare, figures_of


def figures(values: list[float]) -> dict[str, object]:
    table = {str(k): value for k, value in enumerate(values)}
    return {"uar": float(np.mean(values)), "uar_by_speaker": table}


def test_the_chance_is_that_of_all_signs() -> None:
    random = np.random.default_rng(0)
    one, two = random.uniform(0.4, 0.8, 8), random.uniform(0.5, 0.9, 8)
    result = compare(figures(one.tolist()), figures(two.tolist()))
    differences = two - one
    sums = [abs(np.dot(signs, differences)) for signs in product((1, -1), repeat=8)]
    expected = np.mean([total >= abs(differences.sum()) - 1e-12 for total in sums])
    assert result.chance == pytest.approx(expected)
    assert result.difference == pytest.approx(differences.mean())
    assert result.interval[0] < result.difference < result.interval[1]


def test_many_speakers_are_drawn() -> None:
    random = np.random.default_rng(1)
    one = random.uniform(0.4, 0.8, 24)
    assert compare(figures(one.tolist()), figures((one + 0.1).tolist())).chance < 1e-4
    noise = random.normal(size=24) * 0.05
    equal = compare(figures(one.tolist()), figures((one + noise - noise.mean()).tolist()))
    assert equal.chance > 0.9


def test_recall_of_each_class() -> None:
    a, b = figures([0.5, 0.5]), figures([0.5, 0.5])
    a |= {"classes": ["joy", "rage"], "confusion_matrix": [[3, 1], [0, 2]]}
    b |= {"classes": ["joy", "rage"], "confusion_matrix": [[4, 0], [1, 1]]}
    assert compare(a, b).recall == {"joy": (0.75, 1.0), "rage": (1.0, 0.5)}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, values in (("a", [0.5, 0.6, 0.7]), ("b", [0.6, 0.7, 0.8])):
        (tmp_path / f"{name}.json").write_text(json.dumps(figures(values)))
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    assert main(["compare", *paths]) == 0
    out = capsys.readouterr().out
    assert "speaker 1    60.0    70.0       +10.0" in out
    assert "mean over 3 speakers: +10.0 (95 % interval +10.0 to +10.0); by chance in 25 %" in out
    assert main(["compare", *paths, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["chance"] == 0.25


@pytest.mark.parametrize(
    "content",
    [
        *("[]", "{}", "{", '{"uar": 2, "uar_by_speaker": {}}', '{"uar": 0.5, "uar_by_speaker": 1}'),
        *(
            json.dumps({"uar": 0.5, "uar_by_speaker": {}, "confusion_matrix": matrix} | classes)
            for matrix in ([[1, 2], [3]], [[1, 2, 3]] * 2, [["x", 2], [3, 4]], 1, {}, [[-1, 0]] * 2)
            for classes in ({"classes": ["x", "y"]}, {"classes": 5}, {})
        ),
        '{"uar": 0.5, "uar_by_speaker": {}, "classes": 5}',
        '{"uar": 0.5, "uar_by_speaker": {}, "classes": ["x"], "confusion_matrix": [[NaN]]}',
    ],
)
def test_files_without_figures(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(ParameterError, match=r"a\.json"):
        figures_of(path)


def test_others_speakers() -> None:
    with pytest.raises(ParameterError, match=r"speakers must be at least 2 that both .*, got none"):
        compare(figures([0.5]), {"uar": 0.5, "uar_by_speaker": {"x": 0.5}})


def test_other_classes_are_refused() -> None:
    a, b = (figures([0.5, 0.5]) | {"classes": ["joy", name]} for name in ("rage", "calm"))
    with pytest.raises(
        ParameterError, match=r"classes must be those of the other .*, got joy, calm"
    ):
        compare(a, b)


def test_other_numbers_of_recordings_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, number in (("one", 20), ("two", 30)):
        (tmp_path / folder).mkdir()
        content = {"uar": 0.5, "uar_by_speaker": {"a\nb": 0.5, "c": 0.5}, "recordings": number}
        (tmp_path / folder / "x.json").write_text(json.dumps(content))
    assert main(["compare", str(tmp_path / "one/x.json"), str(tmp_path / "two/x.json")]) == 0
    out, err = capsys.readouterr()
    told = "of other recordings, perhaps: 20 are in the one, 30 in the other"
    assert err == f"serfast: warning: {told}\n"
    assert "speaker a\\nb" in out
    assert str(tmp_path / "two/x.json") in out.split("\n")[0]
    assert "by chance in 100 %" in out
