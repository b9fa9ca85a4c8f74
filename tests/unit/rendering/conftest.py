import pytest
from invented import invented_study

from equipoise.rendering.reading import Reading
from equipoise.rendering.setting import Setting, setting_of
from equipoise.study.study import Study


@pytest.fixture(scope="session")
def study() -> Study:
    return invented_study()


@pytest.fixture(scope="session")
def reading(study: Study) -> Reading:
    return Reading(study)


@pytest.fixture(scope="session")
def setting(study: Study) -> Setting:
    return setting_of(study)
