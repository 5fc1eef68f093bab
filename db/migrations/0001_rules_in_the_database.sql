-- What the table definitions cannot say.

-- One batch of the lane may free a name or a number and take it again, and stores rows in any order: judge at commit.
ALTER TABLE "groups" DROP CONSTRAINT "groups_slug_key", ADD CONSTRAINT "groups_slug_key" UNIQUE ("workspace_id", "slug") DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "projects" DROP CONSTRAINT "projects_slug_key", ADD CONSTRAINT "projects_slug_key" UNIQUE ("workspace_id", "group_id", "slug") DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "checkpoints" DROP CONSTRAINT "checkpoints_order_key", ADD CONSTRAINT "checkpoints_order_key" UNIQUE ("milestone_id", "order", "workspace_id") DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
DO $$
DECLARE foreign_key record;
BEGIN
  FOR foreign_key IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', foreign_key.tab, foreign_key.conname);
  END LOOP;
END $$;--> statement-breakpoint

-- E3: nothing updates, deletes or truncates an event, whoever asks.
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'E3: the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();--> statement-breakpoint

-- D1: a completed checkpoint has only completed dependencies. Once a statement, over the rows that it changed. OFFSET 0 keeps the planner from
-- starting at "all completed checkpoints", which it takes for few while its statistics are young.
CREATE FUNCTION assert_dependencies_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed n
    JOIN dependencies d ON d.workspace_id = n.workspace_id AND d.checkpoint_id = n.checkpoint_id
    CROSS JOIN LATERAL (SELECT completed_at FROM checkpoints WHERE workspace_id = d.workspace_id AND checkpoint_id = d.depends_on_id OFFSET 0) t
    WHERE n.completed_at IS NOT NULL AND t.completed_at IS NULL
  ) OR EXISTS (
    SELECT FROM changed n
    JOIN dependencies d ON d.depends_on_id = n.checkpoint_id AND d.workspace_id = n.workspace_id
    CROSS JOIN LATERAL (SELECT completed_at FROM checkpoints WHERE workspace_id = d.workspace_id AND checkpoint_id = d.checkpoint_id OFFSET 0) t
    WHERE n.completed_at IS NULL AND t.completed_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'D1: a completed checkpoint would depend on a pending one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_d1_update AFTER UPDATE ON "checkpoints" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_dependencies_completed();--> statement-breakpoint
CREATE FUNCTION assert_edges_met() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed d
    CROSS JOIN LATERAL (SELECT completed_at FROM checkpoints WHERE workspace_id = d.workspace_id AND checkpoint_id = d.checkpoint_id OFFSET 0) c
    CROSS JOIN LATERAL (SELECT completed_at FROM checkpoints WHERE workspace_id = d.workspace_id AND checkpoint_id = d.depends_on_id OFFSET 0) t
    WHERE c.completed_at IS NOT NULL AND t.completed_at IS NULL
  ) THEN
    RAISE EXCEPTION 'D1: a completed checkpoint would depend on a pending one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER dependencies_d1_insert AFTER INSERT ON "dependencies" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_edges_met();--> statement-breakpoint
CREATE TRIGGER dependencies_d1_update AFTER UPDATE ON "dependencies" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_edges_met();--> statement-breakpoint

-- C1: a completed checkpoint is never deleted.
CREATE FUNCTION refuse_completed_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'C1: a completed checkpoint is never deleted' USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_permanent BEFORE DELETE ON "checkpoints" FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL) EXECUTE FUNCTION refuse_completed_delete();--> statement-breakpoint

-- The counter only goes up, by a batch that knew where it stood.
CREATE FUNCTION refuse_backward_seq() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'E1: the sequence never goes back' USING ERRCODE = 'check_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER workspaces_seq_forward BEFORE UPDATE ON "workspaces" FOR EACH ROW WHEN (NEW.seq < OLD.seq) EXECUTE FUNCTION refuse_backward_seq();--> statement-breakpoint

-- The application's own role does not own its tables, where we made the database.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cairn_app') THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA public, auth, drizzle TO cairn_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, auth TO cairn_app;
  REVOKE UPDATE, DELETE ON "events" FROM cairn_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO cairn_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public, auth GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cairn_app;
END $$;
