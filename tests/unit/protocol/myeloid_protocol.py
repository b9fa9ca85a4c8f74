"""A protocol in the words of the shipped vocabulary `myeloid`, every line of which a test may break."""

QUESTION = """\
title: After first remission
vocabulary: myeloid
population:
  all_of:
    - label: in remission
      predicate: {has: remission}
    - {not_: {has: relapse}}
    - {baseline: sex, eq: f}
time_zero: {kind: event, of: remission, occurrence: first}
structure: course
outcomes: [os, dfs, relapse, nrm, hct, in_remission]
intercurrent_events:
  - {event: hct, handling: treatment_policy}
four_estimands:
  - {event: hct, outcome: dfs}
funnels:
  - {name: rescue, label: After relapse, origin: relapse, steps: [hct], outcome: os}
report:
  every_months: 6
  until_month: 60
  at_months: [12, 36]
  restricted_to_months: [36]
  level: 0.9
analysis: {variance: ij, interval: default, cluster: null, weight: null}
"""


def broken(old: str, new: str, text: str = QUESTION) -> tuple[str, int]:
    """The protocol with one passage replaced, and the line on which the replacement begins."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1
