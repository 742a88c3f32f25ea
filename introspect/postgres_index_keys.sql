-- The keys of those indexes that are more than a plain column: an expression, an order,
-- a collation or an operator class that is not the default, an exclusion operator.
--
-- An operator class is the default where it is marked so and no other one is marked so
-- for the very type of the column (GetDefaultOpClass). The type of an expression is that
-- of the index's own attribute, unless the operator class stores another type.
--
-- An expression has a collation of its own behind it only where the server prints one
-- there; pg_get_indexdef() of a single key leaves it out.
SELECT i.indexrelid,
       p.position,
       CASE WHEN p.attnum = 0 THEN
		pg_catalog.pg_get_indexdef(i.indexrelid, p.position, false)
       END AS expression,
       p.option,
       CASE
       WHEN p.collation_oid = 0 OR p.collation_oid = a.attcollation THEN NULL
       WHEN p.attnum = 0 AND pg_catalog.strpos(
		pg_catalog.pg_get_indexdef(i.indexrelid),
		pg_catalog.pg_get_indexdef(i.indexrelid, p.position, false)
			|| ' COLLATE '::pg_catalog.text) = 0
		THEN NULL
       WHEN NOT pg_catalog.pg_collation_is_visible(o.oid) THEN
		pg_catalog.format('%s.%I', o.collnamespace::pg_catalog.regnamespace, o.collname)
       WHEN pg_catalog.strpos(o.collname::pg_catalog.text, '.') = 0 THEN
		o.collname::pg_catalog.text
       ELSE pg_catalog.quote_ident(o.collname::pg_catalog.text)
       END AS collation,
       CASE WHEN NOT s.opcdefault OR better.oid IS NOT NULL OR g.options IS NOT NULL THEN
		pg_catalog.concat(
			CASE WHEN NOT pg_catalog.pg_opclass_is_visible(s.oid) THEN
				pg_catalog.format('%s.', s.opcnamespace::pg_catalog.regnamespace)
			END,
			pg_catalog.quote_ident(s.opcname::pg_catalog.text),
			CASE WHEN g.options IS NOT NULL THEN
				pg_catalog.format(' (%s)', g.options) END)
       END AS opclass,
       CASE WHEN q.oid IS NULL OR pg_catalog.pg_operator_is_visible(q.oid) THEN
		q.oprname::pg_catalog.text
       ELSE pg_catalog.format('OPERATOR(%s.%s)', q.oprnamespace::pg_catalog.regnamespace,
			      q.oprname) END AS operator
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint k
	ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
CROSS JOIN LATERAL (
	SELECT x.position,
	       i.indkey[x.position - 1] AS attnum,
	       i.indoption[x.position - 1] AS option,
	       i.indcollation[x.position - 1] AS collation_oid,
	       i.indclass[x.position - 1] AS opclass_oid,
	       k.conexclop[x.position] AS operator_oid
	FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) x (position)) p
JOIN pg_catalog.pg_opclass s ON s.oid = p.opclass_oid
JOIN pg_catalog.pg_attribute own
	ON own.attrelid = i.indexrelid AND own.attnum = p.position
LEFT JOIN pg_catalog.pg_attribute a
	ON a.attrelid = i.indrelid AND a.attnum = p.attnum AND p.attnum <> 0
LEFT JOIN pg_catalog.pg_opclass better
	ON better.opcmethod = s.opcmethod
	AND better.opcdefault
	AND better.oid <> s.oid
	AND better.opcintype =
		CASE WHEN p.attnum <> 0 THEN a.atttypid
		     WHEN s.opckeytype = 0 THEN own.atttypid END
LEFT JOIN pg_catalog.pg_collation o ON o.oid = p.collation_oid
LEFT JOIN pg_catalog.pg_operator q ON q.oid = p.operator_oid
LEFT JOIN LATERAL (
	SELECT pg_catalog.string_agg(
		pg_catalog.format('%I=%L', pg_catalog.split_part(r.pair, '=', 1),
				  pg_catalog.substr(r.pair, pg_catalog.strpos(r.pair, '=') + 1)),
		', ') AS options
	FROM pg_catalog.unnest(own.attoptions) r (pair)
	WHERE NOT pg_catalog.starts_with(r.pair, 'pg_attver=')) g
	ON own.attoptions IS NOT NULL
WHERE (k.oid IS NULL OR k.contype = 'x')
  AND c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  AND (p.attnum = 0
       OR p.option <> 0
       OR NOT s.opcdefault
       OR better.oid IS NOT NULL
       OR g.options IS NOT NULL
       OR q.oid IS NOT NULL
       OR (p.collation_oid <> 0 AND p.collation_oid <> a.attcollation))
ORDER BY i.indexrelid, p.position
