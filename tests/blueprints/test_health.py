import pytest
from flask.testing import FlaskClient

from vod_web.db.session import transaction
from vod_web.models import Worker


def test_the_site_says_that_it_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("has_worker", [True, False])
def test_the_site_is_ready_with_a_worker_only(client: FlaskClient, has_worker: bool) -> None:
    if has_worker:
        with transaction() as session:
            session.add(Worker(name="machine-1", host="machine", pid=1))

    response = client.get("/readyz")

    assert response.status_code == (200 if has_worker else 503)
    assert response.json == {"ready": has_worker, "failing": [] if has_worker else ["workers"]}
