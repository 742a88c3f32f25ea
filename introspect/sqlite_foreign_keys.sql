-- The column pairs of all foreign keys. The newest key of a table comes first.
SELECT t.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
  FROM main.sqlite_schema AS t
  JOIN pragma_foreign_key_list(t.name, 'main') AS f
 WHERE t.type = 'table' AND t.rootpage > 0 AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
