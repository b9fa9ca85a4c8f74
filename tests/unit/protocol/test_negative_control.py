"""Negative controls: each says what is emulated and that it must come out 0; an exposure must be decidable."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from myeloid_protocol import broken

from equipoise.base.errors import ProtocolError
from equipoise.protocol.negative_control import ExposureControl
from equipoise.protocol.read import read_question

ASKED = """\
title: A control by exposure
vocabulary: cart_all
population: {all_of: [{has: remission}]}
time_zero: {kind: landmark, after: origin, day: 28}
structure: course
treatments:
  - {name: hct, intervention: hct, while_in: [remission]}
strategies:
  - {kind: never, name: watch, treatment: hct}
outcomes: [dfs]
intercurrent_events: []
report: {until_month: 36, at_months: [12]}
analysis:
  weight: null
  emulation: {treatments: [{treatment: hct, adjust_for: []}], loss: null, outcomes: [dfs]}
  negative_controls:
    - kind: exposure
      name: chemotherapy
      intervention: chemotherapy
      while_in: [remission]
      months: 3
      adjust_for:
        - {name: looked_at, feature: {age_of_value: ngs_mrd}, cut: [35]}
      of: dfs
      by_month: 12
      because: it is given for another reason
"""


def test_an_exposure_is_read_and_said_in_words():
    protocol, words = read_question(ASKED)
    (control,) = protocol.analysis.negative_controls
    assert isinstance(control, ExposureControl)
    assert (control.while_in, control.months, control.by_month) == (("remission",), 3, 12)
    assert control.words(words) == (
        "chemotherapy: chemotherapy within 3 months as if it were the treatment, against none, counted by "
        "disease-free survival by month 12; it must come out 0, because it is given for another reason."
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "found"),
    [
        ("intervention: chemotherapy", "intervention: hct", "P147", "strategies decide about 'hct'"),
        ("intervention: chemotherapy", "intervention: chemotherapi", "P010", "did you mean 'chemotherapy'?"),
        ("intervention: chemotherapy", "intervention: relapse", "P120", "only an intervention can be decided on"),
        ("      while_in: [remission]", "      while_in: [death_leukaemia]", "P120", "nobody leaves 'death_leukaemia'"),
        (", cut: [35]}", "}", "P141", "'looked_at' grows from day to day"),
        ("age_of_value: ngs_mrd", "age_of_value: ngs", "P010", "'ngs'"),
        ("        - {name: looked_at,", "        - {name: looked_at, predicate: {has: hct}}\n        - {name: looked_at,", "P116", "'looked_at' twice"),
        ("      months: 3\n", "", "P003", "'months' is missing"),
    ],
)  # fmt: skip
def test_an_exposure_that_is_none_is_refused(old: str, new: str, code: str, found: str):
    text, _ = broken(old, new, ASKED)
    with pytest.raises(ProtocolError) as caught:
        read_question(text)
    assert (caught.value.code, found in caught.value.found) == (code, True), str(caught.value)
    assert "negative_controls.0" in caught.value.where
