/*
 * The lines and blocks that Alembic's users know, word for word; what is more, such as
 * who applied a revision, stands where it disturbs no one who reads them by program.
 */
#include "cli/listing.h"

#include "cli/applied.h"
#include "cli/report_json.h"

struct listing_row *listing_add(struct listing *listing, const char *id)
{
	struct listing_row row = {
		.id = id,
		.revision = history_find(&listing->session->history, id),
	};

	ARRAY_PUSH(&listing->session->arena, listing->rows, listing->count, row);
	return &listing->rows[listing->count - 1];
}

/* Text from a file, which must not drive the terminal. */
static void write_clean(const char *text, size_t length, struct strbuf *out)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		strbuf_addc(out, (c < ' ' && c != '\t') || c == 127 ? '?' : text[i]);
	}
}

static void write_list(const struct str_list *list, struct strbuf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		strbuf_adds(out, i ? ", " : "");
		write_clean(list->items[i], strlen(list->items[i]), out);
	}
}

static void write_parents(const struct revision *revision, struct strbuf *out)
{
	if (revision->down_revisions.count)
		write_list(&revision->down_revisions, out);
	else
		strbuf_adds(out, "<base>");
}

static void write_children(const struct revision *revision, struct strbuf *out)
{
	for (size_t i = 0; i < revision->child_count; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", revision->children[i]->id);
}

void listing_write_title(const char *message, struct strbuf *out)
{
	const char *end = message ? strstr(message, "\n\n") : NULL;
	size_t length = !message ? 0 : end ? (size_t)(end - message) : strlen(message);

	while (length && message[length - 1] == '\n')
		length--;
	for (size_t i = 0; i < length; i++) {
		if (message[i] == '\n')
			strbuf_addc(out, ' ');
		else
			write_clean(message + i, 1, out);
	}
}

/* "applied 2026-11-23T10:30:00Z by app@host" */
static void write_log_entry(const struct log_entry *entry, struct strbuf *out)
{
	struct arena arena = {0};
	const char *text = log_entry_text(&arena, entry);

	strbuf_adds(out, text_equal(entry->direction, "stamp") ? "stamped " : "applied ");
	write_clean(text, strlen(text), out);
	arena_release(&arena);
}

static void write_log(const struct listing_row *row, struct strbuf *out)
{
	struct arena arena = {0};

	if (row->log) {
		strbuf_adds(out, " [");
		write_log_entry(row->log, out);
		strbuf_addf(out, "%s]", row->changed ? ", changed since" : "");
	} else if (row->changed) {
		strbuf_adds(out, " [changed since it was applied]");
	}
	if (row->unfinished)
		strbuf_addf(out, " [half done, %s]",
			    unfinished_text(&arena, row->unfinished));
	arena_release(&arena);
}

void listing_write_line(const struct listing_row *row, unsigned parts, struct strbuf *out)
{
	const struct revision *revision = row->revision;

	if (!revision) {
		strbuf_addf(out, "%s (in no file)", row->id);
		write_log(row, out);
		return;
	}
	if (parts & LIST_PARENTS) {
		write_parents(revision, out);
		if (revision->depends_on.count) {
			strbuf_adds(out, " (");
			write_list(&revision->depends_on, out);
			strbuf_addc(out, ')');
		}
		strbuf_adds(out, " -> ");
	}
	strbuf_adds(out, revision->id);
	if ((parts & LIST_LABELS) && revision->branches.count) {
		strbuf_adds(out, " (");
		write_list(&revision->branches, out);
		strbuf_addc(out, ')');
	}
	if (revision_is_effective_head(revision))
		strbuf_adds(out, " (effective head)");
	else if (revision_is_head(revision))
		strbuf_adds(out, " (head)");
	if ((parts & LIST_CURRENT) && row->current)
		strbuf_adds(out, " (current)");
	if ((parts & LIST_POINTS) && revision_is_branchpoint(revision))
		strbuf_adds(out, " (branchpoint)");
	if ((parts & LIST_POINTS) && revision_is_mergepoint(revision))
		strbuf_adds(out, " (mergepoint)");
	if (parts & LIST_MESSAGE) {
		strbuf_adds(out, ", ");
		listing_write_title(revision->message, out);
	}
	write_log(row, out);
}

static void write_marks(const struct listing_row *row, unsigned parts, struct strbuf *out)
{
	const struct revision *revision = row->revision;

	if (revision_is_head(revision))
		strbuf_adds(out, " (head)");
	if (revision_is_branchpoint(revision))
		strbuf_adds(out, " (branchpoint)");
	if (revision_is_mergepoint(revision))
		strbuf_adds(out, " (mergepoint)");
	if ((parts & LIST_CURRENT) && row->current)
		strbuf_adds(out, " (current)");
}

static void write_field(const char *name, const struct str_list *values,
			struct strbuf *out)
{
	if (!values->count)
		return;
	strbuf_addf(out, "%s: ", name);
	write_list(values, out);
	strbuf_addc(out, '\n');
}

/* The message, indented, and what Alembic writes below it in each of its files. */
static void write_document(const struct revision *revision, struct strbuf *out)
{
	const char *message = revision->message ? revision->message : "";

	while (*message) {
		size_t length = strcspn(message, "\n");
		strbuf_adds(out, "    ");
		write_clean(message, length, out);
		strbuf_addc(out, '\n');
		message += length + (message[length] == '\n');
	}
	strbuf_addf(out, "    \n    Revision ID: %s\n    Revises: ", revision->id);
	write_list(&revision->down_revisions, out);
	strbuf_adds(out, "\n    Create Date: ");
	if (revision->create_date)
		write_clean(revision->create_date, strlen(revision->create_date), out);
	strbuf_addc(out, '\n');
}

/* "Log: applied 2026-11-23T10:30:00Z by app@host, schemadiff 0.1.0" */
static void write_log_lines(const struct listing_row *row, struct strbuf *out)
{
	if (row->log) {
		strbuf_adds(out, "Log: ");
		write_log_entry(row->log, out);
		if (row->log->program_version)
			strbuf_addf(out, ", schemadiff %s", row->log->program_version);
		strbuf_addc(out, '\n');
	}
	if (row->changed)
		strbuf_adds(out, "Changed: since it was applied\n");
	if (row->unfinished) {
		struct arena arena = {0};
		strbuf_addf(out, "Half done: %s\n",
			    unfinished_text(&arena, row->unfinished));
		arena_release(&arena);
	}
}

void listing_write_block(const struct listing_row *row, unsigned parts,
			 struct strbuf *out)
{
	const struct revision *revision = row->revision;

	if (!revision) {
		strbuf_addf(out, "Rev: %s (in no file)\n", row->id);
		return;
	}
	strbuf_addf(out, "Rev: %s", revision->id);
	write_marks(row, parts, out);
	strbuf_addf(out,
		    "\n%s: ", revision_is_mergepoint(revision) ? "Merges" : "Parent");
	write_parents(revision, out);
	strbuf_addc(out, '\n');
	write_field("Also depends on", &revision->depends_on, out);
	if (revision_is_branchpoint(revision)) {
		strbuf_adds(out, "Branches into: ");
		write_children(revision, out);
		strbuf_addc(out, '\n');
	}
	write_field("Branch names", &revision->branches, out);
	strbuf_addf(out, "Path: %s\n", revision->path);
	write_log_lines(row, out);
	strbuf_addc(out, '\n');
	write_document(revision, out);
	strbuf_addc(out, '\n');
}

/* "     -> 2b3c (head)" for each revision that goes on from this one. */
static void write_branches(const struct listing_row *row, unsigned parts,
			   struct strbuf *out)
{
	const struct revision *revision = row->revision;

	for (size_t i = 0; i < revision->child_count; i++) {
		struct listing_row child = {
			.id = revision->children[i]->id,
			.revision = revision->children[i],
		};
		strbuf_addf(out, "%*s -> ", (int)strlen(row->id), "");
		listing_write_line(&child, parts, out);
		strbuf_addc(out, '\n');
	}
	strbuf_addc(out, '\n');
}

static void write_text(const struct listing *listing, struct strbuf *out)
{
	bool verbose = listing->session->options.verbose;
	unsigned child_parts = LIST_LABELS | LIST_POINTS | (verbose ? LIST_MESSAGE : 0);

	for (size_t i = 0; i < listing->count; i++) {
		const struct listing_row *row = &listing->rows[i];
		if (verbose) {
			listing_write_block(row, listing->parts, out);
		} else {
			listing_write_line(row, listing->parts, out);
			strbuf_addc(out, '\n');
		}
		if ((listing->parts & LIST_CHILDREN) && row->revision)
			write_branches(row, child_parts, out);
	}
}

void listing_write(const struct listing *listing)
{
	struct strbuf *out = &listing->session->out;

	switch (listing->session->options.format) {
	case FORMAT_JSON:
		json_write_listing(listing, out);
		break;
	case FORMAT_MERMAID:
		listing_draw_mermaid(listing, out);
		break;
	case FORMAT_DOT:
		listing_draw_dot(listing, out);
		break;
	case FORMAT_DEFAULT:
	case FORMAT_TEXT:
	case FORMAT_YAML:
	case FORMAT_SQL:
	case FORMAT_COUNT:
		write_text(listing, out);
		break;
	}
}
