/*
 * The graph against Alembic: fixtures/history/alembic_graphs.yaml holds what Alembic did
 * with each command on each graph, and where we differ on purpose, why. And against
 * itself: on random graphs, whatever runs, the version rows are the newest of what is
 * applied.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../support/history_files.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/yaml.h"

#define FIXTURE "fixtures/history/alembic_graphs.yaml"

static struct str_list texts(struct arena *arena, const struct yaml_node *list)
{
	struct str_list items = {0};

	for (size_t i = 0; list && i < list->item_count; i++)
		str_list_add(arena, &items, list->items[i]->text);
	return items;
}

static const char *text_of(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *value = yaml_get(node, key);

	return value ? value->text : NULL;
}

static const char *list_text(struct arena *arena, const struct yaml_node *node,
			     const char *key)
{
	struct str_list items = texts(arena, yaml_get(node, key));

	return arena_printf(arena, "[%s]", str_list_join(arena, &items, ", "));
}

/* Write and load the graph [nodes] of the fixture. */
static void make_graph(struct history_files *files, const struct yaml_node *nodes)
{
	history_files_open(files);
	for (size_t i = 0; i < nodes->item_count; i++) {
		const struct yaml_node *node = nodes->items[i];
		const char *more = arena_printf(
			&files->arena,
			"branch_labels: %s\ndepends_on: %s\nupgrade: []\ndowngrade: []\n",
			list_text(&files->arena, node, "labels"),
			list_text(&files->arena, node, "depends"));
		history_files_revision(files, text_of(node, "id"),
				       list_text(&files->arena, node, "down"), more);
	}
	cr_assert(history_files_load(files, false), "%s", history_files_errors(files));
}

/* One case of the fixture, and what came of it. */
struct question {
	struct history_files *files;
	const char *command, *target;
	struct str_list current;
	bool ok;
	struct str_list run, rows, answer;
};

static struct str_list path_ids(struct question *question, const struct revision **path,
				size_t count)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < count; i++)
		str_list_add(&question->files->arena, &ids, path[i]->id);
	return ids;
}

/* No revision may run before what it stands on; undone, not after. */
static void expect_order(const struct revision **path, size_t count, bool upgrade)
{
	struct arena scratch = {0};
	struct map seen = {0};

	for (size_t i = 0; i < count; i++) {
		const struct revision *one = path[upgrade ? i : count - 1 - i];
		for (size_t j = 0; j < one->parent_count; j++) {
			const char *parent = one->parents[j]->id;
			bool runs = false;
			for (size_t k = 0; k < count && count < 100; k++)
				runs |= path[k] == one->parents[j];
			cr_expect(!runs || map_get(&seen, parent), "%s before %s",
				  one->id, parent);
		}
		map_put(&scratch, &seen, one->id, &seen);
	}
	arena_release(&scratch);
}

static void ask_run(struct question *question, bool upgrade)
{
	struct history *history = &question->files->history;
	struct arena *arena = &question->files->arena;
	struct diags *diags = &question->files->diags;
	const struct history_context context = {
		upgrade ? HISTORY_UPGRADE : HISTORY_DOWNGRADE, &question->current};
	const struct revision **path = NULL;
	struct history_point point = {0};
	size_t count = 0;

	question->ok =
		history_resolve(history, arena, question->target, &context, &point,
				diags) &&
		(upgrade ? history_upgrade_path(history, arena, &question->current,
						&point, &path, &count, diags)
			 : history_downgrade_path(history, arena, &question->current,
						  &point, &path, &count, diags));
	expect_order(path, count, upgrade);
	question->run = path_ids(question, path, count);
	question->rows = question->current;
	for (size_t i = 0; i < count; i++)
		question->rows =
			history_step(history, arena, &question->rows, path[i], upgrade);
}

static void ask_upgrade(struct question *question)
{
	ask_run(question, true);
}

static void ask_downgrade(struct question *question)
{
	ask_run(question, false);
}

static void ask_stamp(struct question *question)
{
	const struct history_context context = {HISTORY_ANY, &question->current};
	struct history_point point = {0};

	question->ok = history_resolve(&question->files->history, &question->files->arena,
				       question->target, &context, &point,
				       &question->files->diags);
	if (question->ok)
		question->rows =
			history_stamp(&question->files->history, &question->files->arena,
				      &question->current, &point);
}

static void ask_history(struct question *question)
{
	const struct history_context context = {HISTORY_ANY, &question->current};
	const struct revision **path = NULL;
	struct history_range range = {0};
	size_t count = 0;

	question->ok =
		history_resolve_range(&question->files->history, &question->files->arena,
				      question->target, &context, &range,
				      &question->files->diags) &&
		history_range_path(&question->files->history, &question->files->arena,
				   &range, &path, &count, &question->files->diags);
	question->answer = path_ids(question, path, count);
}

static void ask_show(struct question *question)
{
	const struct revision *revision = NULL;

	question->ok = history_resolve_one(&question->files->history, question->target,
					   NULL, &revision, &question->files->diags);
	if (revision)
		question->answer = path_ids(question, &revision, 1);
}

static void ask_heads(struct question *question)
{
	question->ok = true;
	question->answer = *question->target
				   ? history_real_heads(&question->files->arena,
							&question->files->history)
				   : history_heads(&question->files->arena,
						   &question->files->history);
}

static void ask_labels(struct question *question)
{
	question->ok = true;
	question->answer =
		history_find(&question->files->history, question->target)->branches;
}

static const struct {
	const char *command;
	void (*ask)(struct question *question);
} commands[] = {
	{"upgrade", ask_upgrade}, {"downgrade", ask_downgrade}, {"stamp", ask_stamp},
	{"history", ask_history}, {"show", ask_show},		{"heads", ask_heads},
	{"labels", ask_labels},
};

static void ask(struct question *question)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (text_equal(commands[i].command, question->command))
			commands[i].ask(question);
}

static void expect_list(const struct yaml_node *wanted, const char *key,
			const struct str_list *got, const char *name)
{
	struct arena scratch = {0};
	struct str_list list = texts(&scratch, yaml_get(wanted, key));

	/* Alembic's order among branches is that in which it read the files. */
	cr_expect(str_list_same_set(&list, got), "%s: %s is [%s], not [%s]", name, key,
		  str_list_join(&scratch, got, ", "),
		  str_list_join(&scratch, &list, ", "));
	arena_release(&scratch);
}

static void check_case(struct history_files *files, const struct yaml_node *node)
{
	const struct yaml_node *wanted = yaml_get(node, "ours");
	struct question question = {
		.files = files,
		.command = text_of(node, "command"),
		.target = text_of(node, "target"),
		.current = texts(&files->arena, yaml_get(node, "current")),
	};
	const char *name =
		arena_printf(&files->arena, "%s at %s: %s %s", text_of(node, "graph"),
			     str_list_join(&files->arena, &question.current, ","),
			     question.command, question.target);

	if (!wanted)
		wanted = yaml_get(node, "alembic");
	cr_expect(!yaml_get(node, "ours") || yaml_get(node, "differs"), "%s: why?", name);
	ask(&question);
	const char *errors = history_files_errors(files);
	const char *error = text_of(wanted, "error"), *says = text_of(node, "says");
	if (!says)
		says = error;
	cr_expect(question.ok == !error, "%s: %s", name, errors);
	cr_expect(question.ok == !*errors, "%s: %s", name, errors);
	if (error)
		cr_expect(strstr(errors, says), "%s: %s", name, errors);
	else {
		expect_list(wanted, "run", &question.run, name);
		expect_list(wanted, "rows", &question.rows, name);
		expect_list(wanted, "answer", &question.answer, name);
	}
	history_files_forget(files);
}

Test(graph, does_as_alembic_does)
{
	struct arena arena = {0};
	struct diags diags = {0};
	const struct source *source = file_read(&arena, FIXTURE, 1 << 20, &diags);
	const struct yaml_node *root = source ? yaml_parse(&arena, source, &diags) : NULL;
	const struct yaml_node *graphs = yaml_get(root, "graphs");
	const struct yaml_node *cases = yaml_get(root, "cases");
	size_t count = 0;

	cr_assert(graphs && cases, "%s", FIXTURE);
	for (size_t i = 0; i < graphs->pair_count; i++) {
		struct history_files files = {0};
		make_graph(&files, graphs->pairs[i].value);
		for (size_t j = 0; j < cases->item_count; j++) {
			const struct yaml_node *node = cases->items[j];
			if (!text_equal(text_of(node, "graph"),
					graphs->pairs[i].key->text))
				continue;
			check_case(&files, node);
			count++;
		}
		history_files_close(&files);
	}
	cr_expect_eq(count, cases->item_count);
	cr_expect(count >= 60);
	diags_release(&diags);
	arena_release(&arena);
}

/* A reproducible stream of numbers: xorshift. */
struct dice {
	unsigned state;
};

static size_t roll(struct dice *dice, size_t sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 17;
	dice->state ^= dice->state << 5;
	return dice->state % sides;
}

/* A quadratic step anywhere would take minutes here: two branches of which one depends on
 * the other, up and down again. */
Test(graph, of_ten_thousand_revisions_is_walked_in_no_time, .timeout = 60)
{
	enum { COUNT = 10000 };
	struct history_files files = {0};

	history_files_open(&files);
	for (size_t i = 0; i < COUNT; i++) {
		const char *id = arena_printf(&files.arena, "r%05zu", i);
		const char *down =
			i < 2 ? "null" : arena_printf(&files.arena, "r%05zu", i - 2);
		const char *more = arena_printf(
			&files.arena,
			"branch_labels: %s\ndepends_on: %s\nupgrade: []\ndowngrade: []\n",
			i == 0	 ? "left"
			: i == 1 ? "right"
				 : "[]",
			i == COUNT / 2 ? "[r00007]" : "[]");
		history_files_revision(&files, id, down, more);
	}
	const clock_t start = clock();
	cr_assert(history_files_load(&files, false), "%s", history_files_errors(&files));
	struct question up = {.files = &files, .target = "heads"};
	ask_run(&up, true);
	cr_expect_eq(up.run.count, COUNT);
	cr_expect_eq(up.rows.count, 2);
	struct question down = {
		.files = &files, .target = "right@-4900", .current = up.rows};
	ask_run(&down, false);
	cr_expect_eq(down.run.count, 4900);
	down = (struct question){.files = &files, .target = "base", .current = down.rows};
	ask_run(&down, false);
	cr_expect_eq(down.run.count, COUNT - 4900);
	cr_expect_eq(down.rows.count, 0);
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	cr_log_info("%d revisions in %.2f s", COUNT, seconds);
	cr_expect(seconds < 10, "%.2f s", seconds);
	history_files_close(&files);
}

enum { NODES = 12, STEPS = 10, GRAPHS = 60 };

/* What the property test knows of a graph, apart from the code under test: who stands
 * below whom, by number. */
struct model {
	size_t count;
	bool below[NODES][NODES]; /* [i][j]: j is i, or an ancestor of it */
	bool applied[NODES];
};

static const char *model_id(struct arena *arena, size_t i)
{
	return arena_printf(arena, "r%03zu", i);
}

/* Up to [most] numbers below [i] as a YAML list; they go below it in the model. */
static const char *roll_parents(struct dice *dice, struct arena *arena,
				struct model *model, size_t i, size_t most)
{
	struct str_list ids = {0};

	for (size_t n = i ? roll(dice, most + 1) : 0; n > 0; n--) {
		size_t parent = roll(dice, i);
		if (str_list_contains(&ids, model_id(arena, parent)))
			continue;
		str_list_add(arena, &ids, model_id(arena, parent));
		for (size_t j = 0; j < NODES; j++)
			model->below[i][j] |= model->below[parent][j];
	}
	return arena_printf(arena, "[%s]", str_list_join(arena, &ids, ", "));
}

static void roll_graph(struct dice *dice, struct history_files *files,
		       struct model *model)
{
	model->count = 2 + roll(dice, NODES - 1);
	history_files_open(files);
	for (size_t i = 0; i < model->count; i++) {
		model->below[i][i] = true;
		const char *down = roll_parents(dice, &files->arena, model, i, 2);
		const char *depends = roll_parents(dice, &files->arena, model, i, 1);
		history_files_revision(files, model_id(&files->arena, i), down,
				       arena_printf(&files->arena,
						    "depends_on: %s\nupgrade: "
						    "[]\ndowngrade: []\n",
						    depends));
	}
	cr_assert(history_files_load(files, false), "%s", history_files_errors(files));
}

/* The newest of what is applied: nothing else that is applied stands above them. */
static struct str_list model_rows(struct arena *arena, const struct model *model)
{
	struct str_list rows = {0};

	for (size_t i = 0; i < model->count; i++) {
		bool newest = model->applied[i];
		for (size_t j = 0; newest && j < model->count; j++)
			newest = j == i || !model->applied[j] || !model->below[j][i];
		if (newest)
			str_list_add(arena, &rows, model_id(arena, i));
	}
	return rows;
}

static size_t number_of(const char *id)
{
	return (size_t)strtoul(id + 1, NULL, 10);
}

/* Each step may only do what the steps before it have made possible. */
static void follow(struct question *question, struct model *model, bool upgrade)
{
	for (size_t i = 0; i < question->run.count; i++) {
		size_t at = number_of(question->run.items[i]);
		cr_expect(model->applied[at] != upgrade);
		for (size_t j = 0; j < model->count; j++) {
			if (upgrade && j != at && model->below[at][j])
				cr_expect(model->applied[j]);
			if (!upgrade && j != at && model->below[j][at])
				cr_expect(!model->applied[j]);
		}
		model->applied[at] = upgrade;
	}
}

static void walk(struct dice *dice, struct history_files *files, struct model *model)
{
	struct str_list rows = {0};

	for (size_t step = 0; step < STEPS; step++) {
		bool upgrade = roll(dice, 3) > 0;
		size_t target = roll(dice, model->count);
		struct question question = {
			.files = files,
			.target = model_id(&files->arena, target),
			.current = rows,
		};
		const bool was_applied = model->applied[target];
		ask_run(&question, upgrade);
		/* Up to what is applied, or down to what is not, is an error. */
		cr_expect(question.ok == (upgrade != was_applied) || !question.run.count);
		history_files_forget(files);
		if (!question.ok)
			continue;
		follow(&question, model, upgrade);
		cr_expect(model->applied[target]);
		struct str_list wanted = model_rows(&files->arena, model);
		cr_expect(str_list_same_set(&wanted, &question.rows),
			  "rows [%s], not [%s]",
			  str_list_join(&files->arena, &question.rows, ", "),
			  str_list_join(&files->arena, &wanted, ", "));
		rows = question.rows;
	}
}

Test(graph, keeps_the_newest_of_what_is_applied_as_rows)
{
	struct dice dice = {20261123};

	for (size_t i = 0; i < GRAPHS; i++) {
		struct history_files files = {0};
		struct model model = {0};
		roll_graph(&dice, &files, &model);
		walk(&dice, &files, &model);
		history_files_close(&files);
	}
}

static const char *roll_word(struct dice *dice, struct arena *arena)
{
	static const char *const pieces[] = {
		"r001", "r00", "r",  "r002", "head",	 "heads", "base", "current",
		"left", "@",   "@",  "+",    "-",	 "1",	  "2",	  "-1",
		"+1",	":",   "99", " ",    "\xc3\xa9", "%s",
	};
	const char *word = "";

	for (size_t n = roll(dice, 6); n > 0; n--)
		word = arena_printf(arena, "%s%s", word,
				    pieces[roll(dice, ARRAY_SIZE(pieces))]);
	return word;
}

/* Whatever is asked, there is an answer or an error, never both or neither. */
Test(graph, answers_or_refuses_words_of_any_shape)
{
	enum { WORDS = 5000 };
	struct dice dice = {7};
	struct history_files files = {0};
	struct model model = {0};

	while (model.count < 6) {
		if (files.folder)
			history_files_close(&files);
		files = (struct history_files){0};
		model = (struct model){0};
		roll_graph(&dice, &files, &model);
	}
	for (size_t i = 0; i < WORDS; i++) {
		struct arena scratch = {0};
		struct question question = {
			.files = &files,
			.target = roll_word(&dice, &scratch),
		};
		for (size_t n = roll(&dice, 3); n > 0; n--)
			str_list_add(&scratch, &question.current,
				     model_id(&scratch, roll(&dice, model.count + 1)));
		commands[i % 5].ask(&question);
		cr_expect(question.ok == !files.diags.error_count, "%s: %s",
			  question.target, history_files_errors(&files));
		history_needs_current(question.target);
		history_files_forget(&files);
		arena_release(&scratch);
	}
	history_files_close(&files);
}
