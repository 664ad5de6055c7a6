-- Reading a table in the order of its commits.

-- kit.live ------------------------------------------------------------------------------------------------------

-- Rows carry the transaction that wrote them (xid xid8 DEFAULT pg_current_xact_id()) and are read in the order (xid, id)
-- below this mark: every transaction below it has ended, so nothing can appear behind a reader that has passed.
-- Reading by id alone loses the row of a slower transaction for ever.
CREATE FUNCTION settled_before() RETURNS xid8
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN pg_snapshot_xmin(pg_current_snapshot());
COMMENT ON FUNCTION settled_before() IS 'transactions below this have all ended: WHERE xid < settled_before()';
