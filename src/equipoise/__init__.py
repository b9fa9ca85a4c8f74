"""equipoise: from a cohort and a written protocol to honest outcomes.

The public names below are loaded when they are first used, so that ``import equipoise`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from equipoise.base.version import __version__

if TYPE_CHECKING:
    from equipoise.cohort.audit import audit
    from equipoise.cohort.cohort import Cohort
    from equipoise.ingest.read import read_cohort
    from equipoise.language.vocabulary import Vocabulary, read_vocabulary
    from equipoise.protocol.protocol import Protocol
    from equipoise.protocol.read import read_protocol
    from equipoise.rendering.report import render
    from equipoise.study.run import run
    from equipoise.study.study import Study
    from equipoise.synth.simulate import simulate

_WHERE = {
    "Cohort": "equipoise.cohort.cohort",
    "Protocol": "equipoise.protocol.protocol",
    "Study": "equipoise.study.study",
    "Vocabulary": "equipoise.language.vocabulary",
    "audit": "equipoise.cohort.audit",
    "read_cohort": "equipoise.ingest.read",
    "read_protocol": "equipoise.protocol.read",
    "read_vocabulary": "equipoise.language.vocabulary",
    "render": "equipoise.rendering.report",
    "run": "equipoise.study.run",
    "simulate": "equipoise.synth.simulate",
}

__all__ = [
    "Cohort",
    "Protocol",
    "Study",
    "Vocabulary",
    "__version__",
    "audit",
    "read_cohort",
    "read_protocol",
    "read_vocabulary",
    "render",
    "run",
    "simulate",
]


def __getattr__(name: str) -> object:
    """Load a public name from its room on first use (PEP 562)."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")
