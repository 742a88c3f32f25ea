/* libpq's pipeline mode: the order in which it wants its results to be fetched. */
#include "introspect/postgres.h"

#include <libpq-fe.h>

bool postgres_pipeline_begin(struct postgres *postgres, struct diags *diags)
{
	return PQenterPipelineMode(postgres->connection) ||
	       postgres_error(postgres, NULL, NULL, diags);
}

bool postgres_pipeline_send(struct postgres *postgres, const char *sql,
			    const char *parameter, struct diags *diags)
{
	return PQsendQueryParams(postgres->connection, sql, parameter ? 1 : 0, NULL,
				 &parameter, NULL, NULL, /* resultFormat= */ 0) ||
	       postgres_error(postgres, NULL, NULL, diags);
}

bool postgres_pipeline_sync(struct postgres *postgres, struct diags *diags)
{
	return PQpipelineSync(postgres->connection) ||
	       postgres_error(postgres, NULL, NULL, diags);
}

struct pg_result *postgres_pipeline_result(struct postgres *postgres)
{
	PGresult *result = PQgetResult(postgres->connection);

	/* A NULL ends the results of each statement. */
	if (result)
		PQclear(PQgetResult(postgres->connection));
	return result;
}

bool postgres_pipeline_await_sync(struct postgres *postgres)
{
	/* One NULL ends a statement's results; a second in a row, that there are no more.
	 */
	for (int nulls = 0; nulls < 2;) {
		AUTO_PGRESULT *result = PQgetResult(postgres->connection);
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
			return true;
		nulls = result ? 0 : nulls + 1;
	}
	return false;
}

void postgres_pipeline_end(struct postgres *postgres)
{
	(void)PQexitPipelineMode(postgres->connection);
}
