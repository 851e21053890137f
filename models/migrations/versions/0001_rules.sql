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
    log cchc.audit_log;
    middle text;
    tail text;
    bodies text[];
    leaves bytea[];
    leaf bytea;
    node bytea;
    odd bigint;
    depth integer;
BEGIN
    IF cardinality(p_kinds) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(1667459171, p_ward);  -- 'cchc' as a number
    SELECT * INTO log FROM cchc.audit_log WHERE ward_id = p_ward;
    IF NOT FOUND THEN
        INSERT INTO cchc.audit_log VALUES (p_ward, 0, '{}') RETURNING * INTO log;
    END IF;
    SELECT ',"ward":' || to_json(code)::text || '}' INTO STRICT tail FROM cchc.ward WHERE id = p_ward;
    middle := '{"actor":' || p_actor::json::text || ',"at":"'
        || to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","facts":';
    SELECT array_agg(
        middle || facts::json::text || ',"kind":' || to_json(kind)::text
        || ',"position":' || (log.size + ord - 1) || tail ORDER BY ord
    ) INTO bodies FROM unnest(p_kinds, p_facts) WITH ORDINALITY AS e(kind, facts, ord);
    SELECT array_agg(sha256('\x00'::bytea || convert_to(body, 'UTF8')) ORDER BY ord)
        INTO leaves FROM unnest(bodies) WITH ORDINALITY AS b(body, ord);
    INSERT INTO cchc.audit_event (ward_id, position, recorded_at, kind, body, leaf_hash)
        SELECT p_ward, log.size + ord - 1, p_at, e.kind, e.body, e.leaf
        FROM unnest(p_kinds, bodies, leaves) WITH ORDINALITY AS e(kind, body, leaf, ord);
    FOREACH leaf IN ARRAY leaves LOOP
        node := leaf;
        odd := log.size;
        depth := cardinality(log.frontier);
        WHILE odd & 1 = 1 LOOP
            node := sha256('\x01'::bytea || log.frontier[depth] || node);
            depth := depth - 1;
            odd := odd >> 1;
        END LOOP;
        log.frontier := log.frontier[1:depth] || node;
        log.size := log.size + 1;
    END LOOP;
    UPDATE cchc.audit_log SET size = log.size, frontier = log.frontier WHERE ward_id = p_ward;
    RETURN log.size;
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
-- leaders. For a unit without an e-mail address the coordinators stand in.
CREATE VIEW cchc.recipient AS
    SELECT ward_id, unit_id, role, channel, address FROM cchc.contact WHERE active
    UNION ALL
    SELECT u.ward_id, u.id, 'officer', 'email', a.email
    FROM cchc.unit u
    JOIN cchc.account a ON a.ward_id = u.ward_id AND a.role = 'coordinator' AND a.active
        AND a.email IS NOT NULL
    WHERE NOT EXISTS (
        SELECT FROM cchc.contact c
        WHERE c.ward_id = u.ward_id AND c.unit_id = u.id AND c.active AND c.channel = 'email'
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
