"""A small vocabulary, every line of which a test may break."""

# ruff: noqa: E501 (a case is read as one line)

SMALL = """\
name: small
title: A small source
origin: {label: entry}
patients:
  age: {type: quantity, label: Age, unit: years}
  sex: {type: category, label: Sex, values: {f: female, m: male}}
  treated: {type: boolean, label: Treated before}
  grade: {type: integer, label: Grade, known_from: 28}
  importance: {type: quantity, label: Importance, role: weight}
measurements:
  marker: {kind: quantity, label: Marker, unit: copies, range: [0, 1], detection_limit: 1e-6}
  aplasia: {kind: state, label: B-cell aplasia, values: {present: present, lost: lost}}
interventions:
  graft: {label: graft, acts_on: [relapse], details: {donor: [sibling, other], dose: {type: quantity, unit: Gy}}}
events:
  remission: {label: remission}
  relapse: {label: relapse, details: {cd19: {label: CD19, values: {pos: positive, neg: negative}}}}
  death: {label: death, terminal: true}
same_day_order: [measurement, remission, intervention, event, terminal, censoring]
structures:
  course:
    label: Course
    start: waiting
    states:
      waiting: {label: Waiting}
      remission: {label: In remission}
      grafted: {label: Grafted}
      relapse: {label: Relapsed}
      relapse_negative: {label: Relapsed without CD19}
      second_remission: {label: In remission again}
      dead: {label: Dead}
    arrows:
      - {from: waiting, on: remission, to: remission}
      - {from: waiting, on: death, to: dead}
      - {from: remission, on: graft, to: grafted}
      - {from: remission, on: relapse, where: {cd19: neg}, to: relapse_negative}
      - {from: remission, on: relapse, to: relapse}
      - {from: remission, on: death, to: dead}
      - {from: grafted, on: relapse, to: relapse}
      - {from: grafted, on: death, to: dead}
      - {from: relapse, on: remission, to: second_remission}
      - {from: relapse, on: death, to: dead}
      - {from: relapse_negative, on: death, to: dead}
      - {from: second_remission, on: relapse, to: relapse}
      - {from: second_remission, on: death, to: dead}
outcomes:
  dfs:
    label: Disease-free survival
    abbreviation: DFS
    structure: course
    kind: survival
    states: [remission, grafted]
    is: alive and in first remission
    event: relapse or death
  cir:
    label: Relapse
    abbreviation: CIR
    structure: course
    kind: cumulative_incidence
    at_risk: [remission, grafted]
    states: [relapse, relapse_negative]
    event: relapse
    competing: death in remission
  clfs:
    label: Current leukaemia-free survival
    abbreviation: CLFS
    structure: course
    kind: occupancy
    states: [remission, grafted, second_remission]
    is: alive and in remission
"""


def broken(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one passage replaced, and the line on which the replacement begins."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    line = text[: text.index(old)].count("\n") + 1
    return text.replace(old, new), line
