-- What an amendment may rewrite, which the program's own role may not: only in the transaction that
-- records the amendment, and only for tasks whose former state it keeps in task_change.

CREATE FUNCTION cchc.clear_amended_task(p_ward integer, p_amendment bigint, p_task bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM cchc.task_change c
        JOIN cchc.amendment a ON a.ward_id = c.ward_id AND a.id = c.amendment_id
        WHERE c.ward_id = p_ward AND c.amendment_id = p_amendment AND c.task_id = p_task
            AND c.before IS NOT NULL AND a.xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no amendment of this transaction changes task %', p_task
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM cchc.task_unit WHERE ward_id = p_ward AND task_id = p_task;
    DELETE FROM cchc.product WHERE ward_id = p_ward AND task_id = p_task;
    DELETE FROM cchc.milestone WHERE ward_id = p_ward AND task_id = p_task;
END $$;

CREATE FUNCTION cchc.amend_stages(
    p_ward integer, p_amendment bigint, p_occurrences bigint[], p_stages text[], p_dues date[],
    p_assumed boolean[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_moved integer;
BEGIN
    UPDATE cchc.stage s SET nominal_due = m.due, due_on = m.due, assumed = m.assumed
        FROM unnest(p_occurrences, p_stages, p_dues, p_assumed) AS m(occurrence, stage, due, assumed),
            cchc.occurrence o, cchc.task_change c, cchc.amendment a
        WHERE s.ward_id = p_ward AND s.occurrence_id = m.occurrence AND s.stage = m.stage
            AND s.state NOT IN ('submitted', 'accepted')
            AND o.ward_id = p_ward AND o.id = s.occurrence_id
            AND c.ward_id = p_ward AND c.amendment_id = p_amendment AND c.task_id = o.task_id
            AND a.ward_id = p_ward AND a.id = p_amendment AND a.xmin = pg_current_xact_id()::xid;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_moved <> cardinality(p_occurrences) THEN
        RAISE EXCEPTION 'no amendment of this transaction moves these dates'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

REVOKE ALL ON FUNCTION cchc.clear_amended_task, cchc.amend_stages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cchc.clear_amended_task, cchc.amend_stages TO cchc_app;
GRANT SELECT, INSERT ON cchc.amendment, cchc.task_change, cchc.task_succession TO cchc_app;
