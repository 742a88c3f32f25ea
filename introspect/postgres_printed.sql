-- The expressions of the table $1 as the server prints them, by the name of the check or
-- of the column.
SELECT k.conname, pg_catalog.pg_get_expr(k.conbin, k.conrelid)
FROM pg_catalog.pg_constraint k
WHERE k.conrelid = $1::pg_catalog.regclass AND k.contype = 'c'
UNION ALL
SELECT a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
FROM pg_catalog.pg_attrdef d
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.adrelid = $1::pg_catalog.regclass
