"""The arguments of a recipe: checked, in one form, and chosen by the plugin if there are none."""

from __future__ import annotations

import pytest

import serfast
from helpers.plugin_stub import install, install_nearest
from serfast.training import Recipe


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that plugins are installed into."""
    install_nearest(tmp_path, monkeypatch)
    return tmp_path / "site"


def test_defaults_that_fail_name_the_plugin(site):
    source = (
        "from helpers.plugin_stub import NearestPlugin\n"
        "class Plugin(NearestPlugin):\n"
        "    def default_spec(self):\n"
        "        raise KeyError('mels')\n"
        "PLUGIN = Plugin()\n"
    )
    install(site, "mels_mod", source, "serfast-mels", "mels = mels_mod:PLUGIN")
    with pytest.raises(serfast.ModelError, match=r"'mels' of serfast-mels 1\.2 failed in default_"):
        Recipe("mels")
