"""Machine code on disk: found again, and trusted only if it is whole, one's own and of this very program."""

import os

import numpy as np
import pytest

import backproof as bp
from backproof.compiled import cache
from backproof.compiled.engine import Engine
from backproof.compiled.program import Program

CODE = bytes(range(256)) * 40


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKPROOF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_kept_is_found(home):
    key = cache.key_of("program", "processor")
    assert cache.read(key) is None
    cache.write(key, CODE)
    assert cache.read(key) == CODE
    assert home.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in home.iterdir()] == [key]


def test_keys_tell_programs_processors_and_where_one_ends_apart():
    assert len({cache.key_of(*parts) for parts in (("a", "b"), ("ab", ""), ("", "ab"), ("a", "c"), ("b", "a"))}) == 5


@pytest.mark.parametrize("place", [0, 30, 60, 100, 130, -1])
def test_a_damaged_entry_is_removed(home, place):
    key = cache.key_of("x")
    cache.write(key, CODE)
    raw = bytearray((home / key).read_bytes())
    raw[place] ^= 1
    (home / key).write_bytes(bytes(raw))
    assert cache.read(key) is None
    assert not (home / key).exists()


def test_an_entry_cut_short_or_under_another_name_is_not_used(home):
    key, other = cache.key_of("x"), cache.key_of("y")
    cache.write(key, CODE)
    raw = (home / key).read_bytes()
    (home / other).write_bytes(raw)
    assert cache.read(other) is None
    (home / key).write_bytes(raw[:-10])
    assert cache.read(key) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners are a matter of POSIX")
def test_what_others_could_have_written_is_not_used(home):
    key = cache.key_of("x")
    cache.write(key, CODE)
    for path, mode in ((home, 0o777), (home / key, 0o666)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert cache.read(key) is None
        path.chmod(before & 0o7777)
    assert cache.read(key) == CODE
    (home / "kept").write_bytes((home / key).read_bytes())
    (home / key).unlink()
    (home / key).symlink_to(home / "kept")
    assert cache.read(key) is None


def test_it_can_be_turned_off_and_an_unusable_folder_harms_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("BACKPROOF_CACHE", "")
    cache.write("key", CODE)
    assert cache.read("key") is None
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BACKPROOF_CACHE", str(tmp_path / "file"))
    cache.write("key", CODE)
    assert cache.read("key") is None


def test_the_oldest_make_room(home, monkeypatch):
    monkeypatch.setattr(cache, "LARGEST", 3 * len(CODE))
    for n in range(4):
        cache.write(str(n), CODE)
        os.utime(home / str(n), (n, n))
    cache.write("new", CODE)
    assert {p.name for p in home.iterdir()} == {"new", "3"}


def test_a_program_from_disk_computes_the_same(home, monkeypatch):
    monkeypatch.setattr("backproof.compiled.engine.WORTH_KEEPING", 0.0)
    network = bp.Network(
        (6,), [bp.Linear(out_features=9), bp.GELU(), bp.Linear(out_features=4)], bp.CrossEntropyLoss(), update=bp.Adam()
    )
    rng = np.random.default_rng(0)
    data = {"x": rng.normal(size=(20, 6)), "t": rng.integers(0, 4, 20)}
    made: list[tuple[bool, bytes]] = []
    for _ in range(2):
        program = Program(network, batch_size=4)
        losses = program.train(data, np.arange(20))
        made.append((program.trainer.engine.found, losses.tobytes() + program.parameters["h1.weight"].tobytes()))
    assert [found for found, _ in made] == [False, True]
    assert made[0][1] == made[1][1]
    assert isinstance(program.trainer.engine, Engine)
