-- What the vectors of pg_index do not tell about the keys of those indexes: expressions,
-- exclusion operators, and parameters of operator classes, which btree and hash do not
-- have.
--
-- The type of an expression is that of the index's own attribute, unless the operator
-- class stores another type. An expression has a collation of its own behind it only
-- where the server prints one there; pg_get_indexdef() of a single key leaves it out.
-- OFFSET 0 makes the planner look up each attribute by the index: pg_attribute is large.
SELECT i.indexrelid,
       p.position,
       CASE WHEN p.attnum = 0 THEN
		pg_catalog.pg_get_indexdef(i.indexrelid, p.position, false)
       END AS expression,
       CASE WHEN s.opckeytype = 0 THEN own.atttypid END AS expression_type,
       p.attnum = 0 AND p.collation_oid <> 0 AND pg_catalog.strpos(
		pg_catalog.pg_get_indexdef(i.indexrelid),
		pg_catalog.pg_get_indexdef(i.indexrelid, p.position, false)
			|| ' COLLATE '::pg_catalog.text) > 0 AS is_collated,
       (SELECT pg_catalog.string_agg(
		pg_catalog.format('%I=%L', pg_catalog.split_part(r.pair, '=', 1),
				  pg_catalog.substr(r.pair, pg_catalog.strpos(r.pair, '=') + 1)),
		', ')
	FROM pg_catalog.unnest(own.attoptions) r (pair)
	WHERE NOT pg_catalog.starts_with(r.pair, 'pg_attver=')) AS options,
       CASE WHEN q.oid IS NULL OR pg_catalog.pg_operator_is_visible(q.oid) THEN
		q.oprname::pg_catalog.text
       ELSE pg_catalog.format('OPERATOR(%s.%s)', q.oprnamespace::pg_catalog.regnamespace,
			      q.oprname) END AS operator
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = x.relam
LEFT JOIN pg_catalog.pg_constraint k
	ON k.conindid = i.indexrelid AND k.contype = 'x'
	/* scoped: AND k.conrelid = i.indrelid */
CROSS JOIN LATERAL (
	SELECT g.position,
	       i.indkey[g.position - 1] AS attnum,
	       i.indcollation[g.position - 1] AS collation_oid,
	       i.indclass[g.position - 1] AS opclass_oid,
	       k.conexclop[g.position] AS operator_oid
	FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) g (position)) p
JOIN pg_catalog.pg_opclass s ON s.oid = p.opclass_oid
CROSS JOIN LATERAL (
	SELECT w.atttypid, w.attoptions
	FROM pg_catalog.pg_attribute w
	WHERE w.attrelid = i.indexrelid AND w.attnum = p.position
	OFFSET 0) own
LEFT JOIN pg_catalog.pg_operator q ON q.oid = p.operator_oid
WHERE (i.indexprs IS NOT NULL OR k.oid IS NOT NULL OR m.amname NOT IN ('btree', 'hash'))
  AND c.relkind = 'r'
  AND NOT c.relispartition
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
  /* scoped: AND i.indrelid = ANY (pg_class) */
  AND (p.attnum = 0 OR own.attoptions IS NOT NULL OR q.oid IS NOT NULL)
ORDER BY i.indexrelid, p.position
