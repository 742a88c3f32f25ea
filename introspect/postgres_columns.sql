-- The columns of ordinary tables, in no order: sorting them here costs more than it does
-- in the reader. pg_attribute.attoptions is not read: newer minor versions keep a note of
-- their own there. A default mentions no column, so no table is looked up to print it.
SELECT a.attrelid,
       a.attnum,
       a.attname,
       a.atttypid,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull,
       pg_catalog.pg_get_expr(
		d.adbin, CASE WHEN a.attgenerated = '' THEN 0::pg_catalog.oid ELSE d.adrelid END)
		AS expression,
       NULLIF(a.attgenerated, '') AS generated,
       NULLIF(a.attidentity, '') AS identity,
       a.attcollation,
       a.attcollation <> t.typcollation AS is_collated,
       m.description
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d
	ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
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
  /* scoped: AND a.attrelid = ANY (pg_class) */
