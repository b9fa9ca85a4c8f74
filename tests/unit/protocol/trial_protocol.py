"""The protocol of an emulated trial in the words of `myeloid`, every line of which a test may break."""

# ruff: noqa: E501 (a line of the protocol is one line)

from myeloid_protocol import broken

_STRATEGIES = """structure: course
treatments:
  - {name: hct, label: transplant in first remission, intervention: hct, while_in: [remission]}
  - {name: salvage, intervention: hct, while_in: [relapse, on_treatment]}
strategies:
  - {kind: never, name: watch, label: Watch, treatment: hct}
  - {kind: start_within, name: early, label: Early transplant, treatment: hct, months: 6, law: uniform}
contrasts:
  - {measure: survival_difference, of: dfs, between: [early, watch]}
  - {measure: restricted_mean_difference, of: os, restricted_to_months: [24], between: [early, natural_course]}
assumptions:
  - {name: consistency, because: one kind of transplant is given., refuted_by: centres that differ}
"""
_ANALYSIS = """analysis:
  variance: ij
  interval: default
  cluster: null
  weight: null
  emulation:
    treatments:
      - treatment: hct
        adjust_for:
          - {name: sex, feature: {baseline: sex}, reference: f}
          - {name: since_remission, feature: {days_since: remission}, cut: [35, 70], prior_mean: 0.5}
        site: site
    loss: {adjust_for: [{name: relapsed, predicate: {has: relapse}}]}
    outcomes: [os, dfs]
  sensitivity:
    - {name: grace_4, label: within four months, patch: {strategies: {early: {months: 4}}}}
  negative_controls:
    - {kind: outcome, name: too_early, of: relapse, by_month: 0.5, between: [early, watch], because: nothing acts in days}
    - {kind: pseudo_time, name: drawn, treatment: hct, of: dfs, by_month: 24, between: [early, watch]}
gates:
  support: [{baseline: sex, eq: f}]
"""
TRIAL, _ = broken("structure: course\n", _STRATEGIES)
TRIAL, _ = broken(
    "analysis: {variance: ij, interval: default, cluster: null, weight: null}\n", _ANALYSIS, TRIAL
)
TRIAL, _ = broken("    - {baseline: sex, eq: f}\n", "", TRIAL)
