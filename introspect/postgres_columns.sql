-- The columns of ordinary tables, in order. pg_attribute.attoptions is not read: newer
-- minor versions keep a note of their own there. A collation is a bare name, or SQL where
-- the name has a dot in it or the search path does not find it.
SELECT a.attrelid,
       a.attnum,
       a.attname,
       a.atttypid,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
       a.attgenerated,
       a.attidentity,
       CASE
       WHEN a.attcollation = 0 OR a.attcollation = t.typcollation THEN NULL
       WHEN NOT pg_catalog.pg_collation_is_visible(o.oid) THEN
		pg_catalog.format('%s.%I', o.collnamespace::pg_catalog.regnamespace, o.collname)
       WHEN pg_catalog.strpos(o.collname::pg_catalog.text, '.') = 0 THEN
		o.collname::pg_catalog.text
       ELSE pg_catalog.quote_ident(o.collname::pg_catalog.text)
       END AS collation,
       m.description
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description m
	ON m.objoid = a.attrelid
	AND m.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
	AND m.objsubid = a.attnum
WHERE a.attnum > 0
  AND NOT a.attisdropped
  AND c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
ORDER BY a.attrelid, a.attnum
