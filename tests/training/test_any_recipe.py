"""Whatever JSON holds: a recipe is made of it, or an error of ours says why not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from helpers.any_json import anything, made, specs, statistics
from serfast.training import Recipe

options = st.dictionaries(st.sampled_from(["rate", "epochs", "x"]), anything, max_size=2)
alterations = st.lists(st.sampled_from(["speed=0.9", "noise=20", "speed=9", ""]), max_size=2)
recipes = st.fixed_dictionaries(
    {
        "format": st.one_of(st.just(1), anything),
        "plugin": st.one_of(st.sampled_from(["svm", "onnx", "ensemble"]), anything),
    },
    optional={
        "spec": st.one_of(st.none(), specs, anything),
        "statistics": st.one_of(st.none(), statistics, anything),
        "alterations": st.one_of(alterations, anything),
        "seed": anything,
        "backend": st.one_of(st.sampled_from(["native", "reference"]), anything),
        "options": st.one_of(options, anything),
    },
)


@given(st.one_of(recipes, anything))
def test_any_json_is_a_recipe_or_an_error_of_ours(data: Any) -> None:
    recipe = made(Recipe, data)
    assert recipe is None or Recipe.from_json(recipe.to_json()) == recipe
