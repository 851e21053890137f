-- What tables alone cannot say: the log, who may do what, and who is reached.

-- Half-empty pages let rows that change often be changed in place.
ALTER TABLE cchc.stage SET (fillfactor = 70);
ALTER TABLE cchc.submission SET (fillfactor = 80);
ALTER TABLE cchc.outbox SET (fillfactor = 80);
ALTER TABLE cchc.audit_log SET (fillfactor = 50);

-- Append events to a ward's log: canonical body (RFC 8785), leaf hash and subtree
-- roots (RFC 6962). The advisory lock makes positions gapless; it goes with the
-- transaction. p_actor and each of p_facts are canonical JSON objects already.
CREATE FUNCTION cchc.append_audit(
    p_ward integer, p_at timestamptz, p_actor text, p_kinds text[], p_facts text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_size bigint;
    v_frontier bytea[];
    v_ward text;
    v_head text;
    v_body text;
    v_leaf bytea;
    v_node bytea;
    v_odd bigint;
    v_depth integer;
    v_count integer := cardinality(p_kinds);
    v_bodies text[];
    v_leaves bytea[];
BEGIN
    IF v_count = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(1667459171, p_ward);  -- 'cchc' as a number
    SELECT coalesce(l.size, 0), coalesce(l.frontier, '{}'), ',"ward":' || to_json(w.code)::text || '}'
        INTO STRICT v_size, v_frontier, v_ward
        FROM cchc.ward w LEFT JOIN cchc.audit_log l ON l.ward_id = w.id WHERE w.id = p_ward;
    v_head := '{"actor":' || p_actor::json::text || ',"at":"'
        || to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","facts":';
    FOR i IN 1..v_count LOOP
        v_body := v_head || p_facts[i]::json::text || ',"kind":' || to_json(p_kinds[i])::text
            || ',"position":' || v_size || v_ward;
        v_leaf := sha256('\x00'::bytea || convert_to(v_body, 'UTF8'));
        IF v_count = 1 THEN
            INSERT INTO cchc.audit_event (ward_id, position, recorded_at, kind, body, leaf_hash)
                VALUES (p_ward, v_size, p_at, p_kinds[i], v_body, v_leaf);
        ELSE
            v_bodies[i] := v_body;
            v_leaves[i] := v_leaf;
        END IF;
        v_node := v_leaf;
        v_odd := v_size;
        v_depth := cardinality(v_frontier);
        WHILE v_odd & 1 = 1 LOOP
            v_node := sha256('\x01'::bytea || v_frontier[v_depth] || v_node);
            v_depth := v_depth - 1;
            v_odd := v_odd >> 1;
        END LOOP;
        v_frontier := v_frontier[1:v_depth] || v_node;
        v_size := v_size + 1;
    END LOOP;
    IF v_count > 1 THEN
        INSERT INTO cchc.audit_event (ward_id, position, recorded_at, kind, body, leaf_hash)
            SELECT p_ward, v_size - v_count + e.ord - 1, p_at, e.kind, e.body, e.leaf
            FROM unnest(p_kinds, v_bodies, v_leaves) WITH ORDINALITY AS e(kind, body, leaf, ord);
    END IF;
    UPDATE cchc.audit_log SET size = v_size, frontier = v_frontier WHERE ward_id = p_ward;
    IF NOT FOUND THEN
        INSERT INTO cchc.audit_log (ward_id, size, frontier) VALUES (p_ward, v_size, v_frontier);
    END IF;
    RETURN v_size;
END $$;

CREATE FUNCTION cchc.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON cchc.audit_event
    FOR EACH ROW EXECUTE FUNCTION cchc.refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON cchc.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION cchc.refuse_change();

-- How a unit is reached: its own contacts, and above them the ward's coordinators and
-- leaders. For a unit whose officers have no e-mail address the coordinators stand in.
CREATE VIEW cchc.recipient AS
    SELECT ward_id, unit_id, role, channel, address FROM cchc.contact WHERE active
    UNION ALL
    SELECT u.ward_id, u.id, 'officer', 'email', a.email
    FROM cchc.unit u
    JOIN cchc.account a ON a.ward_id = u.ward_id AND a.role = 'coordinator' AND a.active
        AND a.email IS NOT NULL
    WHERE NOT EXISTS (
        SELECT FROM cchc.contact c
        WHERE c.ward_id = u.ward_id AND c.unit_id = u.id AND c.active AND c.role = 'officer'
            AND c.channel = 'email'
    )
    UNION ALL
    SELECT u.ward_id, u.id, a.role, 'email', a.email
    FROM cchc.unit u
    JOIN cchc.account a ON a.ward_id = u.ward_id AND a.role IN ('coordinator', 'leader') AND a.active
        AND a.email IS NOT NULL;

-- The program works as cchc_app: nothing is ever deleted, what was recorded is not
-- rewritten, and the log is reached through append_audit alone.
GRANT USAGE ON SCHEMA cchc TO cchc_app;
GRANT SELECT ON ALL TABLES IN SCHEMA cchc TO cchc_app;
GRANT INSERT ON cchc.ward, cchc.unit, cchc.unit_alias, cchc.unit_member, cchc.contact, cchc.account,
    cchc.document, cchc.plan, cchc.plan_section, cchc.task, cchc.task_unit, cchc.product,
    cchc.milestone, cchc.finding, cchc.event, cchc.occurrence, cchc.stage, cchc.due_change,
    cchc.submission, cchc.submission_document, cchc.outbox, cchc.delivery, cchc.flow_run,
    cchc.morning_run TO cchc_app;
GRANT UPDATE ON cchc.unit, cchc.unit_alias, cchc.contact, cchc.account, cchc.plan, cchc.task,
    cchc.finding, cchc.occurrence, cchc.outbox, cchc.morning_run TO cchc_app;
GRANT UPDATE (due_on, assumed, state, attempt) ON cchc.stage TO cchc_app;
GRANT UPDATE (verdict, decided_by, decided_at, reason) ON cchc.submission TO cchc_app;
REVOKE ALL ON FUNCTION cchc.append_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cchc.append_audit TO cchc_app;
