"""Every parameter of the reference world says where it is from, and what it names exists."""

import pytest

from equipoise.base.errors import UsageError
from equipoise.cli.world_page import page
from equipoise.evidence.find import number
from equipoise.synth.read import read_world, shipped_worlds
from equipoise.synth.sources import FOR_CALIBRATION, keys_in, of_nothing, sources_of, without_source


@pytest.mark.parametrize("name", shipped_worlds())
def test_every_parameter_has_a_source_and_every_source_a_parameter(name: str) -> None:
    world = read_world(name)
    assert without_source(world) == ()
    assert of_nothing(world) == ()


def test_a_parameter_without_a_source_is_found() -> None:
    whole = read_world("S0")
    fewer = {name: says for name, says in whole.sources.items() if name != "hct.log_ratios"}
    assert without_source(whole.model_copy(update={"sources": fewer})) == ("hct.log_ratios",)
    # A part of a world is no source for the groups in it: that would say nothing about any number.
    world = whole.model_copy(update={"sources": {**fewer, "hct": "placeholder"}})
    assert without_source(world) == ()
    one = {name: says for name, says in whole.sources.items() if not name.startswith("mrd_rise.in_aplasia")}
    world = whole.model_copy(update={"sources": {**one, "mrd_rise": "placeholder"}})
    assert without_source(world) == tuple(
        f"mrd_rise.in_aplasia.{part}" for part in ("until", "per_month", "log_ratios")
    )


def test_a_source_about_nothing_is_found() -> None:
    whole = read_world("S0")
    world = whole.model_copy(update={"sources": {**whole.sources, "hct.ngs_positiv": "placeholder"}})
    assert of_nothing(world) == ("hct.ngs_positiv",)


def test_a_source_is_a_published_number_or_says_that_there_is_none() -> None:
    for name, says in read_world("S0").sources.items():
        assert says.startswith(("[", "placeholder", "chosen", "near [")), name
        assert "[" not in says or keys_in(says), name


def test_what_must_not_be_quoted_is_said_to_be_for_calibration() -> None:
    for name, says in read_world("S0").sources.items():
        for key in keys_in(says):
            marked = f"[{key}] {FOR_CALIBRATION}" in says
            assert marked != number(key).quotable, f"{name}: {key}"


def test_values_that_are_published_are_the_published_ones() -> None:
    """Where a source is nothing but a number, the parameter is that number."""
    world = read_world("S0").model_dump(mode="json", exclude={"sources"})
    checked = 0
    for source in sources_of(read_world("S0")):
        rest = source.says
        for one in source.published:
            rest = rest.replace(f"[{one.key}]", "").replace(FOR_CALIBRATION, "")
        if source.published and not rest.strip(" ,"):
            value = world
            for part in source.name.split("."):
                value = value[part]
            given = list(value.values()) if isinstance(value, dict) else [value]
            assert given == [one.estimate for one in source.published], source.name
            checked += 1
    assert checked == 9


def test_a_changed_value_has_not_the_source_of_the_reference_world() -> None:
    changed = {one.name for one in sources_of(read_world("S2")) if one.is_changed}
    assert changed == {"after_hct.relapse", "after_hct.nrm"}
    assert not any(one.is_changed for one in sources_of(read_world("S0")))
    own = read_world("S2")
    said = own.model_copy(update={"sources": {**own.sources, "after_hct.nrm": "chosen so that many die"}})
    assert {one.name for one in sources_of(said) if one.is_changed} == {"after_hct.relapse"}


def test_a_printed_world_says_which_sources_are_of_another_value() -> None:
    (line,) = [line for line in page(read_world("S2")).splitlines() if line.startswith("# Changed")]
    assert line.endswith(": after_hct.relapse, after_hct.nrm")
    assert "# Changed" not in page(read_world("S0"))


def test_an_unknown_key_is_refused() -> None:
    world = read_world("S0")
    wrong = world.model_copy(update={"sources": {"assay": "[schultz-2023-relapse-13]"}})
    with pytest.raises(UsageError, match="schultz-2023-relapse-12"):
        sources_of(wrong)
