"""Writing several files so that either all of them are there or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import click


def write_all(texts: Mapping[Path, str]) -> None:
    """Write each text under its path, as UTF-8: first all under names beside their places, then each to its name.

    What already stood there is replaced whole. A disk that fills up or a folder that cannot be written leaves all as
    it was. The files hold people's data, so only their owner may read them.
    """
    written: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            written[path] = _beside(path)
            written[path].write_bytes(text.encode("utf-8"))
        for path, temporary in written.items():
            os.replace(temporary, path.resolve())
    except OSError as error:
        raise click.FileError(str(error.filename or "output"), hint=error.strerror) from None
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    place = path.resolve()
    if place.exists() and not place.is_file():
        raise FileExistsError(17, "Not an ordinary file", str(path))
    handle, name = tempfile.mkstemp(prefix=f".{place.name[:100]}.", dir=place.parent)
    os.close(handle)
    return Path(name)


def refuse_collisions(inputs: Iterable[Path | None], outputs: Iterable[Path | None]) -> None:
    """A usage error when two outputs have one name, or an output would replace an input."""
    seen = {path.resolve() for path in inputs if path}
    for path in outputs:
        if path and path.resolve() in seen:
            raise click.UsageError(f"“{path}” is given twice, or is one of the lists; choose another name.")
        seen.update({path.resolve()} if path else ())
