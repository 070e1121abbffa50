"""Copies the front-end files that Cheiron serves, by name, from node_modules into src/cheiron/static/vendor.

    npm ci && python scripts/vendor.py

The target is git-ignored and written anew each time. Nothing here is built: styles and fonts are taken as published,
except that only the two Latin subsets of each font are named, and that Bootstrap's source map is not.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "src" / "cheiron" / "static" / "vendor"

BOOTSTRAP = "bootstrap/dist/css/bootstrap.min.css"
FONTS = ("@fontsource-variable/inter", "@fontsource-variable/source-serif-4")
SUBSETS = ("latin", "latin-ext")
LICENSES = {
    "bootstrap": "bootstrap/LICENSE",
    "bootstrap-icons": "bootstrap-icons/LICENSE",
    "inter": "@fontsource-variable/inter/LICENSE",
    "source-serif-4": "@fontsource-variable/source-serif-4/LICENSE",
}
# fmt: off
ICONS = (
    "activity", "archive", "arrow-clockwise", "arrow-counterclockwise", "arrow-down", "arrow-down-up", "arrow-left",
    "arrow-left-right", "arrow-repeat", "arrow-return-right", "arrow-right", "arrow-up", "ban", "bar-chart", "bell",
    "book", "book-fill", "bookmark", "box-arrow-in-right", "box-arrow-right", "box-arrow-up-right", "building",
    "calendar-check", "calendar-event", "calendar-event-fill", "calendar-plus", "calendar-range", "calendar-x",
    "caret-down-fill", "chat", "chat-fill", "check-circle", "check-lg", "check2", "check2-all", "check2-circle",
    "check2-square", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle", "circle-half",
    "clipboard-check", "clipboard-data", "clock", "clock-history", "cloud-upload", "copy", "dash-circle", "diagram-3",
    "diagram-3-fill", "download", "envelope", "envelope-check", "envelope-fill", "envelope-open", "envelope-paper",
    "exclamation-circle", "exclamation-triangle", "eye", "eye-slash", "file-earmark", "file-earmark-arrow-down",
    "file-earmark-check", "file-earmark-spreadsheet", "file-earmark-text", "filter", "flag", "funnel", "gear",
    "gear-fill", "geo", "geo-alt", "globe", "graph-up", "grid", "grid-3x3-gap", "grip-vertical", "hand-thumbs-up",
    "heart", "hospital", "hourglass-split", "house", "house-fill", "inbox", "info-circle", "journal-check",
    "journal-text", "key", "keyboard", "layers", "life-preserver", "lightbulb", "link-45deg", "list", "list-check",
    "list-ul", "lock", "lock-fill", "moon", "mortarboard", "mortarboard-fill", "patch-check", "pause-circle", "pen",
    "pencil", "people", "people-fill", "person", "person-badge", "person-check", "person-dash", "person-fill",
    "person-gear", "person-heart", "person-plus", "person-walking", "person-x", "pie-chart", "pin-angle",
    "pin-angle-fill", "play-circle", "plus-circle", "plus-lg", "printer", "question-circle", "receipt", "record-circle",
    "record-circle-fill", "reply", "search", "send", "send-check", "server", "share", "shield", "shield-check",
    "shield-exclamation", "shield-fill-check", "shield-lock", "signpost-split", "slash-circle", "sliders",
    "sort-alpha-down", "sort-down", "speedometer2", "star", "star-fill", "stars", "stopwatch", "sun",
    "table", "tag", "tags", "telephone", "three-dots", "toggles", "translate", "trash", "ui-checks", "unlock",
    "upload", "water", "window", "x-circle", "x-lg",
)
# fmt: on


class MissingError(Exception):
    """A file that should have come from npm is not there."""


def published(name: str) -> Path:
    """The file of a package, which must exist."""
    path = MODULES / name
    if not path.is_file():
        raise MissingError(f"{path.relative_to(ROOT)} is missing. Run `npm ci` in {ROOT} first.")
    return path


def font_faces(package: str) -> tuple[str, list[Path]]:
    """The @font-face rules of the Latin subsets, and the files that they name."""
    kept, files = [], []
    sheet = published(f"{package}/opsz.css").read_text()
    for name, rule in re.findall(r"/\* (\S+) \*/\s*(@font-face \{.*?\})", sheet, re.S):
        if name.endswith(tuple(f"-{subset}-opsz-normal" for subset in SUBSETS)):
            kept.append(rule.replace("url(./files/", "url(fonts/"))
            files.append(published(f"{package}/files/{name}.woff2"))
    if len(files) != len(SUBSETS):
        raise MissingError(f"{package} names {len(files)} of {len(SUBSETS)} Latin subsets; its style sheet changed.")
    return "\n".join(kept), files


def collect() -> dict[str, bytes]:
    """Every file to serve, by its path below the target."""
    bootstrap = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", published(BOOTSTRAP).read_text()).strip()
    found: dict[str, bytes] = {}
    rules = []
    for package in FONTS:
        faces, files = font_faces(package)
        rules.append(faces)
        found |= {f"fonts/{path.name}": path.read_bytes() for path in files}
    found["vendor.css"] = "\n".join([bootstrap, *rules, ""]).encode()
    found |= {f"icons/{name}.svg": published(f"bootstrap-icons/icons/{name}.svg").read_bytes() for name in ICONS}
    found |= {f"licenses/{name}.txt": published(path).read_bytes() for name, path in LICENSES.items()}
    return found


def main() -> int:
    """Collect first, write after: a missing file leaves what was there."""
    try:
        found = collect()
    except MissingError as problem:
        print(problem, file=sys.stderr)
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    for name, content in found.items():
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{len(found)} files, {sum(map(len, found.values())) // 1024} KiB in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
