/* The line that tells how far a step is, as it stands on a terminal. */
#include <criterion/criterion.h>

#include "cli/progress.h"

static void expect_line(const struct runner_batch *batch, const char *expected)
{
	AUTO_STRBUF line = {0};

	progress_write(batch, &line);
	cr_expect_str_eq(strbuf_text(&line), expected);
}

Test(progress, tells_rows_rate_and_what_is_left)
{
	const struct op op = {.kind = OP_BACKFILL, .table = "users", .name = "name"};
	struct runner_batch batch = {
		.op = &op,
		.rows = 12000,
		.total_rows = 20000,
		.seconds = 2,
		.rows_now = 8000,
	};

	expect_line(&batch, "users.name: 12,000 of 20,000 rows (60%), 4,000 rows/s, 3 s "
			    "left");
	batch.total_rows = 1012000;
	expect_line(&batch, "users.name: 12,000 of 1,012,000 rows (1%), 4,000 rows/s, 4 "
			    "min 11 s left");
	batch.seconds = 200;
	expect_line(&batch, "users.name: 12,000 of 1,012,000 rows (1%), 40 rows/s, 6 h "
			    "56 min left");
	batch.rows = batch.total_rows = 999;
	expect_line(&batch, "users.name: 999 of 999 rows (100%), 40 rows/s");
}

Test(progress, says_no_more_than_it_knows)
{
	const struct batch of = {.table = "users"};
	const struct op op = {.kind = OP_EXECUTE, .batch = &of};

	expect_line(&(struct runner_batch){.op = &op, .rows = 5}, "users: 5 rows");
	expect_line(&(struct runner_batch){.op = &op, .total_rows = 7, .seconds = 1},
		    "users: 0 of 7 rows (0%), 0 rows/s");
}
