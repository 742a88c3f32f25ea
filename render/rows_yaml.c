/* The rows of bulk_insert: YAML's values as SQL literals. */
#include "render/definition_reader.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* A JSON-like number, which both databases read as the same number. */
static bool is_plain_number(const struct yaml_node *node)
{
	const char *c = node->text + (node->text[0] == '-');
	size_t digits = strspn(c, "0123456789");

	if (node->quoted || digits == 0)
		return false;
	c += digits;
	if (*c == '.') {
		digits = strspn(c + 1, "0123456789");
		c += 1 + digits;
	}
	if (digits && (*c == 'e' || *c == 'E')) {
		c += 1 + (c[1] == '-' || c[1] == '+');
		digits = strspn(c, "0123456789");
		c += digits;
	}
	return digits > 0 && *c == '\0';
}

static const char *quote(struct arena *arena, const char *text)
{
	AUTO_STRBUF literal = {0};

	strbuf_addc(&literal, '\'');
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			strbuf_addc(&literal, '\'');
		strbuf_addc(&literal, *c);
	}
	strbuf_addc(&literal, '\'');
	return strbuf_copy(&literal, arena);
}

static const char *read_value(const struct yaml_reader *reader,
			      const struct yaml_node *node)
{
	bool value;

	if (yaml_is_null(node))
		return NULL;
	if (node->kind == YAML_MAPPING) {
		reader_check_keys(reader, node, "value", "sql!");
		return reader_text(reader, node, "sql");
	}
	if (node->kind == YAML_SCALAR && yaml_as_bool(node, &value))
		return value ? "true" : "false";
	const char *text = reader_scalar(reader, node, "rows");
	if (!text || is_plain_number(node))
		return text;
	return quote(reader->arena, text);
}

static const char **read_list_row(const struct yaml_reader *reader,
				  const struct yaml_node *node,
				  const struct str_list *columns)
{
	const char **row =
		arena_alloc(reader->arena, (columns->count + 1) * sizeof(*row));

	if (node->item_count != columns->count) {
		reader_error(reader, node, "this row has %zu values for %zu columns",
			     node->item_count, columns->count);
		return row;
	}
	for (size_t i = 0; i < columns->count; i++)
		row[i] = read_value(reader, node->items[i]);
	return row;
}

/* A row as {column: value}; a column that is not said is NULL. */
static const char **read_map_row(const struct yaml_reader *reader,
				 const struct yaml_node *node,
				 const struct str_list *columns)
{
	const char **row =
		arena_alloc(reader->arena, (columns->count + 1) * sizeof(*row));

	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_node *key = node->pairs[i].key;
		size_t column = str_list_find(columns, key->text);
		if (column == columns->count)
			reader_unrecognized(reader, key, "column", key->text, columns);
		else
			row[column] = read_value(reader, node->pairs[i].value);
	}
	return row;
}

/* Where "columns" is left out, the first row's keys are the columns. */
static struct str_list read_column_names(const struct yaml_reader *reader,
					 const struct yaml_node *map,
					 const struct yaml_node *rows)
{
	struct str_list columns = reader_list(reader, map, "columns");

	if (reader_get(map, "columns") || !rows->item_count)
		return columns;
	const struct yaml_node *first = rows->items[0];
	if (first->kind != YAML_MAPPING)
		reader_error(reader, map, "bulk_insert has no \"columns\"");
	for (size_t i = 0; first->kind == YAML_MAPPING && i < first->pair_count; i++)
		str_list_add(reader->arena, &columns,
			     arena_strdup(reader->arena, first->pairs[i].key->text));
	return columns;
}

static void read_rows(const struct yaml_reader *reader, const struct yaml_node *list,
		      struct insert_rows *rows)
{
	for (size_t i = 0; i < list->item_count; i++) {
		const struct yaml_node *item = list->items[i];
		const char **row = NULL;
		if (item->kind == YAML_SEQUENCE)
			row = read_list_row(reader, item, &rows->columns);
		else if (item->kind == YAML_MAPPING)
			row = read_map_row(reader, item, &rows->columns);
		else
			reader_error(reader, item, "a row must be a list or a mapping");
		ARRAY_PUSH(reader->arena, rows->rows, rows->row_count, row);
	}
}

void bulk_insert_read(const struct yaml_reader *reader, const struct yaml_node *map,
		      struct op *op)
{
	struct insert_rows *rows = ARENA_NEW(reader->arena, struct insert_rows);
	const struct yaml_node *list = yaml_get(map, "rows");

	op->table = reader_text(reader, map, "table");
	op->schema = reader_text(reader, map, "schema");
	op->rows = rows;
	if (list->kind != YAML_SEQUENCE) {
		reader_error(reader, list, "\"rows\" must be a list, not %s",
			     yaml_describe(list));
		return;
	}
	rows->columns = read_column_names(reader, map, list);
	if (rows->columns.count)
		read_rows(reader, list, rows);
}
