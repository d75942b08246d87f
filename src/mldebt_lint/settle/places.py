"""Completes the findings that are shown: source lines, physical places in notebooks, fingerprints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mldebt_lint.model import Finding, Location, Report
from mldebt_lint.reading.document import Document
from mldebt_lint.reading.notebook import PhysicalMap, physical_spans
from mldebt_lint.settle.fingerprint import with_fingerprints

Reader = Callable[[str], tuple[bytes, Document]]


def complete(report: Report, read: Reader, *, excerpts: bool = True) -> Report:
    """Fill in what only the findings of the report need; `read` gives a file's bytes and document by path.

    Without `excerpts` the lines of files that are only related are left out.
    """
    pages = {path: _page(path, read) for path in _paths(report, everywhere=excerpts)}
    for page in pages.values():
        report.sources.update(page.sources)
    findings = [_placed(finding, pages) for finding in report.findings]
    report.findings = with_fingerprints(findings, report.sources)
    return report


def add_sources(report: Report, read: Reader) -> Report:
    """Fill in the lines of the files that a completed report points into."""
    for path in _paths(report, everywhere=True):
        report.sources.update(_page(path, read).sources)
    return report


def _paths(report: Report, *, everywhere: bool) -> list[str]:
    """Return the files with findings, and the related ones: everywhere, or where places have to be translated."""
    found = {finding.where.path for finding in report.findings}
    related = (place for finding in report.findings for place in finding.related)
    found.update(place.path for place in related if everywhere or place.cell is not None)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Page:
    sources: dict[tuple[str, int | None], list[str]]
    physical: PhysicalMap | None


def _page(path: str, read: Reader) -> _Page:
    try:
        raw, document = read(path)
    except (
        OSError,
        LookupError,
    ):  # gone since it was analysed, or no Python file: it stands without its excerpt
        return _Page({}, None)
    sources = {(path, cell.number): cell.original.splitlines() for cell in document.cells}
    return _Page(sources, physical_spans(raw) if document.is_notebook and document.cells else None)


def _placed(finding: Finding, pages: dict[str, _Page]) -> Finding:
    where = _physical(finding.where, pages)
    return replace(finding, where=where, related=tuple(_physical(place, pages) for place in finding.related))


def _physical(place: Location, pages: dict[str, _Page]) -> Location:
    if place.cell is None:
        return place
    physical = pages[place.path].physical
    if physical is None:
        return place
    return replace(place, physical=physical.span(place.cell, place.span))
