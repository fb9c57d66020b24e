"""The plugin registry, with real distributions laid on sys.path."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from helpers.pages import ROOT
from helpers.plugin_stub import NearestPlugin, install
from serfast import ModelError, SerfastError, UnknownPluginError
from serfast.models import registry

GOOD = "from helpers.plugin_stub import NearestPlugin\nPLUGIN = NearestPlugin()\n"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    return tmp_path


def test_lists_without_importing(site):
    install(site, "lists_mod", "raise RuntimeError('imported')", "serfast-zz", "zz = lists_mod:X")
    assert "zz" in registry.available()
    assert registry.available() == tuple(sorted(registry.available()))
    assert "lists_mod" not in sys.modules


def test_gets_by_importing(site):
    install(site, "gets_mod", GOOD, "serfast-zz", "zz = gets_mod:PLUGIN")
    assert isinstance(registry.get("zz"), NearestPlugin)


def test_unknown_name_lists_what_there_is(site):
    install(site, "known_mod", GOOD, "serfast-zz", "zz = known_mod:PLUGIN")
    with pytest.raises(UnknownPluginError, match=r"zz.*got 'yy'$") as error:
        registry.get("yy")
    assert isinstance(error.value, LookupError)
    assert isinstance(error.value, SerfastError)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named"),
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("this is no Python", "SyntaxError"),
        ("OTHER = 1", "AttributeError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
    ],
)
def test_broken_plugin_is_reported_with_its_cause(site, source, cause):
    name = f"broken_{abs(hash(source))}"
    install(site, name, source, "serfast-broken", f"broken = {name}:PLUGIN")
    with pytest.raises(ModelError, match=f"'broken' of serfast-broken 1.2.*{cause}") as error:
        registry.get("broken")
    assert error.value.__cause__ is not None
    [found] = [plugin for plugin in registry.info() if plugin.name == "broken"]
    assert (found.distribution, found.version) == ("serfast-broken", "1.2")
    assert cause in found.error


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("PLUGIN = 42", "must be an object with input, train, load, default_model .* got 42"),
        ("class PLUGIN: pass", "must be an object with"),
        ("from helpers.plugin_stub import NearestPlugin as PLUGIN", "must be an object with"),
        (GOOD + "PLUGIN.input = 'pictures'", "must have vector, rows or samples as its input"),
    ],
)
def test_what_is_no_plugin_is_said(site, source, fault):
    name = f"no_plugin_{abs(hash(source))}"
    install(site, name, source, "serfast-odd", f"odd = {name}:PLUGIN")
    with pytest.raises(ModelError, match=f"plugin 'odd' of serfast-odd 1.2 {fault}"):
        registry.get("odd")
    [found] = [plugin for plugin in registry.info() if plugin.name == "odd"]
    assert "must" in str(found.error)


def test_our_own_plugins_are_had_from_the_repository(site, monkeypatch):
    names = {path.name.partition("-")[2] for path in (ROOT / "plugins").glob("serfast-*")}
    assert names - {"spectral"} == set(registry.OURS.values())  # which offers features
    monkeypatch.setattr(registry, "OURS", {"yy": "yy"})
    with pytest.raises(UnknownPluginError, match=r"got 'yy'; in a copy .* \./plugins/serfast-yy"):
        registry.get("yy")
    with pytest.raises(UnknownPluginError, match=r"got 'yy'$"):
        registry.get("yy", hint=False)


@pytest.mark.parametrize("name", ["x; rm -rf", "\x1b[2J", "", "a/b", "-e"])
def test_no_odd_name_stands_in_a_command_to_copy(site, name):
    with pytest.raises(UnknownPluginError) as error:
        registry.get(name)
    assert "pip install" not in str(error.value)
    assert str(error.value).isprintable()


def test_one_broken_plugin_leaves_the_others(site):
    install(site, "bad_mod", "raise ImportError('x')", "serfast-bad", "bad = bad_mod:PLUGIN")
    install(site, "fine_mod", GOOD, "serfast-fine", "fine = fine_mod:PLUGIN")
    errors = {plugin.name: plugin.error for plugin in registry.info()}
    assert errors["fine"] is None
    assert errors["bad"] is not None
    assert isinstance(registry.get("fine"), NearestPlugin)


def test_duplicate_names_both_distributions(site):
    install(site, "twin_a", GOOD, "serfast-twin-a", "twin = twin_a:PLUGIN")
    install(site, "twin_b", GOOD, "serfast-twin-b", "twin = twin_b:PLUGIN")
    with pytest.raises(UnknownPluginError, match="serfast-twin-a and serfast-twin-b"):
        registry.get("twin")
    assert registry.available().count("twin") == 1
    found = [plugin for plugin in registry.info() if plugin.name == "twin"]
    assert [plugin.distribution for plugin in found] == ["serfast-twin-a", "serfast-twin-b"]
    assert all("one distribution" in str(plugin.error) for plugin in found)


def test_a_plugin_installed_later_is_found(site):
    assert "later" not in registry.available()
    install(site, "later_mod", GOOD, "serfast-later", "later = later_mod:PLUGIN")
    assert "later" in registry.available()


def test_importing_serfast_imports_no_plugin(site):
    install(site, "eager_mod", "raise RuntimeError", "serfast-eager", "eager = eager_mod:PLUGIN")
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import serfast\n"
        "assert 'eager' in serfast.models.registry.available(); print('eager_mod' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_a_plugin_of_another_plugins_package_says_which():
    assert registry.how_to_install("whisper-campplus").endswith("./plugins/serfast-campplus")
    assert registry.how_to_install("svm").endswith("./plugins/serfast-svm")
