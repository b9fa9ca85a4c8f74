"""The blocks of the how-to on emulated trials are a protocol that can be read."""

import re
from pathlib import Path

from equipoise.protocol.read import read_question
from equipoise.protocol.sensitivity import patched

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "emulated-trial.md"
HEAD = """\
title: Early or later
vocabulary: cart_all
population: {all_of: [{has: remission}, {not_: {has: hct}}]}
time_zero: {kind: landmark, after: origin, day: 28}
structure: course
treatments:
  - {name: hct, intervention: hct, while_in: [remission]}
strategies:
  - {kind: never, name: watch, treatment: hct}
  - {kind: start_within, name: early, treatment: hct, months: 6, law: uniform}
  - {kind: on_trigger, name: on_bca_loss, treatment: hct, trigger: {has: bca_loss}, months: 4, until_month: 12, law: uniform}
outcomes: [dfs, os]
intercurrent_events: []
report: {until_month: 36, at_months: [12, 24], restricted_to_months: [36]}
"""  # noqa: E501


def test_the_blocks_of_the_page_are_a_protocol():
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    protocol, _ = read_question(HEAD + "".join(blocks))
    names = [one.name for one in protocol.analysis.sensitivity]
    assert names == ["grace_4", "not_truncated", "without_genetics"]
    untruncated = patched(protocol, protocol.analysis.sensitivity[1]).analysis.emulation
    assert untruncated is not None
    assert untruncated.truncate is None
    assert len(protocol.contrasts) == 3
    assert len(protocol.gates.support) == 1
