"""By which way does PostgreSQL find words?"""

import pytest
from sqlalchemy import Engine, select, text

from vod_web.models import SearchDocument
from vod_web.services.search.in_postgres import PostgresIndex
from vod_web.services.search.sought import Place, Sought
from vod_web.services.search.terms import read_terms


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_words_are_found_by_their_index_and_looking_into_a_row_has_its_price(database: Engine) -> None:
    wanted = select(SearchDocument.video_id).where(
        PostgresIndex().holds(Sought(read_terms("old harbours"), Place.ANYWHERE))
    )
    with database.connect() as connection:
        statement = wanted.compile(connection, compile_kwargs={"render_postcompile": True})
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # which is quicker where there are no rows
        plan = "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", statement.params))
        assert "Bitmap Index Scan on fts_documents_words" in plan
        assert "Filter: vod_looked_into(video_id)" in plan
        assert connection.scalar(text("SELECT procost FROM pg_proc WHERE proname = 'vod_looked_into'")) == 100
