"""The master key, made at the first start: the one secret that no backup of the data holds; what follows from it."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tocsin.settings import FatalSetting, Settings, with_master_key

KEY_BYTES = 32


def with_key(settings: Settings, seed: bytes) -> Settings:
    """These settings with their master key; made from `seed` (32 bytes nobody can guess) where there is none yet.

    The key's file is whole and synced before this returns, readable by this user alone, and never overwritten: where
    somebody else made it meanwhile, theirs is taken.  Raises FatalSetting; then nobody has used a new key.
    """
    if settings.server.master_key is not None:
        return settings
    path = settings.server.master_key_path
    try:
        _make(path, seed)
    except OSError as error:
        what = f"server.master_key_file: {path} cannot be made ({error.strerror or type(error).__name__})"
        raise FatalSetting(f"{what}; give this process leave to write there, or name another file") from None
    return with_master_key(settings)


def _make(path: Path, seed: bytes) -> None:
    assert len(seed) == KEY_BYTES
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)  # Of a start that died here, under the same number: in a container that is usual.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(seed.hex().encode("ascii") + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(beside, path)  # Unlike a rename, it takes nobody's place.
        except FileExistsError:
            return
        _sync(path.parent)
    finally:
        beside.unlink()


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def derived(settings: Settings, name: str) -> bytes:
    """A key of 32 bytes of its own for each `name`, the same as long as the master key is.

    Nothing of it is kept, so nothing of it can be lost or copied apart from the master key.
    """
    master = settings.server.master_key
    assert master is not None, "a server has its master key before anything is built"
    return HKDF(hashes.SHA256(), KEY_BYTES, None, f"tocsin/{name}".encode()).derive(bytes.fromhex(master.reveal()))
