-- Collations by OID: a bare name, or SQL where the name has a dot in it or the search path
-- does not find it.
SELECT o.oid,
       CASE
       WHEN NOT pg_catalog.pg_collation_is_visible(o.oid) THEN
		pg_catalog.format('%s.%I', o.collnamespace::pg_catalog.regnamespace, o.collname)
       WHEN pg_catalog.strpos(o.collname::pg_catalog.text, '.') = 0 THEN
		o.collname::pg_catalog.text
       ELSE pg_catalog.quote_ident(o.collname::pg_catalog.text)
       END AS name
FROM pg_catalog.pg_collation o
ORDER BY o.oid
