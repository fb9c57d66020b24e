"""Output files: whole or not at all, with the mode and through the links that were there."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from helpers.processes import run
from serfast.files import as_written, replacing


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fill(path: Path, text: str, *, force: bool = True) -> None:
    with replacing(path, force=force) as temporary:
        temporary.write_text(text)


def test_a_new_file_has_the_users_usual_mode(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    fill(tmp_path / "out.txt", "new")
    assert (tmp_path / "out.txt").read_text() == "new"
    assert mode_of(tmp_path / "out.txt") == mode_of(usual)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "usual"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755])
def test_a_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    out.chmod(mode)
    with replacing(out) as temporary:
        assert mode_of(temporary) == 0o600  # nobody reads what the file's owner keeps from them
        temporary.write_text("new")
        assert out.read_text() == "old"
    assert (out.read_text(), mode_of(out)) == ("new", mode)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    os.chown(out, 12345, 23456)
    fill(out, "new")
    assert (out.stat().st_uid, out.stat().st_gid) == (12345, 23456)


@pytest.mark.parametrize("exists", [True, False])
def test_what_a_link_leads_to_is_written(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "out.txt", tmp_path / "link.txt"
    if exists:
        target.write_text("old")
    second = tmp_path / "second.txt"
    second.symlink_to("link.txt")
    link.symlink_to("far/out.txt")
    fill(second, "new")
    assert second.is_symlink()
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["out.txt"]


def test_a_link_to_itself_is_refused_and_stays(tmp_path: Path) -> None:
    link = tmp_path / "out.txt"
    link.symlink_to("out.txt")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)) as caught:
        fill(link, "new")
    assert caught.value.filename == str(link)
    assert link.is_symlink()
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.parametrize("hard_links", [True, False])
def test_of_two_writers_that_may_not_replace_the_second_fails(
    tmp_path: Path, hard_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not hard_links:
        monkeypatch.setattr("os.link", refuse)
    out = tmp_path / "out.txt"
    with pytest.raises(FileExistsError) as caught, replacing(out, force=False) as slow:  # noqa: PT012
        slow.write_text("slow")
        fill(out, "fast", force=False)
    assert caught.value.filename == str(out)
    assert out.read_text() == "fast"
    assert list(tmp_path.iterdir()) == [out]


def test_of_two_writers_that_may_replace_the_last_wins_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    barrier = threading.Barrier(2, timeout=20)

    def write(letter: str) -> None:
        for _ in range(50):
            barrier.wait()
            fill(out, letter * 100_000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        if out.exists():
            seen.add(out.read_text())
    assert seen <= {"a" * 100_000, "b" * 100_000}
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no")])
def test_an_error_leaves_the_old_file(tmp_path: Path, error: BaseException) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    with pytest.raises(type(error)), replacing(out) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise error
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "{out}"),  # of write() and close()
        (OSError(errno.EIO, "Input/output error", "other.wav"), "other.wav"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), None),
    ],
)
def test_an_error_names_the_output_if_it_is_about_that(
    tmp_path: Path, raised: OSError, name: str | None
) -> None:
    out = tmp_path / "out.txt"
    with pytest.raises(type(raised)) as caught, replacing(out):
        raise raised
    assert caught.value.errno == raised.errno
    assert caught.value.filename == (name and name.format(out=out))


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from serfast.files import replacing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with replacing(Path(sys.argv[1])) as path: path.write_bytes(bytes(2000))"
    )
    done = run(program, str(tmp_path / "out.bin"))
    assert done.stderr.splitlines()[-1] == (
        f"OSError: [Errno 27] File too large: '{tmp_path / 'out.bin'}'"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["n" * 251 + ".zip", "n." + "s" * 253, "ü" * 125 + ".zip"])
def test_the_longest_names(tmp_path: Path, name: str) -> None:
    fill(tmp_path / name, "new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_handler_is_installed(tmp_path: Path) -> None:
    numbers = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
    before = [signal.getsignal(number) for number in numbers]
    with replacing(tmp_path / "out.txt"):
        assert [signal.getsignal(number) for number in numbers] == before


# --- as_written ---------------------------------------------------------------------------------


def test_links_stay_in_a_path_and_dots_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a/deep", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    assert as_written("link/./x.wav") == tmp_path / "link" / "x.wav"
    assert as_written("a/../x.wav") == tmp_path / "x.wav"
    assert as_written("none/../x.wav") == tmp_path / "x.wav"
    assert as_written(tmp_path / "link" / ".." / "x.wav") == tmp_path / "a" / "x.wav"
    assert as_written("/../x.wav") == Path("/x.wav")
