/* One revision as a file: its header and its two op lists. */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/yaml_write.h"
#include "history/history.h"
#include "render/ops_yaml.h"
#include "render/yaml_reader.h"

enum { ID_LIMIT = 32 }; /* characters that the version table holds */

#define REVISION_KEYS                                                                    \
	"revision! down_revision! branch_labels depends_on create_date message "         \
	"squashed squashed_checksums "                                                   \
	"upgrade! "                                                                      \
	"downgrade!"

static void write_ids(struct strbuf *out, const char *key, const struct str_list *ids)
{
	strbuf_addf(out, "%s: ", key);
	if (ids->count == 1)
		yaml_write_string(out, ids->items[0]);
	else
		yaml_write_list(out, ids);
	strbuf_addc(out, '\n');
}

static void write_text(struct strbuf *out, const char *key, const char *text)
{
	strbuf_addf(out, "%s: ", key);
	yaml_write_string(out, text);
	strbuf_addc(out, '\n');
}

static void write_list(struct strbuf *out, const char *key, const struct str_list *list)
{
	if (!list->count)
		return;
	strbuf_addf(out, "%s: ", key);
	yaml_write_list(out, list);
	strbuf_addc(out, '\n');
}

/* A date reads well without quotes, and comes back as the text it is. */
static void write_date(struct strbuf *out, const char *date)
{
	bool plain = char_is_digit(date[0]) && !date[strspn(date, "0123456789-+:.TZ")];

	if (plain)
		strbuf_addf(out, "create_date: %s\n", date);
	else
		write_text(out, "create_date", date);
}

void revision_write(const struct revision *revision, struct strbuf *out)
{
	write_text(out, "revision", revision->id);
	if (revision->down_revisions.count)
		write_ids(out, "down_revision", &revision->down_revisions);
	else
		strbuf_adds(out, "down_revision: null\n");
	strbuf_adds(out, "branch_labels: ");
	yaml_write_list(out, &revision->branch_labels);
	strbuf_adds(out, "\ndepends_on: ");
	yaml_write_list(out, &revision->depends_on);
	strbuf_addc(out, '\n');
	if (revision->create_date)
		write_date(out, revision->create_date);
	write_text(out, "message", revision->message ? revision->message : "");
	write_list(out, "squashed", &revision->squashed);
	write_list(out, "squashed_checksums", &revision->squashed_checksums);
	strbuf_adds(out, "\nupgrade:");
	ops_write_yaml(&revision->upgrade, 2, out);
	strbuf_adds(out, "\ndowngrade:");
	ops_write_yaml(&revision->downgrade, 2, out);
}

/* The characters that mean something in revision expressions, as in Alembic. */
static bool check_id(const struct yaml_reader *reader, const struct yaml_node *node,
		     const char *id)
{
	if (!id[0] || strpbrk(id, "@-+:, \t\r\n"))
		return reader_error(reader, node, "\"%s\" is not a revision id", id);
	if (strlen(id) > ID_LIMIT)
		return reader_error(
			reader, node,
			"revision id \"%s\" is longer than the %d characters that "
			"the version table holds",
			id, ID_LIMIT);
	return true;
}

static const char *read_id(const struct yaml_reader *reader, const struct yaml_node *root)
{
	const struct yaml_node *node = yaml_get(root, "revision");
	const char *id = reader_scalar(reader, node, "revision");

	return id && check_id(reader, node, id) ? id : NULL;
}

static struct str_list read_ids(const struct yaml_reader *reader,
				const struct yaml_node *root, const char *key)
{
	struct str_list ids = reader_list_or_one(reader, root, key), seen = {0};

	for (size_t i = 0; i < ids.count; i++) {
		if (!check_id(reader, yaml_get(root, key), ids.items[i]))
			continue;
		if (str_list_contains(&seen, ids.items[i]))
			reader_error(reader, yaml_get(root, key),
				     "revision \"%s\" stands twice", ids.items[i]);
		str_list_add(reader->arena, &seen, ids.items[i]);
	}
	return ids;
}

bool revision_read(struct arena *arena, const struct source *source,
		   struct revision *ret_revision, struct diags *diags)
{
	const struct yaml_reader reader = {arena, source, diags};
	const struct yaml_node *root = yaml_parse(arena, source, diags);
	size_t errors = diags->error_count;
	struct revision revision = {0};

	if (!root || !reader_check_keys(&reader, root, "revision file", REVISION_KEYS))
		return false;
	revision.id = read_id(&reader, root);
	revision.position = reader_position(&reader, yaml_get(root, "revision"));
	revision.down_revisions = read_ids(&reader, root, "down_revision");
	revision.branch_labels = reader_list_or_one(&reader, root, "branch_labels");
	revision.depends_on = read_ids(&reader, root, "depends_on");
	revision.create_date = reader_text(&reader, root, "create_date");
	revision.message = reader_text(&reader, root, "message");
	revision.squashed = read_ids(&reader, root, "squashed");
	revision.squashed_checksums = reader_list(&reader, root, "squashed_checksums");
	ops_read_yaml(arena, source, yaml_get(root, "upgrade"), &revision.upgrade, diags);
	ops_read_yaml(arena, source, yaml_get(root, "downgrade"), &revision.downgrade,
		      diags);
	if (diags->error_count > errors)
		return false;
	*ret_revision = revision;
	return true;
}
