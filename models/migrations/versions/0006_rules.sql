-- Who is reached on which channel, who may write what, and how the dispatcher hears of new messages.

-- Until now each new contact got a rank of its own and all were written to: that is one rank.
UPDATE cchc.contact SET rank = 1;

INSERT INTO cchc.channel_state (name, enabled, changed_at) VALUES ('email', true, now());

-- Contacts that can be written to now. E-mail is never left out: the formal messages have no other way.
CREATE VIEW cchc.open_contact AS
    SELECT c.ward_id, c.unit_id, c.id, c.role, c.channel, c.address, c.rank
    FROM cchc.contact c
    JOIN cchc.channel_state s ON s.name = c.channel AND s.enabled
        AND (s.held_since IS NULL OR s.name = 'email')
    WHERE c.active AND c.muted_at IS NULL;

-- How a unit is reached: its own contacts, and above them the ward's coordinators and leaders. For a unit
-- whose officers have no e-mail address the coordinators stand in. `first` marks those of the lowest rank:
-- gentle messages go to them alone, formal ones to them and by e-mail.
DROP VIEW cchc.recipient;
CREATE VIEW cchc.recipient AS
    SELECT c.ward_id, c.unit_id, c.role, c.channel, c.address, c.id AS contact_id, c.rank, NOT EXISTS (
            SELECT FROM cchc.open_contact b
            WHERE b.ward_id = c.ward_id AND b.unit_id = c.unit_id AND b.role = c.role AND b.rank < c.rank
        ) AS first
    FROM cchc.open_contact c
    UNION ALL
    SELECT u.ward_id, u.id, 'officer', 'email', a.email, NULL, 99::smallint, NOT EXISTS (
            SELECT FROM cchc.open_contact c
            WHERE c.ward_id = u.ward_id AND c.unit_id = u.id AND c.role = 'officer'
        )
    FROM cchc.unit u
    JOIN cchc.account a ON a.ward_id = u.ward_id AND a.role = 'coordinator' AND a.active
        AND a.email IS NOT NULL
    WHERE NOT EXISTS (
        SELECT FROM cchc.open_contact c
        WHERE c.ward_id = u.ward_id AND c.unit_id = u.id AND c.role = 'officer' AND c.channel = 'email'
    )
    UNION ALL
    SELECT u.ward_id, u.id, a.role, 'email', a.email, NULL, 1::smallint, true
    FROM cchc.unit u
    JOIN cchc.account a ON a.ward_id = u.ward_id AND a.role IN ('coordinator', 'leader') AND a.active
        AND a.email IS NOT NULL;

-- A dispatcher that listens sends within a moment. Rows for the engine alone say nothing: their commits are
-- the hot ones, and a notification makes commits wait for each other.
CREATE FUNCTION cchc.tell_dispatcher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM queued WHERE channel <> 'engine') THEN
        PERFORM pg_notify('cchc_outbox', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_queued AFTER INSERT ON cchc.outbox REFERENCING NEW TABLE AS queued
    FOR EACH STATEMENT EXECUTE FUNCTION cchc.tell_dispatcher();

GRANT SELECT ON cchc.recipient, cchc.open_contact, cchc.reminder_rule, cchc.reminder_hours, cchc.calendar_notice,
    cchc.acknowledgement, cchc.calendar_feed, cchc.zalo_grant, cchc.zalo_answer, cchc.webhook_event,
    cchc.binding_code, cchc.zalo_follower, cchc.receipt, cchc.channel_state TO cchc_app;
GRANT INSERT ON cchc.reminder_rule, cchc.reminder_hours, cchc.calendar_notice, cchc.acknowledgement,
    cchc.calendar_feed, cchc.zalo_grant, cchc.zalo_answer, cchc.webhook_event, cchc.binding_code,
    cchc.zalo_follower, cchc.receipt, cchc.channel_state TO cchc_app;
GRANT UPDATE ON cchc.reminder_rule, cchc.reminder_hours, cchc.zalo_grant, cchc.zalo_follower,
    cchc.channel_state TO cchc_app;
GRANT UPDATE (withdrawn_at) ON cchc.calendar_notice TO cchc_app;
GRANT UPDATE (revoked_by, revoked_at, read_at) ON cchc.calendar_feed TO cchc_app;
GRANT UPDATE (applied_at) ON cchc.zalo_answer TO cchc_app;
GRANT UPDATE (handled_at, problem) ON cchc.webhook_event TO cchc_app;
GRANT UPDATE (used_at, contact_id) ON cchc.binding_code TO cchc_app;
