-- What would never be looked at again is found without reading all that is planned, and all that is said already.

-- publishing ----------------------------------------------------------------------------------------------------

-- Empty as long as all is well. The states stand in the query `forgotten` word for word.
CREATE INDEX publication_forgotten ON publication (workspace_id)
    WHERE next_check_at IS NULL
      AND state IN ('SCHEDULED', 'PREPARING', 'PREPARED', 'ARMED', 'SENT', 'UNKNOWN', 'RECONCILING', 'OBSERVING');
CREATE INDEX first_comment_forgotten ON first_comment (workspace_id)
    WHERE next_check_at IS NULL AND state NOT IN ('POSTED', 'FAILED', 'UNCONFIRMED');
