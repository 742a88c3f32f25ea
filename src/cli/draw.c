/*
 * The graph of a listing for Mermaid and Graphviz. The oldest stands at the bottom; a
 * solid arrow leads to who goes on from a revision, a dashed one to who depends on it.
 */
#include "cli/listing.h"

/* The rows that are drawn, to leave out arrows from nowhere. */
struct drawing {
	const struct listing *listing;
	struct arena arena;
	bool *drawn; /* by rank */
};

static struct drawing drawing_make(const struct listing *listing)
{
	struct drawing drawing = {.listing = listing};
	size_t count = listing->session->history.revision_count + 1;

	drawing.drawn = arena_alloc(&drawing.arena, count * sizeof(bool));
	for (size_t i = 0; i < listing->count; i++)
		if (listing->rows[i].revision)
			drawing.drawn[listing->rows[i].revision->rank] = true;
	return drawing;
}

typedef void write_arrow_fn(const struct revision *from, const struct revision *to,
			    bool depends, struct strbuf *out);

static void write_arrows(const struct drawing *drawing, write_arrow_fn *write_arrow,
			 struct strbuf *out)
{
	const struct listing *listing = drawing->listing;

	for (size_t i = listing->count; i-- > 0;) {
		const struct revision *revision = listing->rows[i].revision;
		for (size_t j = 0; revision && j < revision->parent_count; j++)
			if (drawing->drawn[revision->parents[j]->rank])
				write_arrow(revision->parents[j], revision,
					    j >= revision->down_count, out);
	}
}

/* "[billing]", "(head)", "(current)" below the message. */
static void write_marks(const struct listing_row *row, struct strbuf *out)
{
	const struct str_list *labels = &row->revision->branch_labels;
	const char *head = revision_is_effective_head(row->revision) ? "(effective head)"
			   : revision_is_head(row->revision)	     ? "(head)"
								     : NULL;

	for (size_t i = 0; i < labels->count; i++)
		strbuf_addf(out, "%s[%s]", i ? " " : "\n", labels->items[i]);
	if (head)
		strbuf_addf(out, "%s%s", labels->count ? " " : "\n", head);
	if (row->current)
		strbuf_addf(out, "%s(current)", labels->count || head ? " " : "\n");
}

/* The lines of a node: its id, the message's title, its labels and marks. */
static void write_node_text(const struct listing_row *row, struct strbuf *out)
{
	strbuf_adds(out, row->id);
	if (!text_is_blank(row->revision->message)) {
		strbuf_addc(out, '\n');
		listing_write_title(row->revision->message, out);
	}
	write_marks(row, out);
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

/*
 * Within a Mermaid label "..." an entity stands for what would end it or be read as
 * Markdown or HTML. "#" begins one, by Mermaid's own rule, and is written as a number.
 */
static void write_mermaid_text(const char *text, struct strbuf *out)
{
	static const char special[] = "\"#&<>`\\";

	for (; *text; text++) {
		if (*text == '\n')
			strbuf_adds(out, "<br/>");
		else if (is_control(*text))
			strbuf_addc(out, ' ');
		else if (strchr(special, *text))
			strbuf_addf(out, "#%d;", *text);
		else
			strbuf_addc(out, *text);
	}
}

/* A name that Mermaid takes, and that two ids never share. */
static void write_mermaid_name(const char *id, struct strbuf *out)
{
	strbuf_addc(out, 'r');
	for (; *id; id++) {
		if (char_is_alnum(*id))
			strbuf_addc(out, *id);
		else
			strbuf_addf(out, "_%02x", (unsigned char)*id);
	}
}

static void write_mermaid_arrow(const struct revision *from, const struct revision *to,
				bool depends, struct strbuf *out)
{
	strbuf_adds(out, "    ");
	write_mermaid_name(from->id, out);
	strbuf_adds(out, depends ? " -.-> " : " --> ");
	write_mermaid_name(to->id, out);
	strbuf_addc(out, '\n');
}

static void write_mermaid_node(const struct listing_row *row, struct strbuf *out)
{
	AUTO_STRBUF text = {0};

	write_node_text(row, &text);
	strbuf_adds(out, "    ");
	write_mermaid_name(row->id, out);
	strbuf_adds(out, "[\"");
	write_mermaid_text(strbuf_text(&text), out);
	strbuf_adds(out, "\"]");
	strbuf_adds(out, row->current			   ? ":::current\n"
			 : revision_is_head(row->revision) ? ":::head\n"
							   : "\n");
}

void listing_draw_mermaid(const struct listing *listing, struct strbuf *out)
{
	struct drawing drawing = drawing_make(listing);

	strbuf_adds(out, "flowchart BT\n");
	for (size_t i = listing->count; i-- > 0;)
		if (listing->rows[i].revision)
			write_mermaid_node(&listing->rows[i], out);
	write_arrows(&drawing, write_mermaid_arrow, out);
	strbuf_adds(out, "    classDef head stroke-width:3px\n"
			 "    classDef current stroke-width:3px,fill:#ffd\n");
	arena_release(&drawing.arena);
}

/* A quoted string of the DOT language; "\n" there is a line break. */
static void write_dot_string(const char *text, struct strbuf *out)
{
	strbuf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '\n')
			strbuf_adds(out, "\\n");
		else if (is_control(*text))
			strbuf_addc(out, ' ');
		else if (*text == '"' || *text == '\\')
			strbuf_addf(out, "\\%c", *text);
		else
			strbuf_addc(out, *text);
	}
	strbuf_addc(out, '"');
}

static void write_dot_arrow(const struct revision *from, const struct revision *to,
			    bool depends, struct strbuf *out)
{
	strbuf_addc(out, '\t');
	write_dot_string(from->id, out);
	strbuf_adds(out, " -> ");
	write_dot_string(to->id, out);
	strbuf_adds(out, depends ? " [style=dashed];\n" : ";\n");
}

static void write_dot_node(const struct listing_row *row, struct strbuf *out)
{
	AUTO_STRBUF text = {0};

	write_node_text(row, &text);
	strbuf_addc(out, '\t');
	write_dot_string(row->id, out);
	strbuf_adds(out, " [label=");
	write_dot_string(strbuf_text(&text), out);
	if (revision_is_head(row->revision))
		strbuf_adds(out, ", penwidth=2");
	if (row->current)
		strbuf_adds(out, ", style=filled, fillcolor=\"#ffffdd\"");
	strbuf_adds(out, "];\n");
}

void listing_draw_dot(const struct listing *listing, struct strbuf *out)
{
	struct drawing drawing = drawing_make(listing);

	strbuf_adds(out, "digraph history {\n"
			 "\trankdir=BT;\n"
			 "\tnode [shape=box, fontname=\"sans-serif\"];\n");
	for (size_t i = listing->count; i-- > 0;)
		if (listing->rows[i].revision)
			write_dot_node(&listing->rows[i], out);
	write_arrows(&drawing, write_dot_arrow, out);
	strbuf_adds(out, "}\n");
	arena_release(&drawing.arena);
}
