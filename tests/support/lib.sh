# What test scripts share: a database's schema as sorted lines, read by its own tools, so that
# two databases can be compared without the program. The runner's own tables do not count.
# shellcheck shell=sh

# pg_dump's statements for tables and what belongs to them, one a line, sorted. With
# "columns" as second argument those of each table are sorted, too: a column that comes back
# comes back as the last.
postgres_schema() { # URL [columns]
	pg_dump --schema-only --no-owner --no-privileges \
		--exclude-table='*.alembic_version' --exclude-table='*.schemadiff_log' -d "$1" |
		awk -v sort="${2:-}" '
		function flush() {
			if (kind ~ /^(TABLE|CONSTRAINT|FK CONSTRAINT|CHECK CONSTRAINT|INDEX|SEQUENCE|SEQUENCE OWNED BY|DEFAULT|SCHEMA)$/ ||
			    (kind == "TYPE" && body ~ /AS ENUM/) ||
			    (kind == "COMMENT" && body ~ /COMMENT ON (TABLE|COLUMN)/))
				print body
			body = ""
		}
		function column(line,    i) {
			sub(/,$/, "", line)
			for (i = columns++; i > 0 && sorted[i - 1] > line; i--)
				sorted[i] = sorted[i - 1]
			sorted[i] = line
		}
		/^-- (Name|Data).*; Type: / { flush(); kind = $0; sub(/.*; Type: /, "", kind); sub(/;.*/, "", kind); next }
		/^--/ || /^$/ || /^SET / || /^SELECT / || /^\\/ { next }
		sort && kind == "TABLE" && /^    / { column($0); next }
		columns { for (i = 0; i < columns; i++) body = body sorted[i]; columns = 0 }
		{ body = body == "" ? $0 : body " " $0 }
		END { flush() }' | LC_ALL=C sort
}

# What SQLite's pragmas say of a database's tables, and the lines of their constraints
# and generated columns, since no pragma tells all of them.
sqlite_schema() { # URL
	sqlite3 -bail "${1#sqlite:///}" "
		CREATE TEMP TABLE t AS SELECT l.name, l.wr, l.strict, s.sql FROM pragma_table_list AS l
			JOIN sqlite_schema AS s ON s.name = l.name
			WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT IN ('alembic_version', 'schemadiff_log', 'sqlite_schema');
		SELECT name, 'table', wr, strict, sql LIKE '%autoincrement%' FROM t;
		SELECT t.name, 'column', c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden
			FROM t, pragma_table_xinfo(t.name) AS c;
		SELECT t.name, 'key', f.seq, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete, f.match
			FROM t, pragma_foreign_key_list(t.name) AS f;
		SELECT t.name, 'index', CASE i.origin WHEN 'c' THEN i.name ELSE i.origin END, i.\"unique\", i.partial,
			(SELECT group_concat(coalesce(x.name, x.cid) || ' ' || x.\"desc\" || ' ' || x.coll)
			 FROM pragma_index_xinfo(i.name) AS x WHERE x.key),
			(SELECT s.sql FROM sqlite_schema AS s WHERE s.name = i.name)
			FROM t, pragma_index_list(t.name) AS i;
		SELECT t.name, 'text', t.sql FROM t;" |
		awk '
		/\|text\|/ { name = $0; sub(/\|.*/, "", name) }
		/CONSTRAINT|CHECK|GENERATED|^[^|]*$/ {
			line = $0
			if (!match(line, /CONSTRAINT .*/) && !match(line, /(CHECK|GENERATED).*/)) next
			line = substr(line, RSTART)
			gsub(/"/, "", line); sub(/,$/, "", line)
			print name "|" line; next
		}
		!/\|text\|/ { print }' | LC_ALL=C sort
}
