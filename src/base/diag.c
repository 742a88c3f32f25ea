/* The list of what went wrong. */
#include "base/diag.h"

static void diag_add(struct diags *diags, enum severity severity,
		     struct position position, const char *format, va_list args)
	PRINTF_LIKE(4, 0);

static void diag_add(struct diags *diags, enum severity severity,
		     struct position position, const char *format, va_list args)
{
	struct diag diag = {
		.severity = severity,
		.position = position,
		.message = arena_vprintf(&diags->arena, format, args),
	};

	ARRAY_PUSH(&diags->arena, diags->items, diags->count, diag);
	if (severity == SEVERITY_ERROR)
		diags->error_count++;
}

bool diag_error(struct diags *diags, struct position position, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add(diags, SEVERITY_ERROR, position, format, args);
	va_end(args);
	return false;
}

void diag_warning(struct diags *diags, struct position position, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add(diags, SEVERITY_WARNING, position, format, args);
	va_end(args);
}

void diag_note(struct diags *diags, struct position position, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add(diags, SEVERITY_NOTE, position, format, args);
	va_end(args);
}

void diag_hint(struct diags *diags, const char *format, ...)
{
	va_list args;

	if (!diags->count)
		return;
	va_start(args, format);
	diags->items[diags->count - 1].hint = arena_vprintf(&diags->arena, format, args);
	va_end(args);
}

void diag_detail(struct diags *diags, const char *format, ...)
{
	va_list args;

	if (!diags->count)
		return;
	va_start(args, format);
	diags->items[diags->count - 1].detail =
		arena_vprintf(&diags->arena, format, args);
	va_end(args);
}

void diag_code(struct diags *diags, const char *code)
{
	if (diags->count)
		diags->items[diags->count - 1].code = arena_strdup(&diags->arena, code);
}

void diags_truncate(struct diags *diags, size_t count)
{
	while (diags->count > count)
		if (diags->items[--diags->count].severity == SEVERITY_ERROR)
			diags->error_count--;
}

void diags_append(struct diags *diags, const struct diags *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct diag copy = from->items[i];
		copy.message = arena_strdup(&diags->arena, copy.message);
		copy.detail = arena_strdup(&diags->arena, copy.detail);
		copy.hint = arena_strdup(&diags->arena, copy.hint);
		copy.code = arena_strdup(&diags->arena, copy.code);
		ARRAY_PUSH(&diags->arena, diags->items, diags->count, copy);
	}
	diags->error_count += from->error_count;
}

bool diags_have_errors(const struct diags *diags)
{
	return diags->error_count > 0;
}

const struct source *diags_keep_source(struct diags *diags, const char *name,
				       const char *text, size_t length)
{
	struct source *source = ARENA_NEW(&diags->arena, struct source);

	source->name = arena_strdup(&diags->arena, name);
	source->text = arena_strndup(&diags->arena, text, length);
	source->length = length;
	return source;
}

void diags_release(struct diags *diags)
{
	arena_release(&diags->arena);
	*diags = (struct diags){0};
}
