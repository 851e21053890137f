-- Search without diacritics, and who may write what.

-- Both are trusted extensions. Where an administrator installed them already, they stay where they are, so
-- the two functions below name the schema in which they stand.
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA cchc;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA cchc;

DO $do$
DECLARE
    v_unaccent text;
    v_trgm text;
BEGIN
    SELECT quote_ident(n.nspname) INTO STRICT v_unaccent
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent';
    SELECT quote_ident(n.nspname) INTO STRICT v_trgm
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    -- What people type for a text: small letters without diacritics, "Kế hoạch CCHC" as "ke hoach cchc".
    EXECUTE format($sql$
        CREATE FUNCTION cchc.plain(p_text text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS 'SELECT lower(%1$s.unaccent(''%1$s.unaccent''::regdictionary, normalize(p_text, NFC)))'
        $sql$, v_unaccent);
    -- How well some words are found in a text, 0 to 1; slips of the keyboard cost a little.
    EXECUTE format($sql$
        CREATE FUNCTION cchc.likeness(p_words text, p_text text) RETURNS real
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS 'SELECT %s.word_similarity(p_words, p_text)'
        $sql$, v_trgm);
END $do$;

GRANT SELECT, INSERT ON cchc.extension, cchc.stand_in, cchc.assignment, cchc.event_answer, cchc.machine_token
    TO cchc_app;
GRANT UPDATE (verdict, granted_until, objective, answer, decided_by, decided_at) ON cchc.extension TO cchc_app;
GRANT UPDATE (ended_at, ended_by) ON cchc.stand_in TO cchc_app;
GRANT UPDATE (account_id, assigned_by, assigned_at) ON cchc.assignment TO cchc_app;
GRANT UPDATE (answer, event_id, answered_by, answered_at) ON cchc.event_answer TO cchc_app;
GRANT UPDATE (used_at, revoked_at, revoked_by) ON cchc.machine_token TO cchc_app;
