"""A store with one of everything, and its page, made once."""

import pytest
from reporting_samples import GENERATED, filled

from analyzer.reporting import render
from analyzer.store import Store


@pytest.fixture(scope="session")
def store():
    with Store() as made:
        yield filled(made)


@pytest.fixture(scope="session")
def page(store):
    return render(store, generated_at=GENERATED)
