-- The keys of all indexes, those of constraints included. The newest index of a table
-- comes first.
SELECT t.name, i.name, i."unique", i.origin, i.partial, k.cid, k.name, k."desc", k.coll
  FROM main.sqlite_schema AS t
  JOIN pragma_index_list(t.name, 'main') AS i
  JOIN pragma_index_xinfo(i.name, 'main') AS k
 WHERE t.type = 'table' AND t.rootpage > 0 AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
   AND k.key
