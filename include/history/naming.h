/*
 * How new revisions are called and dated, and where their files go: Alembic's
 * file_template, truncate_slug_length and timezone, and the form of sequential ids.
 */
#ifndef HISTORY_NAMING_H
#define HISTORY_NAMING_H

#include "history/history.h"

/* `struct revision_naming n = {0};` is valid: Alembic's defaults. */
struct revision_naming {
	const char *file_template;  /* NULL: "%(rev)s_%(slug)s" */
	const char *version_format; /* such as "%04d"; NULL: 12 random hex digits */
	size_t slug_length;	    /* characters; 0: 40 */
	const char *timezone;	    /* as zone_find() gave it; NULL: UTC */
};

/* Tell what is wrong with a template or a format: NULL for nothing. */
const char *naming_template_problem(struct arena *arena, const char *template);
const char *naming_format_problem(const char *format);

/* Does [template] make sub-directories? */
bool naming_has_folders(const struct revision_naming *naming);

/*
 * A new id that no revision of [history] has: 12 hex digits from the system's random
 * source, or with a format the number after the highest there is.
 */
bool revision_new_id(struct arena *arena, const struct revision_naming *naming,
		     const struct history *history, const char **ret_id,
		     struct diags *diags);

/* The time now in the configured zone, as "2026-11-23T10:30:00+00:00". */
const char *revision_date(struct arena *arena, const struct revision_naming *naming,
			  struct diags *diags);

/*
 * The file's path below the versions folder, "<id>_<slug>.yaml" by default. The slug is
 * the message's words in lower case joined by "_", cut on a word border. The tokens of
 * time are those of the revision's create_date.
 */
const char *revision_file_name(struct arena *arena, const struct revision_naming *naming,
			       const struct revision *revision, struct diags *diags);

#endif
