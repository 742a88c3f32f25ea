/*
 * PostgreSQL's statements and the locks that they take: all but the actions of ALTER
 * TABLE. Objects that are no tables (sequences, types, views) lock no one out of a table
 * and are left out.
 */
#include "render/sql_cost_walk.h"

#include <string.h>

void cost_references(struct cost_walk *walk, enum table_lock lock)
{
	struct sql_name name;
	int depth = 0;

	for (; walk->token.kind != TOKEN_END; cost_next(walk)) {
		depth += token_is(walk->token, "(") - token_is(walk->token, ")");
		if (depth < 0 || (depth == 0 && token_is(walk->token, ",")))
			return;
		if (token_is_word(walk->token, "references")) {
			cost_next(walk);
			if (cost_read_name(walk, &name))
				cost_table(walk, &name, lock);
		}
	}
}

/* CREATE TABLE name (...): the tables that its foreign keys refer to get triggers. */
static void create_table(struct cost_walk *walk)
{
	struct sql_name name, referred;

	cost_accept(walk, "if not exists");
	if (!cost_read_name(walk, &name))
		return;
	for (; walk->token.kind != TOKEN_END; cost_next(walk)) {
		if (!token_is_word(walk->token, "references"))
			continue;
		cost_next(walk);
		if (cost_read_name(walk, &referred) &&
		    !(text_equal(referred.name, name.name) &&
		      text_equal(referred.schema, name.schema)))
			cost_table(walk, &referred, LOCK_SHARE_ROW_EXCLUSIVE);
	}
}

/* The triggers of a foreign key go with the table: also those on the other one. */
static void drop_one_table(struct cost_walk *walk, const struct sql_name *name)
{
	const struct table *table = cost_known_table(walk, name);

	cost_table(walk, name, LOCK_ACCESS_EXCLUSIVE);
	for (size_t i = 0; table && i < table->constraint_count; i++)
		if (table->constraints[i]->kind == CONSTRAINT_FOREIGN_KEY)
			cost_lock_referred(walk, table->constraints[i],
					   LOCK_ACCESS_EXCLUSIVE);
}

static void drop_table(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "if exists");
	while (cost_read_name(walk, &name)) {
		drop_one_table(walk, &name);
		if (!cost_accept(walk, ","))
			return;
	}
}

static void alter_table(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "if exists");
	cost_accept(walk, "only");
	if (!cost_read_name(walk, &name))
		return;
	cost_accept(walk, "*");
	cost_alter_table(walk, &name);
}

/* Behind CREATE [UNIQUE] INDEX. Two passes over the table where it is concurrent. */
static void create_index(struct cost_walk *walk)
{
	bool concurrently = cost_accept(walk, "concurrently");
	enum table_lock lock = concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE;
	struct sql_name name;

	cost_accept(walk, "if not exists");
	if (!cost_accept(walk, "on") &&
	    !(cost_read_name(walk, &name) && cost_accept(walk, "on")))
		return;
	bool only = cost_accept(walk, "only");
	if (cost_read_name(walk, &name))
		cost_table(walk, &name, lock)->builds_index = !only;
}

static const struct table *index_owner(const struct cost_walk *walk,
				       const struct sql_name *index)
{
	const struct schema *schema = walk->context->before;

	for (size_t i = 0; i < schema->table_count; i++)
		if (text_equal(schema->tables[i]->schema, index->schema) &&
		    table_find_index(schema->tables[i], index->name))
			return schema->tables[i];
	return NULL;
}

static void drop_index(struct cost_walk *walk)
{
	bool concurrently = cost_accept(walk, "concurrently");
	struct sql_name name;

	cost_accept(walk, "if exists");
	while (cost_read_name(walk, &name)) {
		const struct table *table = index_owner(walk, &name);
		const struct sql_name owner = {table ? table->schema : NULL,
					       table ? table->name : NULL};
		if (table)
			cost_table(walk, &owner,
				   concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE
						: LOCK_ACCESS_EXCLUSIVE);
		else
			walk->cost->unknown = true;
		if (!cost_accept(walk, ","))
			return;
	}
}

static void comment_on_table(struct cost_walk *walk)
{
	struct sql_name name;

	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

/* table.column or schema.table.column */
static void comment_on_column(struct cost_walk *walk)
{
	struct sql_name name;

	if (!cost_read_name(walk, &name) || !name.schema)
		return;
	if (!token_is(walk->token, "."))
		name = (struct sql_name){NULL, name.schema};
	cost_table(walk, &name, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void change_rows(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "only");
	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_ROW_EXCLUSIVE)->changes_rows = true;
}

static void truncate_tables(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "table");
	do {
		cost_accept(walk, "only");
		if (!cost_read_name(walk, &name))
			return;
		cost_table(walk, &name, LOCK_ACCESS_EXCLUSIVE)->changes_rows = true;
		cost_accept(walk, "*");
	} while (cost_accept(walk, ","));
}

static void take_lock(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "table");
	if (!cost_read_name(walk, &name))
		return;
	enum table_lock lock = LOCK_ACCESS_EXCLUSIVE;
	if (cost_accept(walk, "in"))
		for (unsigned i = LOCK_ACCESS_EXCLUSIVE; i > LOCK_NONE; i--) {
			const char *words = text_lower(
				walk->arena, table_lock_name((enum table_lock)i));
			if (!cost_accept(walk, words))
				continue;
			lock = (enum table_lock)i;
			break;
		}
	cost_table(walk, &name, lock);
}

/* CREATE TRIGGER name ... ON table: up to the first ON. */
static void lock_behind_on(struct cost_walk *walk, enum table_lock lock)
{
	struct sql_name name;

	while (walk->token.kind != TOKEN_END && !token_is_word(walk->token, "on"))
		cost_next(walk);
	if (cost_accept(walk, "on") && cost_read_name(walk, &name))
		cost_table(walk, &name, lock);
}

static void create_trigger(struct cost_walk *walk)
{
	lock_behind_on(walk, LOCK_SHARE_ROW_EXCLUSIVE);
}

static void lock_owner(struct cost_walk *walk)
{
	lock_behind_on(walk, LOCK_ACCESS_EXCLUSIVE);
}

static void vacuum(struct cost_walk *walk)
{
	bool full = cost_accept(walk, "full");
	struct sql_name name;

	while (cost_accept(walk, "freeze") || cost_accept(walk, "verbose") ||
	       cost_accept(walk, "analyze"))
		;
	if (!cost_read_name(walk, &name)) {
		walk->cost->unknown = true;
		return;
	}
	struct table_cost *table = cost_table(
		walk, &name, full ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE_UPDATE_EXCLUSIVE);
	table->rewrites = full;
	table->scans = !full;
}

static void analyze(struct cost_walk *walk)
{
	struct sql_name name;

	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void reindex_table(struct cost_walk *walk)
{
	bool concurrently = cost_accept(walk, "concurrently");
	struct sql_name name;

	if (cost_read_name(walk, &name))
		cost_table(walk, &name,
			   concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE)
			->builds_index = true;
}

static void cluster(struct cost_walk *walk)
{
	struct sql_name name;

	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_ACCESS_EXCLUSIVE)->rewrites = true;
	else
		walk->cost->unknown = true;
}

/* The first that fits counts; a NULL function costs nothing on any table. */
static const struct cost_form forms[] = {
	{"alter table", alter_table},
	{"create table", create_table},
	{"create unlogged table", create_table},
	{"drop table", drop_table},
	{"create index", create_index},
	{"create unique index", create_index},
	{"drop index", drop_index},
	{"comment on table", comment_on_table},
	{"comment on column", comment_on_column},
	{"insert into", change_rows},
	{"update", change_rows},
	{"delete from", change_rows},
	{"merge into", change_rows},
	{"truncate", truncate_tables},
	{"lock", take_lock},
	{"create trigger", create_trigger},
	{"create or replace trigger", create_trigger},
	{"create constraint trigger", create_trigger},
	{"drop trigger", lock_owner},
	{"create policy", lock_owner},
	{"alter policy", lock_owner},
	{"drop policy", lock_owner},
	{"vacuum", vacuum},
	{"analyze", analyze},
	{"reindex table", reindex_table},
	{"cluster", cluster},
	{"alter index", NULL},
	{"alter type", NULL},
	{"alter sequence", NULL},
	{"alter schema", NULL},
	{"alter function", NULL},
	{"comment on", NULL},
	{"create schema", NULL},
	{"create type", NULL},
	{"create sequence", NULL},
	{"create function", NULL},
	{"create or replace function", NULL},
	{"create procedure", NULL},
	{"create or replace procedure", NULL},
	{"create extension", NULL},
	{"create view", NULL},
	{"create or replace view", NULL},
	{"create domain", NULL},
	{"create role", NULL},
	{"drop schema", NULL},
	{"drop type", NULL},
	{"drop sequence", NULL},
	{"drop function", NULL},
	{"drop procedure", NULL},
	{"drop view", NULL},
	{"drop domain", NULL},
	{"grant", NULL},
	{"revoke", NULL},
	{"select", NULL},
	{"values", NULL},
	{"set", NULL},
	{"reset", NULL},
	{"show", NULL},
	{"notify", NULL},
	{0},
};

static bool says_cascade(const struct cost_walk *walk, const char *sql)
{
	return sql_has_word(walk->context->dialect, sql, "cascade");
}

/* DROP ... CASCADE may reach anything; a text of several statements is cut. */
void cost_postgres(struct cost_walk *walk)
{
	const char *sql = walk->cursor;
	bool drops = token_is_word(walk->token, "drop");

	while (walk->token.kind != TOKEN_END) {
		if (!cost_find_form(walk, forms))
			walk->cost->unknown = true;
		while (walk->token.kind != TOKEN_END && !token_is(walk->token, ";"))
			cost_next(walk);
		if (token_is(walk->token, ";"))
			cost_next(walk);
	}
	if (drops && says_cascade(walk, sql))
		walk->cost->unknown = true;
}
