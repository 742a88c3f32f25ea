/* Does an op need a value of an enum to be there already? */
#ifndef RENDER_ENUM_USE_H
#define RENDER_ENUM_USE_H

#include "schema/op.h"

/* May [op] use [value] of [enumeration]: write it, compare with it, or make columns of
 * the enum that hold it? Only what SQL shows is seen, not what a function does inside. */
bool op_uses_enum_value(struct arena *arena, const struct dialect *dialect,
			const struct op *op, const struct enum_type *enumeration,
			const char *value);

#endif
