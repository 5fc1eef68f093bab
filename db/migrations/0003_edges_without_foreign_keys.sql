-- The ends of edges are checked once a statement and no longer once a row: docs/decisions/007-edges-without-foreign-keys.md.
-- A restore of an older backup over this version leaves these functions behind, so each may be there already. They name the schema of each table,
-- because a restore of data runs without a search path, and because a temporary table would be found first. They never read a whole table: PostgreSQL would
-- choose to while the tables are small, and a session keeps that plan when they have grown.
ALTER TABLE "dependencies" DROP CONSTRAINT "dependencies_checkpoint_fk";--> statement-breakpoint
ALTER TABLE "dependencies" DROP CONSTRAINT "dependencies_target_fk";--> statement-breakpoint
DROP TRIGGER dependencies_d1_insert ON "dependencies";--> statement-breakpoint
DROP TRIGGER dependencies_d1_update ON "dependencies";--> statement-breakpoint
DROP FUNCTION assert_edges_met;--> statement-breakpoint
DROP TRIGGER checkpoints_d1_update ON "checkpoints";--> statement-breakpoint
DROP FUNCTION assert_dependencies_completed;--> statement-breakpoint

-- D4 and D1 for new edges: both ends exist, and under a completed end is no pending one. Each end is looked up and locked once, however many edges it
-- has. The lock makes a transaction that deletes, completes or reopens the checkpoint wait. OFFSET 0 keeps each end a look-up of its own.
CREATE OR REPLACE FUNCTION assert_edges_sound() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE missing text; unmet boolean;
BEGIN
  WITH named AS (
    SELECT workspace_id, checkpoint_id AS id FROM changed UNION SELECT workspace_id, depends_on_id FROM changed
  ), ends AS MATERIALIZED (
    SELECT n.workspace_id, n.id, c.checkpoint_id, c.completed_at FROM named n
    LEFT JOIN LATERAL (
      SELECT checkpoint_id, completed_at FROM public.checkpoints WHERE workspace_id = n.workspace_id AND checkpoint_id = n.id OFFSET 0 FOR SHARE
    ) c ON true
  )
  SELECT (SELECT id FROM ends WHERE checkpoint_id IS NULL LIMIT 1), EXISTS (
    SELECT FROM changed d
    JOIN ends c ON c.workspace_id = d.workspace_id AND c.id = d.checkpoint_id AND c.completed_at IS NOT NULL
    JOIN ends t ON t.workspace_id = d.workspace_id AND t.id = d.depends_on_id AND t.completed_at IS NULL
  ) INTO missing, unmet;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'D4: a dependency would name the checkpoint %, which does not exist', missing USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF unmet THEN
    RAISE EXCEPTION 'D1: a completed checkpoint would depend on a pending one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER dependencies_insert AFTER INSERT ON "dependencies" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_edges_sound();--> statement-breakpoint
CREATE TRIGGER dependencies_update AFTER UPDATE ON "dependencies" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_edges_sound();--> statement-breakpoint

-- D1 for checkpoints that are completed or reopened. The checkpoints at the other ends of their edges are locked, so that no other transaction completes
-- or reopens them meanwhile. A new edge locks both its ends, so that it is seen here, at read committed only. Without enable_nestloop, the rows before and
-- after the update are joined by a hash, however few there were when the plan was made; the look-ups have no other way.
CREATE OR REPLACE FUNCTION assert_completions_sound() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET enable_nestloop = off AS $$
DECLARE toggled boolean; unmet boolean;
BEGIN
  WITH toggled AS MATERIALIZED (
    SELECT n.workspace_id, n.checkpoint_id, n.completed_at IS NOT NULL AS completed FROM changed n
    JOIN earlier e ON e.workspace_id = n.workspace_id AND e.checkpoint_id = n.checkpoint_id
    WHERE (e.completed_at IS NULL) <> (n.completed_at IS NULL)
  )
  SELECT EXISTS (SELECT FROM toggled), EXISTS (
    SELECT FROM toggled t
    CROSS JOIN LATERAL (
      SELECT depends_on_id AS id FROM public.dependencies WHERE t.completed AND workspace_id = t.workspace_id AND checkpoint_id = t.checkpoint_id
      UNION ALL
      SELECT checkpoint_id FROM public.dependencies WHERE NOT t.completed AND workspace_id = t.workspace_id AND depends_on_id = t.checkpoint_id
      OFFSET 0
    ) o
    CROSS JOIN LATERAL (
      SELECT completed_at FROM public.checkpoints WHERE workspace_id = t.workspace_id AND checkpoint_id = o.id OFFSET 0 FOR SHARE
    ) other
    WHERE t.completed <> (other.completed_at IS NOT NULL)
  ) INTO toggled, unmet;
  IF toggled AND current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'D1: checkpoints are completed and reopened at read committed only' USING ERRCODE = 'restrict_violation';
  END IF;
  IF unmet THEN
    RAISE EXCEPTION 'D1: a completed checkpoint would depend on a pending one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_completion AFTER UPDATE ON "checkpoints" REFERENCING OLD TABLE AS earlier NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_completions_sound();--> statement-breakpoint

-- C3 and D4: no edge is left without a checkpoint at either end. A foreign key looks at the latest snapshot; a trigger does so at read committed only.
CREATE OR REPLACE FUNCTION refuse_dangling_edges() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE edge record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'C3: checkpoints are deleted at read committed only' USING ERRCODE = 'restrict_violation';
  END IF;
  SELECT d.* INTO edge FROM gone g CROSS JOIN LATERAL (
    (SELECT checkpoint_id, depends_on_id FROM public.dependencies WHERE workspace_id = g.workspace_id AND depends_on_id = g.checkpoint_id LIMIT 1)
    UNION ALL
    (SELECT checkpoint_id, depends_on_id FROM public.dependencies WHERE workspace_id = g.workspace_id AND checkpoint_id = g.checkpoint_id LIMIT 1)
  ) d LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'C3: the dependency of % on % would be left without a checkpoint', edge.checkpoint_id, edge.depends_on_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_delete AFTER DELETE ON "checkpoints" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_dangling_edges();--> statement-breakpoint
CREATE OR REPLACE FUNCTION refuse_truncate_under_edges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.dependencies) THEN
    RAISE EXCEPTION 'C3: the dependencies would be left without their checkpoints' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_truncate AFTER TRUNCATE ON "checkpoints" FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate_under_edges();--> statement-breakpoint

-- D4: the id of a checkpoint never changes.
CREATE OR REPLACE FUNCTION refuse_id_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'D4: the id of a checkpoint never changes' USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_id BEFORE UPDATE OF "workspace_id", "checkpoint_id" ON "checkpoints" FOR EACH ROW
  WHEN ((OLD.workspace_id, OLD.checkpoint_id) IS DISTINCT FROM (NEW.workspace_id, NEW.checkpoint_id)) EXECUTE FUNCTION refuse_id_change();
