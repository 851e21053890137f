-- Proofs without a full pass: the roots of complete subtrees of 2^8, 2^16, 2^24 leaves are kept, so
-- that any node of the tree is at most 256 stored hashes away. Checkpoints are only ever added.

-- The root over 2^n hashes (RFC 6962, section 2.1).
CREATE FUNCTION cchc.subtree(p_hashes bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_level bytea[] := p_hashes;
    v_above bytea[];
BEGIN
    WHILE cardinality(v_level) > 1 LOOP
        SELECT array_agg(sha256('\x01'::bytea || v_level[2 * i - 1] || v_level[2 * i]) ORDER BY i)
            INTO v_above FROM generate_series(1, cardinality(v_level) / 2) AS i;
        v_level := v_above;
    END LOOP;
    RETURN v_level[1];
END $$;
REVOKE ALL ON FUNCTION cchc.subtree FROM PUBLIC;

INSERT INTO cchc.audit_node (ward_id, level, number, hash)
    SELECT ward_id, 8, position >> 8, cchc.subtree(array_agg(leaf_hash ORDER BY position))
    FROM cchc.audit_event GROUP BY ward_id, position >> 8 HAVING count(*) = 256;
INSERT INTO cchc.audit_node (ward_id, level, number, hash)
    SELECT ward_id, 16, number >> 8, cchc.subtree(array_agg(hash ORDER BY number))
    FROM cchc.audit_node WHERE level = 8 GROUP BY ward_id, number >> 8 HAVING count(*) = 256;
INSERT INTO cchc.audit_node (ward_id, level, number, hash)
    SELECT ward_id, 24, number >> 8, cchc.subtree(array_agg(hash ORDER BY number))
    FROM cchc.audit_node WHERE level = 16 GROUP BY ward_id, number >> 8 HAVING count(*) = 256;

-- As in 0001, and every 256th event keeps the subtree that it completes.
CREATE OR REPLACE FUNCTION cchc.append_audit(
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
    v_level integer;
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
            IF v_size & 255 = 255 THEN
                v_level := cardinality(v_frontier) - v_depth;  -- each step takes one root and goes one level up
                IF v_level & 7 = 0 THEN
                    INSERT INTO cchc.audit_node (ward_id, level, number, hash)
                        VALUES (p_ward, v_level, v_odd, v_node);
                END IF;
            END IF;
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

CREATE TRIGGER audit_node_append_only BEFORE UPDATE OR DELETE ON cchc.audit_node
    FOR EACH ROW EXECUTE FUNCTION cchc.refuse_change();
CREATE TRIGGER audit_node_no_truncate BEFORE TRUNCATE ON cchc.audit_node
    FOR EACH STATEMENT EXECUTE FUNCTION cchc.refuse_change();
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE ON cchc.checkpoint
    FOR EACH ROW EXECUTE FUNCTION cchc.refuse_change();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON cchc.checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION cchc.refuse_change();

GRANT SELECT ON cchc.audit_node TO cchc_app;
GRANT SELECT, INSERT ON cchc.checkpoint TO cchc_app;
