"""The manifest: which question, which data, which seed, which versions; no time inside a digest."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from equipoise.base.provenance import digest
from equipoise.base.version import __version__

SCHEMA = "equipoise/1"
PATIENTS_FROM = "patients_from"
LIBRARIES = ("numpy", "scipy", "numba", "polars", "pydantic")


def inputs_manifest(
    *, title: str, seed: int, inputs: Mapping[str, str], patients_from: str = ""
) -> dict[str, Any]:
    """Return the manifest of a run that is not stored yet.

    Parameters
    ----------
    title
        Title of the protocol.
    seed
        Seed of every random draw.
    inputs
        Digests of protocol, vocabulary and cohort, and of the rows beside the answers if there are any.
    patients_from
        Where the patients are from, as a sentence; empty where nothing is to be said.
    """
    versions = {"equipoise": __version__, "python": platform.python_version()}
    versions |= {library: version(library) for library in LIBRARIES}
    said = {PATIENTS_FROM: patients_from} if patients_from else {}
    known = {"schema": SCHEMA, "title": title, **said, "seed": seed, "versions": versions}
    return {**known, "inputs": dict(inputs)}


def sealed_manifest(manifest: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """Add the digest of each file, and one digest of the whole study.

    The whole is the question, the data, the seed, our version and the files, and where the patients are from
    if that is said; libraries' versions stand beside it, so that equal numbers from another machine are seen
    to be equal.
    """
    said = {name: manifest[name] for name in (PATIENTS_FROM,) if name in manifest}
    body = said | {
        "schema": manifest["schema"],
        "seed": manifest["seed"],
        "inputs": manifest["inputs"],
        "equipoise": manifest["versions"]["equipoise"],
        "files": dict(sorted(files.items())),
    }
    return {**manifest, "files": body["files"], "digest": digest(body)}
