/*
 * What the log says of revisions: who applied them and when, which files have changed
 * since, and what was left half done.
 */
#ifndef CLI_APPLIED_H
#define CLI_APPLIED_H

#include "cli/listing.h"

/* Give each row the newest entry of the log that made its revision applied, and say
 * whether its file has changed since, or a run has left it half done. The database is
 * open. */
bool listing_read_log(struct listing *listing);

/* The revisions of session->history that were run as their files do not say any more.
 * Nothing where the history is broken. */
bool session_changed(struct session *session, struct runner_change **ret_items,
		     size_t *ret_count);

/* Warn of those, and of revisions that are half done. */
bool session_warn_log(struct session *session);

/* "2026-11-23T10:30:00Z by ann@laptop"; who is left out where the log does not say. */
const char *log_entry_text(struct arena *arena, const struct log_entry *entry);

/* "upgrade: 1 of 2 steps" */
const char *unfinished_text(struct arena *arena, const struct runner_unfinished *item);

#endif
