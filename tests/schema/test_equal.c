/* When definitions are the same, where saying nothing means something. The defaults are
 * those of CREATE SEQUENCE in PostgreSQL's manual, version 15. */
#include <criterion/criterion.h>

#include "base/macros.h"
#include "schema/equal.h"

Test(equal, sequences_with_and_without_their_defaults)
{
	static const struct {
		struct identity a, b;
		bool same;
	} cases[] = {
		{{.kind = IDENTITY_ALWAYS},
		 {.kind = IDENTITY_ALWAYS, .start = "1", .increment = "1", .cache = "1"},
		 true},
		{{.kind = IDENTITY_ALWAYS, .minimum = "5"},
		 {.kind = IDENTITY_ALWAYS, .minimum = "5", .start = "5"},
		 true},
		{{.kind = IDENTITY_ALWAYS, .increment = "-1"},
		 {.kind = IDENTITY_ALWAYS, .increment = "-1", .maximum = "-1"},
		 true},
		{{.kind = IDENTITY_ALWAYS},
		 {.kind = IDENTITY_ALWAYS, .start = "2"},
		 false},
		{{.kind = IDENTITY_ALWAYS}, {.kind = IDENTITY_BY_DEFAULT}, false},
		{{.kind = IDENTITY_ALWAYS},
		 {.kind = IDENTITY_ALWAYS, .cycle = true},
		 false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(identity_equal(&cases[i].a, &cases[i].b), cases[i].same,
			     "case %zu", i);
	cr_expect(identity_equal(NULL, NULL));
	cr_expect_not(identity_equal(&cases[0].a, NULL));
}
