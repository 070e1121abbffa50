"""Two small lists, a map, and the commands run on them."""

from pathlib import Path

from click.testing import CliRunner, Result

from cheiron.cli import main

MENTEES = """name,email,specialty,campus,grade,wishes,gender
Ida Brandt,ida@x.org,Surgery,North,Resident,,Woman
Al Ross,al@x.org,Pediatrics,South,Fellow,bo@x.org,
Žofie Ñ,zo@x.org,Surgery,South,Resident,,Woman
"""
MENTORS = """name,email,specialty,campus,grade,max mentees
Bo Lind,bo@x.org,Pediatrics,North,Faculty,1
Cy Young,cy@x.org,Surgery,North,Faculty,
"""
MAP = """stages = ["Resident", "Fellow", "Faculty"]
[mentees.columns]
name = "name"
email = "email"
specialty = "specialties"
campus = "place"
grade = "stage"
wishes = "wishes"
gender = "ignored"
"""
OUTPUTS = {"--output": "pairs.csv", "--report": "report.html", "--problem": "p.json", "--result": "r.json"}


def lay_out(folder: Path, **contents: str | bytes) -> None:
    """Write the inputs; ``mentees``, ``mentors``, ``map`` and ``lines`` replace the ordinary ones."""
    texts: dict[str, str | bytes] = {"mentees": MENTEES, "mentors": MENTORS, "map": MAP, **contents}
    for name, text in texts.items():
        path = folder / ("map.toml" if name == "map" else f"{name}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def run(*arguments: object) -> Result:
    """One call of ``cheiron``."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def match(folder: Path, *more: object) -> Result:
    """``cheiron match`` on the files of a folder, with every output into ``out``."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    outputs = [part for option, name in OUTPUTS.items() for part in (option, out / name)]
    lines = ["--lines", folder / "lines.csv"] if (folder / "lines.csv").exists() else []
    return run(
        "match", folder / "mentees.csv", folder / "mentors.csv", "--map", folder / "map.toml", *outputs, *lines, *more
    )


def written(folder: Path) -> list[str]:
    """Names of everything in ``out``, temporary files included."""
    return sorted(path.name for path in (folder / "out").iterdir())
