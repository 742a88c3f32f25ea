-- The columns of all tables. A virtual table has no pages of its own; its module may be
-- one that is not there.
SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
  FROM main.sqlite_schema AS t
  JOIN pragma_table_xinfo(t.name, 'main') AS c
 WHERE t.type = 'table' AND t.rootpage > 0 AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
