"""Workbooks as spreadsheet programs write them, and as nobody should."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

from openpyxl import Workbook

Sheets = Mapping[str, Iterable[Iterable[object]]]


def workbook(sheets: Sheets, change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    """The bytes of a workbook with these sheets, after a last change by hand."""
    book, file = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    change(book)
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] = {}) -> bytes:
    """The same parts, each as ``change`` gives it back (None drops it), and more."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
        for name, content in {**parts, **more}.items():
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


def with_sheet_xml(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in the XML of its first sheet."""
    return repacked(data, lambda name, part: part.replace(old, new) if name.endswith("sheet1.xml") else part)
